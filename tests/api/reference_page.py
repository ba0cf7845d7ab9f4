"""The page of the API, with its tables.

    python -m tests.api.reference_page

makes the tables of `docs/api.md` anew.
"""

from __future__ import annotations

from pathlib import Path

from rewards.api.reference import filled

PAGE = Path(__file__).parents[2] / "docs" / "api.md"

if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
