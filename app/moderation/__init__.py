"""What people ask moderators to look at, what they decide, and how it is told."""
