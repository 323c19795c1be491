"""The pins of a view: clusters that the server makes."""
