"""The sentences of every rule of the packs, as `rewards rules explain` reads them, beside what was approved.

    python -m tests.rules.sentences

writes every file anew from what is read today; read the difference aloud before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rewards.paths import bundled
from rewards.rulelang.packs import Pack, load_pack, pack_folders
from rewards.studio.explain import names_of, read_aloud

FOLDER = Path(__file__).parents[1] / "conformance" / "sentences"
LANGUAGES = ("en", "nl")


def folders() -> tuple[Path, ...]:
    """The folder of every pack, published ones included."""
    rules = bundled("rules")
    return (*pack_folders(rules), *pack_folders(rules / "published"))


def text_of(folder: Path) -> str:
    """Each rule of a pack with its sentence in each language."""
    return "\n".join(_lines(load_pack(folder))) + "\n"


def _lines(pack: Pack) -> Iterator[str]:
    names = names_of(pack.rules, pack.perks)
    read = {language: read_aloud(pack.rules, language, names) for language in LANGUAGES}
    for rule in pack.rules:
        yield f"# {rule.id}"
        yield from (f"{language}  {read[language][rule.id]}" for language in LANGUAGES)


def approved(folder: Path) -> Path:
    """Where what was approved is kept."""
    return FOLDER / f"{folder.name}.txt"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in folders():
        approved(each).write_text(text_of(each), encoding="utf-8")
