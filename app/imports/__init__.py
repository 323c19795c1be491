"""Other people's files become places, areas and indicators: read, checked, told, and written in one go."""
