"""Real data against independent computations; skips where the data is missing."""
