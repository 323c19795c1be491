"""The measurements: a synthetic city, and what Cortile does with it beside the floor."""
