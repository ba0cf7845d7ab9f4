"""The suite; `tests/README.md` says what each folder is for."""
