"""Other servers of features, each in an environment of its own, beside Cortile over the same table."""
