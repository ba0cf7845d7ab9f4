"""The bundled sources, each on rows of its own system's shape."""
