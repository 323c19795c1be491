"""The read API, after OGC API - Features."""
