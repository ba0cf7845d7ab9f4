"""How long something can be used, as a document says it."""

from __future__ import annotations

from rewards.domain.validity import EndOf, Lasting, Until, Validity
from rewards.rulelang.writing.layout import Plain, Word
from rewards.rulelang.writing.measures import length, year_start


def validity(node: Validity) -> Plain:
    """The value of `valid`."""
    match node:
        case Lasting(amount=amount, term=term):
            return length(amount, str(term))
        case Until(day=day):
            return {"until": Word(day.isoformat())}
        case EndOf():
            return _end_of(node)


def _end_of(node: EndOf) -> Plain:
    end: Plain = Word(node.term) if node.starts is None else {"year_from": year_start(*node.starts)}
    keys: dict[str, Plain] = {"end_of": end}
    if node.plus is not None:
        keys["plus"] = validity(node.plus)
    return keys
