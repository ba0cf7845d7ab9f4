"""The application put together: standalone, mounted in a foreign app, and served by real processes."""
