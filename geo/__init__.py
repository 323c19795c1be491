"""Pure spatial mathematics on numpy and shapely arrays; knows nothing of the web or of the database."""
