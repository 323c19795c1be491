"""Cortile: a map of a city's commons. `app.web` and `app.cli` are its two doors."""
