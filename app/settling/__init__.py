"""The rules of a city: what they are, and settling them."""
