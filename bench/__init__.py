"""Every goal that is measured, each with its bar: `python -m bench`."""
