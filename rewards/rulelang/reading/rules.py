"""Whole documents: each is one rule, or a mapping of countings."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import All, Applies, Counting, Rule, Schedule
from rewards.rulelang.reading.approvals import read_approval, refuse_extensions, refuse_waits
from rewards.rulelang.reading.caps import read_limits
from rewards.rulelang.reading.conditions import read_condition
from rewards.rulelang.reading.countings import read_countings
from rewards.rulelang.reading.extends import read_extends
from rewards.rulelang.reading.fields import Fields, block_of
from rewards.rulelang.reading.outcomes import read_outcomes
from rewards.rulelang.reading.scalars import (
    a_date,
    any_text,
    evidence,
    minute_of_day,
    name,
    number,
    several,
    weekdays,
    word,
    yes_no,
)
from rewards.rulelang.reading.takes import read_takes
from rewards.rulelang.reading.tree import Block, Tree
from rewards.rulelang.reading.windows import check_order, from_until
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import A_RULE

RULE_KEYS = (
    "rule", "title", "say", "at", "only_at", "runs", "when", "give",
    "take", "extend", "limits", "group", "combines", "priority", "evidence", "reading_of", "approval",
)  # fmt: skip
LANGUAGES = ("en", "nl")
APPLIES_KEYS = ("properties", "brands", "cities", "countries")
SCHEDULE_KEYS = ("from", "until", "on", "between")
_EXAMPLE = "{en: The fortnightly regular, nl: De vaste gast}"
NO_NAME = ""


def read_documents(
    trees: Sequence[Tree], report: Report
) -> tuple[tuple[Rule, ...], tuple[Rule, ...], dict[str, Counting]]:
    """The whole rules, the unfinished ones and the countings of a text's documents.

    Countings are read first, so that they may stand anywhere in the text.
    """
    blocks = [block for block in (_block(tree, report) for tree in trees) if block is not None]
    countings: dict[str, Counting] = {}
    for block in blocks:
        if "countings" in block:
            read_countings(block, report, countings)
    documents = [block for block in blocks if "countings" not in block]
    if len(documents) > limits.MAX_RULES:
        report.add("too_many_rules", documents[limits.MAX_RULES].span, most=limits.MAX_RULES)
    whole, unfinished = _read_rules(documents[: limits.MAX_RULES], report, countings)
    return whole, unfinished, countings


def _block(tree: Tree, report: Report) -> Block | None:
    return block_of(tree, Phrase("A document", "Een document"), "rule: its-name", report)


def _read_rules(
    blocks: Sequence[Block], report: Report, countings: dict[str, Counting]
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    rules: list[Rule] = []
    first_lines: dict[str, int] = {}
    for block in blocks:
        rule = read_rule(block, report, countings)
        if first_lines.setdefault(rule.id, rule.span.line) != rule.span.line and rule.id != NO_NAME:
            place = report.places.get((block.span, "rule"), block.span)
            report.add("rule_repeated", place, rule=rule.id, line=first_lines[rule.id])
        rules.append(rule)
    whole: list[Rule] = []
    unfinished: list[Rule] = []
    # Some errors were noted before the rule was read: keys that stand twice, for one.
    for rule in rules:
        (unfinished if report.faulty(rule.span) else whole).append(rule)
    return tuple(whole), tuple(unfinished)


def read_rule(block: Block, report: Report, countings: dict[str, Counting]) -> Rule:
    """The rule of one document; parts with errors are left out, and all errors are noted."""
    fields = Fields(block, RULE_KEYS, A_RULE, report)
    when, take, extend = fields.need("when"), fields.tree("take"), fields.tree("extend")
    # An approval is of what is given; a rule that only takes or extends has nothing to wait with.
    alone = (take is None and extend is None) or "approval" in fields
    give = fields.need("give") if alone else fields.tree("give")
    outcomes = read_outcomes(give, report, countings) if give is not None else ()
    refuse_waits(fields, outcomes, report)
    refuse_extensions(fields, report)
    return Rule(
        fields.read_needed("rule", name, NO_NAME),
        fields.read_needed("at", several(word), ()),
        read_condition(when, report, countings) if when is not None else All(()),
        outcomes,
        fields.read("title", texts, {}),
        fields.read("say", texts, {}),
        fields.read("limits", read_limits, ()),
        fields.read("group", name, None),
        fields.read("combines", yes_no, True),
        fields.read("priority", number(-limits.MAX_PRIORITY, limits.MAX_PRIORITY), 0),
        fields.read("only_at", applies, Applies()),
        fields.read("runs", schedule, Schedule()),
        fields.read("evidence", evidence, None),
        fields.read("reading_of", name, None),
        fields.read("approval", read_approval, None),
        block.span,
        read_takes(take, report, countings) if take is not None else (),
        extend=read_extends(extend, report) if extend is not None else (),
    )


def texts(tree: Tree, what: Piece, report: Report) -> dict[str, str] | None:
    """Texts by language."""
    block = block_of(tree, what, _EXAMPLE, report)
    if block is None:
        return None
    fields = Fields(block, LANGUAGES, what, report)
    fields.refuse_empty(LANGUAGES)
    found = {language: fields.read(language, any_text, "") for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}


def applies(tree: Tree, what: Piece, report: Report) -> Applies | None:
    """`only_at`: the places where a rule is live, the union of the lists."""
    block = block_of(tree, what, "{cities: [Amsterdam]}", report)
    if block is None:
        return None
    fields = Fields(block, APPLIES_KEYS, what, report)
    fields.refuse_empty(APPLIES_KEYS)
    return Applies(
        fields.read("properties", several(name), ()),
        fields.read("brands", several(any_text), ()),
        fields.read("cities", several(any_text), ()),
        fields.read("countries", several(country), ()),
    )


def country(tree: Tree, what: Piece, report: Report) -> str | None:
    """A country as two capitals."""
    text = any_text(tree, what, report)
    if text is None or (len(text) == 2 and text.isascii() and text.isalpha() and text.isupper()):
        return text
    form = Phrase("two capitals of ISO 3166, such as NL", "twee hoofdletters van ISO 3166, zoals NL")
    report.add("name_invalid", tree.span, value=text, what=what, form=form)
    return None


def schedule(tree: Tree, what: Piece, report: Report) -> Schedule | None:
    """`runs`: the days, weekdays and hours at which a rule is live."""
    block = block_of(tree, what, "{from: 2026-01-01, on: [friday, saturday]}", report)
    if block is None:
        return None
    fields = Fields(block, SCHEDULE_KEYS, what, report)
    fields.refuse_empty(SCHEDULE_KEYS)
    first, last = fields.read("from", a_date, None), fields.read("until", a_date, None)
    check_order(first, last, tree, report)
    return Schedule(
        first, last, fields.read("on", weekdays, ()), fields.read("between", from_until(minute_of_day), None)
    )
