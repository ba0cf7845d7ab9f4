"""One module a resource: its schemas, its views, its endpoints."""
