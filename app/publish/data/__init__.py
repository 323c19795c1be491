"""Data to take away: downloads of any selection, and what explains them."""
