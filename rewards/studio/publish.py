"""Rules go live: checked as a whole, frozen as a version, or refused with every problem at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rewards.clock import hotel_day, to_us
from rewards.domain.perk import Perk, StockPolicy
from rewards.domain.property import Property
from rewards.ledger.accounts import stock_account
from rewards.ledger.ports import RuleSetRow, Store
from rewards.rulelang import canonical, catalogue, packs
from rewards.rulelang.checker import check_text
from rewards.rulelang.checking.walk import gives
from rewards.rulelang.diagnostics import Diagnostic, has_errors, in_order, make
from rewards.rulelang.gates import applies_to
from rewards.rulelang.nodes import Rule

WEEK, MOST_NAMED = 7, 5


@dataclass(frozen=True, slots=True)
class Draft:
    """Rules and perks as read from texts, with every problem in the order of the text."""

    rules: tuple[Rule, ...]
    perks: dict[str, Perk]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing stands in the way of publishing."""
        return not has_errors(self.diagnostics)


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a publication: the live version, and whether it is a new one."""

    version: int
    digest: str
    changed: bool
    warnings: tuple[Diagnostic, ...]


def read_draft(
    rules_text: str,
    perks_text: str,
    properties: Sequence[Property] | None,
    currency: str,
    *,
    filename: str = "rules.yaml",
) -> Draft:
    """Read and check rule documents with their perk catalogue; nothing is raised for what the texts say."""
    perks, problems = catalogue.load_perks(perks_text, filename="perks.yaml")
    parsed, found = check_text(rules_text, perks, filename=filename, properties=properties, group_currency=currency)
    return Draft(parsed.rules, perks, in_order((*problems, *found)))


def read_packs(folders: Iterable[Path], properties: Sequence[Property] | None) -> Draft:
    """Packs as one draft: each checked, then all together (one rule id, one meaning of a perk code)."""
    loaded = [packs.load_pack(folder, properties=properties) for folder in folders]
    found = [*(problem for pack in loaded for problem in pack.diagnostics), *packs.conflicts(loaded)]
    if has_errors(found):
        return Draft((), {}, in_order(found))
    return Draft(*packs.together(loaded), in_order(found))


def publish(store: Store, draft: Draft, *, by: str, note: str, now: datetime) -> Published:
    """Make a draft live, all rules together.

    Any error publishes nothing: `rules_invalid` with every diagnostic in its details. A draft that says what is live
    already changes nothing and returns the live version.
    """
    if not draft.sound:
        raise packs.invalid(draft.diagnostics)
    warnings = (*draft.diagnostics, *unset_stock(store, draft, now))
    live = store.rule_sets.live()
    row = to_row(draft.rules, draft.perks, (live.version if live else 0) + 1, by, note, now)
    if live is not None and live.digest == row.digest:
        return Published(live.version, live.digest, False, warnings)
    store.rule_sets.publish(row)
    before = json.dumps({"version": live.version, "digest": live.digest}) if live else None
    after = json.dumps({"version": row.version, "digest": row.digest, "note": note})
    store.audit.add(by, "rules.publish", f"v{row.version}", before, after, now)
    store.outbox.add("rules.published", None, after, now)
    return Published(row.version, row.digest, True, warnings)


def unset_stock(store: Store, draft: Draft, now: datetime) -> tuple[Diagnostic, ...]:
    """A warning for each perk with a daily stock of which some hotel that may give it has none for the coming week."""
    properties = store.properties.all()
    found = []
    for code, perk in sorted(draft.perks.items()):
        rules = [rule for rule in draft.rules if any(give.perk == code for give in gives(rule))]
        if perk.stock is StockPolicy.UNLIMITED or not rules:
            continue
        where = [prop for prop in properties if any(applies_to(rule.applies, prop) for rule in rules)]
        bare = [prop.code for prop in where if not _is_stocked(store, prop, code, now)]
        if bare:
            named = ", ".join(bare[:MOST_NAMED]) + (" …" if len(bare) > MOST_NAMED else "")
            found.append(make("stock_unset", rules[0].span, perk=code, properties=named))
    return tuple(found)


def _is_stocked(store: Store, prop: Property, perk: str, now: datetime) -> bool:
    today = hotel_day(to_us(now), prop.zone_info(), prop.rollover_hour)
    days = (today + timedelta(days=ahead) for ahead in range(WEEK))
    return any(store.accounts.get(stock_account(prop.code, perk, day)) is not None for day in days)


def to_row(
    rules: Iterable[Rule], perks: Mapping[str, Perk], version: int, by: str, note: str, now: datetime
) -> RuleSetRow:
    """A rule set as it is stored: its canonical texts, with the digest over them."""
    rules_text = canonical.dump_rules(sorted(rules, key=lambda rule: rule.id))
    perks_text = canonical.dump_perks(perks)
    digest = canonical.digest_of(rules_text, perks_text)
    return RuleSetRow(version, digest, rules_text, perks_text, now, by, note)
