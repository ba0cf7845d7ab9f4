"""How more time for what a guest holds reads: "let them use “suite night” 12 months longer"."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.domain.validity import Lasting
from rewards.rulelang.nodes import Extend
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.names import Names
from rewards.rulelang.prose.numbers import day
from rewards.rulelang.prose.parts import Path, Text, fill, text
from rewards.rulelang.prose.validity import span_text


def extends_text(extends: Sequence[Extend], path: Path, language: Language, names: Names) -> Text:
    """What is extended, one after the other."""
    return language.both([_extend(each, (*path, at), language, names) for at, each in enumerate(extends)], path)


def _extend(extend: Extend, path: Path, language: Language, names: Names) -> Text:
    shown = text(names.perk_title(extend.perk, language.code), (*path, "perk"))
    if extend.rules:
        at = (*path, "rule")
        titles = [text(names.rule(each, language.code), (*at, number)) for number, each in enumerate(extend.rules)]
        shown = fill(language.outcomes["extend.of"], path, {"perk": shown, "rules": language.either(titles, at)})
    if isinstance(extend.longer, Lasting):
        span = span_text(extend.longer, (*path, "by"), language)
        return fill(language.outcomes["extend.by"], path, {"perk": shown, "span": span})
    at = (*path, "until")
    last = text(day(extend.longer.day, language.code), at)
    return fill(language.outcomes["extend.until"], path, {"perk": shown, "date": last})
