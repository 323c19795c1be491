"""Places: anything pinned, what is known of it, and what it was before."""
