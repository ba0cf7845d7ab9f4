"""Rules go live as a whole and frozen, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rewards.desk.installation import read_rule_set
from rewards.errors import RULES_INVALID, RewardsError
from rewards.ledger.stock import set_stock
from rewards.paths import bundled
from rewards.rulelang import packs
from rewards.storage.engine import SqlDatabase
from rewards.studio.explain import names_of, read_aloud
from rewards.studio.publish import Draft, publish, read_draft, read_packs, unset_stock
from tests.stage import HARBOUR, HUDSON

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PERKS = "drink:\n  kind: item\n  title: {en: a drink, nl: een drankje}\n  cost: EUR 4\n  valid: 7 days\n"
RULE = """rule: {name}
title: {{en: The regular, nl: De vaste gast}}
at: arrival
when:
  {{measure: stays, where: here, ever: true, at_least: {least}}}
give:
  - {{perk: {perk}}}
"""


def draft(least: int = 3, perk: str = "drink", name: str = "regular") -> Draft:
    return read_draft(RULE.format(name=name, least=least, perk=perk), PERKS, None, "EUR")


def go_live(database: SqlDatabase, what: Draft) -> tuple[int, bool]:
    """Publish; the version that is live then, and whether it is new."""
    done = database.run_writing(lambda store: publish(store, what, by="Noor", note="autumn", now=NOW))
    return done.version, done.changed


def test_a_first_draft_becomes_version_one_and_reads_back_as_it_was(database: SqlDatabase) -> None:
    what = draft()
    assert go_live(database, what) == (1, True)
    with database.reading() as store:
        row = store.rule_sets.live()
    assert row is not None
    assert (row.published_by, row.note, row.published_at) == ("Noor", "autumn", NOW)
    again = read_rule_set(row)
    assert packs.rule_set(again.rules, again.perks, 0).digest == row.digest
    assert [rule.id for rule in again.rules] == ["regular"]


def stock_warnings(database: SqlDatabase, what: Draft) -> list[str]:
    with database.reading() as store:
        return [each.message for each in unset_stock(store, what, NOW)]


def test_a_stock_that_nobody_set_is_told_before_the_desk_finds_out(database: SqlDatabase) -> None:
    with database.writing() as store:
        for prop in (HARBOUR, HUDSON):
            store.properties.put(prop, NOW)
    limited = PERKS.replace("cost:", "stock: daily\n  cost:")
    what = read_draft(RULE.format(name="regular", least=3, perk="drink"), limited, None, "EUR")
    (told,) = stock_warnings(database, what)
    assert "“drink”" in told
    assert "harbour, hudson" in told
    with database.writing() as store:
        set_stock(store, "harbour", "drink", date(2026, 11, 30), 0, "Noor", NOW)
        set_stock(store, "hudson", "drink", date(2026, 12, 1), 5, "Noor", NOW)
    (told,) = stock_warnings(database, what)
    assert "at hudson." in told
    published = database.run_writing(lambda store: publish(store, what, by="Noor", note="", now=NOW))
    assert [each.code for each in published.warnings] == ["stock_unset"]
    assert stock_warnings(database, draft()) == []


def test_a_name_that_ends_in_dashes_is_not_taken_for_the_end_of_a_rule(database: SqlDatabase) -> None:
    dashes = RULE.format(name="gold---", least=3, perk="drink") + "group: best---\n"
    what = read_draft(f"{dashes}---\n{RULE.format(name='regular', least=1, perk='drink')}", PERKS, None, "EUR")
    assert go_live(database, what) == (1, True)
    with database.reading() as store:
        row = store.rule_sets.live()
    assert row is not None
    again = read_rule_set(row)
    assert [(rule.id, rule.group) for rule in again.rules] == [("gold---", "best---"), ("regular", None)]
    assert packs.rule_set(again.rules, again.perks, 0).digest == row.digest


def test_what_is_live_already_makes_no_new_version(database: SqlDatabase) -> None:
    go_live(database, draft())
    with database.reading() as store:
        generation, audit = store.generation(), len(store.audit.page(0, 50))
    assert go_live(database, draft()) == (1, False)
    with database.reading() as store:
        assert (store.generation(), len(store.audit.page(0, 50))) == (generation, audit)


def test_a_change_is_the_next_version_and_the_old_one_stays(database: SqlDatabase) -> None:
    go_live(database, draft(least=3))
    with database.reading() as store:
        generation, first = store.generation(), store.rule_sets.get(1)
    assert go_live(database, draft(least=4)) == (2, True)
    with database.reading() as store:
        assert store.generation() > generation
        assert store.rule_sets.get(1) == first
        trail = store.audit.page(0, 50)
    assert [line.action for line in trail].count("rules.publish") == 2


def test_any_error_publishes_nothing_and_tells_every_one(database: SqlDatabase) -> None:
    go_live(database, draft())
    texts = "---\n".join(RULE.format(name=name, least=3, perk="gold-bar") for name in ("first", "second"))
    bad = read_draft(texts, PERKS, None, "EUR")
    assert not bad.sound
    with pytest.raises(RewardsError) as refused:
        go_live(database, bad)
    assert refused.value.code is RULES_INVALID
    told = refused.value.details["diagnostics"]
    assert isinstance(told, list)
    assert [one["line"] for one in told] == [7, 15]
    with database.reading() as store:
        live = store.rule_sets.live()
        assert live is not None
        assert live.version == 1
        assert len([line for line in store.audit.page(0, 50) if line.action == "rules.publish"]) == 1


def test_mistakes_of_rules_and_perks_are_told_together() -> None:
    bad = read_draft(RULE.format(name="regular", least="many", perk="drink"), "drink: {kind: elixir}\n", None, "EUR")
    assert {one.filename for one in bad.diagnostics} == {"rules.yaml", "perks.yaml"}


def test_a_perk_that_two_packs_mean_differently_is_told_like_any_other_mistake(tmp_path: Path) -> None:
    for name, cost in (("first", 4), ("second", 5)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "rules.yaml").write_text(RULE.format(name=name, least=3, perk="drink"), encoding="utf-8")
        (folder / "perks.yaml").write_text(PERKS.replace("EUR 4", f"EUR {cost}"), encoding="utf-8")
    found = read_packs(packs.pack_folders(tmp_path), None)
    assert not found.sound
    assert [one.code for one in found.diagnostics] == ["perk_conflict"]


def test_the_bundled_packs_go_live_together_and_are_read_aloud(database: SqlDatabase) -> None:
    what = read_packs(packs.pack_folders(bundled("rules")), None)
    assert go_live(database, what) == (1, True)
    names = names_of(what.rules, what.perks)
    english, dutch = (read_aloud(what.rules, language, names) for language in ("en", "nl"))
    assert english.keys() == dutch.keys()
    assert english["fortnightly-regular"].startswith("On arrival, when a guest")
    assert not set(english.values()) & set(dutch.values())
