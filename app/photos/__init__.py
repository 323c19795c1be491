"""Photos of places: taken in, cleaned, kept in three sizes, shown, and blurred where they must be."""
