"""How people put places on the map, change them, follow them, and say that they are still true."""
