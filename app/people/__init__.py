"""People: their accounts, what they are to a city, and by what they are recognised."""
