"""Stories told through HTTP, with a clock that is moved by hand."""
