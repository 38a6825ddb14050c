"""Looking inside one snapshot: the NumPy forward pass and the arithmetic behind a single unit."""
