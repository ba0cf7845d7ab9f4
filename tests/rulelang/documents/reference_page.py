"""The page of the rule language, with its tables.

    python -m tests.rulelang.documents.reference_page

makes the tables of `docs/rule-language.md` anew.
"""

from __future__ import annotations

from pathlib import Path

from rewards.rulelang.reference.tables import filled

PAGE = Path(__file__).parents[3] / "docs" / "rule-language.md"

if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
