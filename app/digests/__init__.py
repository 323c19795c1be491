"""Digests: who follows places is told by mail, at most once a day, what has changed at them."""
