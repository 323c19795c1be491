"""The history of a place: who changed what and when, version by version, as far as it was public."""
