"""What a text says before anybody knows what it means: scalars as they were written, lists and mappings, with spans.

A scalar stays text here. Whether `010` is a number, a code or a mistake depends on where it stands, so only the
reader of that place decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.rulelang.nodes import Span
from rewards.rulelang.wording.entry import Phrase
from rewards.rulelang.wording.phrases import A_LIST, A_MAPPING, A_VALUE


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar: its text, and whether it stood without quotes."""

    text: str
    plain: bool
    span: Span

    @property
    def empty(self) -> bool:
        """Whether nothing was written: no text, `~` or `null`, without quotes."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Tree, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: Text
    value: Tree


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping, its entries in the order of the text; a key may not stand twice."""

    entries: tuple[Entry, ...]
    span: Span

    def __contains__(self, key: str) -> bool:
        return any(entry.key.text == key for entry in self.entries)

    def value(self, key: str) -> Tree | None:
        """The value of a key, None where it does not stand."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


Tree = Text | Items | Block


def found(tree: Tree) -> Phrase:
    """How a sentence calls what stands there."""
    if isinstance(tree, Text):
        return A_VALUE if not tree.empty else Phrase("nothing", "niets")
    return A_LIST if isinstance(tree, Items) else A_MAPPING
