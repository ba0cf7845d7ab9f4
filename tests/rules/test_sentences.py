"""Every rule of the packs reads as a person approved it, in English and in Dutch."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.sentences import FOLDER, approved, folders, text_of


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_a_pack_is_read_as_it_was_approved(folder: Path) -> None:
    kept = approved(folder).read_text(encoding="utf-8")
    assert text_of(folder) == kept, "read the difference aloud, then: python -m tests.rules.sentences"


def test_each_kept_file_belongs_to_a_pack() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{folder.name}.txt" for folder in folders()}
