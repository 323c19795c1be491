"""The map page, its list and its search."""
