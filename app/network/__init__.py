"""The spatial graph of a city: what is near what, and what is missing where."""
