"""What goes out to readers: the map page, its pins, and the open standards."""
