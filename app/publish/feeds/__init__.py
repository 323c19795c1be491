"""News of the city for feed readers: Atom with GeoRSS."""
