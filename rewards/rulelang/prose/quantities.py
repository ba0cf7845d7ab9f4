"""How a comparison with a number, an amount, a date or a time reads: "at least 6 nights", "before 1 March 2027"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rewards.rulelang.nodes import Comparison, Op, Scalar
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.numbers import number, ordinal
from rewards.rulelang.prose.parts import NOTHING, Path, Text, fill, plain, text

_MONTHS = 12
_WORDED = (Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.EXACTLY)


@dataclass(frozen=True)
class Style:
    """How values of one sort are shown.

    `kind` chooses the templates (count, amount, date, clock, rank, place, month), `show` writes one value, `noun` is
    the key of the thing counted (empty: none). `slots` fill what the noun leaves open. `none`: at most 0 of it is
    said as none of it.
    """

    kind: str
    show: Callable[[Scalar], str]
    noun: str = ""
    slots: tuple[tuple[str, str], ...] = ()
    none: bool = True


def counted(language: Language, noun: str, slots: tuple[tuple[str, str], ...] = (), *, none: bool = True) -> Style:
    """Whole numbers of things."""
    return Style("count", lambda value: number(as_number(value), language.code), noun, slots, none)


def bare(language: Language) -> Style:
    """Whole numbers of nothing in particular."""
    return Style("amount", lambda value: number(as_number(value), language.code))


def placed(language: Language) -> Style:
    """Places of a ranking, of which 1 is the best."""
    return Style("place", lambda value: number(as_number(value), language.code), "place")


def quantity(comparison: Comparison, style: Style, path: Path, language: Language) -> Text:
    """The phrase of a comparison; each value is a part of its own."""
    op, values = comparison.op, comparison.values
    if op is Op.EVERY:
        return _every(values, style, path, language)
    at = (*path, op.value)
    noun = _noun(style, values[-1], language)
    if style.none and style.kind == "count" and op is Op.AT_MOST and values[0] == 0:
        return fill(language.comparisons["count.none"], at, {"noun": noun})
    word = _word(op, values[0], style, language)
    if word:
        return fill(language.comparisons[f"count.{op.value}"], at, {"n": text(word, at), "noun": ""})
    shown = _shown(values, style, at)
    key = f"{style.kind}.{op.value}"
    template = language.comparisons.get(f"{key}.{values[0]}") or language.comparisons[key]
    return fill(template, at, {"n": shown[0], "m": shown[-1], "noun": noun})


def _shown(values: tuple[Scalar, ...], style: Style, at: Path) -> list[Text]:
    single = len(values) == 1
    return [text(style.show(value), at if single else (*at, index)) for index, value in enumerate(values)]


def _word(op: Op, value: Scalar, style: Style, language: Language) -> str:
    if style.noun != "times" or op not in _WORDED or value not in (1, 2):
        return ""
    return language.comparisons["count.once" if value == 1 else "count.twice"]


def _every(values: tuple[Scalar, ...], style: Style, path: Path, language: Language) -> Text:
    step, after, up_to = (as_number(value) for value in (*values, 0, 0)[:3])
    at = (*path, Op.EVERY.value)
    slots: dict[str, Text | str] = {
        "list": text(_list(step, after, up_to, style, language), (*at, 0)),
        "noun": _noun(style, after + 2 * step, language),
        "nth": text(ordinal(step, language.code), (*at, 0)),
        "after": _bound("every.after", after, (*at, 1), language),
        "up_to": _bound("every.up_to", up_to, (*at, 2), language),
    }
    return fill(language.comparisons[f"{style.kind}.every"], at, slots)


def _bound(key: str, value: int, at: Path, language: Language) -> Text:
    if not value:
        return NOTHING
    return fill(language.comparisons[key], at, {"n": text(number(value, language.code), at)})


def _list(step: int, after: int, up_to: int, style: Style, language: Language) -> str:
    """The first three numbers that match, so that nobody has to reckon: `5, 10, 15 …`."""
    firsts = [after + step * turn for turn in range(1, 5)]
    if style.kind == "month":
        up_to = min(up_to or _MONTHS, _MONTHS)
    if up_to:
        firsts = [value for value in firsts if value <= up_to]
    shown = [style.show(value) for value in firsts[:3]]
    if len(firsts) > 3:
        return f"{', '.join(shown)} …"
    return plain(language.either([text(each) for each in shown], ()))


def _noun(style: Style, value: Scalar, language: Language) -> str:
    if not style.noun:
        return ""
    noun = language.noun(style.noun, as_number(value))
    for name, shown in style.slots:
        noun = noun.replace("{" + name + "}", shown)
    return noun


def as_number(value: Scalar) -> int:
    """The number of a value that stands where a number belongs; 0 for what is none."""
    return int(value) if isinstance(value, int) else 0
