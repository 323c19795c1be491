"""`cortile import streets`: the streets of OpenStreetMap that somebody on foot may use."""
