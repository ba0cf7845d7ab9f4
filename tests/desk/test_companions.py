"""Come with friends: linked guests who are here count, strangers, links that were undone and those who left do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from rewards.clock import isoformat
from rewards.domain.activity import Evidence, Kind
from rewards.domain.guest import Identity
from rewards.domain.link import LinkKind
from rewards.errors import RewardsError
from rewards.intake.checks import MAX_DRAFT_LINKS
from rewards.intake.links import link, unlink
from rewards.intake.people import merge, unmerge
from rewards.sdk.drafts import Draft, DraftLink
from rewards.storage.engine import SqlDatabase
from tests.desk.test_ranks import card, verdicts
from tests.stage import ANA, BEN, NOW, Stage, perks_of, reasons_of

MINUTE = timedelta(minutes=1)
TABLE = """
rule: table-for-friends
at: arrival
when: {measure: companions, linked: [friend], within: 3 hours, evidence: located, at_least: 2}
give: [{perk: cake}]
"""
COR = card("cor")


def arrives(stage: Stage, who: Sequence[Identity], at: datetime = NOW, **more: Any) -> str:
    """Somebody checks in; the id of their record."""
    fields = {"property": "harbour", "evidence": Evidence.LOCATED} | more
    draft = Draft(Kind.CHECK_IN, f"{who[0].value}/{at}/{fields}", tuple(who), occurred_at=at, **fields)
    return stage.record(draft)[0].guest


def befriend(stage: Stage, one: Sequence[Identity], two: Sequence[Identity], *, undo: bool = False) -> bool:
    """A link between two who are known, recorded now, or undone."""
    now = stage.clock.now()
    with stage.database.writing() as store:
        first, second = (store.guests.resolve(who[0]) or "" for who in (one, two))
        if undo:
            return unlink(store, first, second, LinkKind.FRIEND, now, by="clerk")
        return link(store, first, second, LinkKind.FRIEND, now, source="desk", by="clerk")


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    """Ana, Ben and Cor are at Harbour Hotel, and both are friends of hers."""
    stage = Stage(database, TABLE)
    for who in (ANA, BEN, COR):
        arrives(stage, who)
    assert befriend(stage, ANA, BEN)
    assert befriend(stage, COR, ANA)
    return stage


def perks(stage: Stage, who: Sequence[Identity] = ANA, **more: Any) -> list[str]:
    return perks_of(stage.ask(who, mode="preview", **more))


def test_two_friends_are_enough_and_each_counts_from_either_side(stage: Stage) -> None:
    assert perks(stage) == ["cake"]
    assert perks(stage, BEN) == []
    befriend(stage, BEN, COR)
    assert perks(stage, BEN) == ["cake"]


def test_the_reason_says_how_many_and_never_who(stage: Stage) -> None:
    answered = stage.ask(ANA)
    (perk,) = answered["perks"]
    assert perk["say"] == "You have brought company, so we are giving you “a cake”."
    assert perk["why"][0]["actual"] == 2
    assert perk["why"][0]["condition"].startswith("at least 2 of the guest's friends checked in at this hotel")
    with stage.database.reading() as store:
        others = [store.guests.resolve(who[0]) for who in (BEN, COR)]
    assert not [other for other in others if other in str(answered)]


def test_a_friend_who_checks_in_elsewhere_has_left(stage: Stage) -> None:
    arrives(stage, COR, NOW + MINUTE, property=None, place_id="cafe")
    stage.clock.move_to(NOW + 2 * MINUTE)
    assert perks(stage) == []
    arrives(stage, COR, NOW + 2 * MINUTE)
    assert perks(stage) == ["cake"]


def test_a_check_in_that_is_taken_back_brought_nobody(stage: Stage) -> None:
    stage.take_back(f"cor/{NOW}/{ {'property': 'harbour', 'evidence': Evidence.LOCATED} }")
    assert perks(stage) == []


def test_a_check_in_that_is_told_late_counts_for_when_it_was(stage: Stage) -> None:
    dew = card("dew")
    befriend(stage, ANA, COR, undo=True)
    arrives(stage, dew, NOW - timedelta(hours=4))
    befriend(stage, ANA, dew)
    assert perks(stage) == []
    arrives(stage, dew, NOW - timedelta(hours=2))
    assert perks(stage) == ["cake"]


def test_who_only_claims_to_be_here_does_not_count(stage: Stage) -> None:
    befriend(stage, ANA, COR, undo=True)
    dew = card("dew")
    arrives(stage, dew, evidence=Evidence.CLAIMED)
    befriend(stage, ANA, dew)
    assert perks(stage) == []


def test_a_link_that_is_undone_counts_no_more_and_once_is_enough(stage: Stage) -> None:
    assert not befriend(stage, BEN, ANA)
    assert befriend(stage, BEN, ANA, undo=True)
    assert not befriend(stage, ANA, BEN, undo=True)
    assert perks(stage) == []
    assert befriend(stage, ANA, BEN)
    assert perks(stage) == ["cake"]


def test_two_records_of_one_friend_are_one_friend_until_they_are_parted(stage: Stage) -> None:
    with stage.database.writing() as store:
        ben, cor = (store.guests.resolve(who[0]) or "" for who in (BEN, COR))
        merged = merge(store, ben, cor, "one person", NOW)
    assert perks(stage) == []
    with stage.database.writing() as store:
        unmerge(store, merged, NOW)
    assert perks(stage) == ["cake"]


def test_a_friend_who_turns_out_to_be_the_guest_is_no_companion(stage: Stage) -> None:
    with stage.database.writing() as store:
        ana, ben = (store.guests.resolve(who[0]) or "" for who in (ANA, BEN))
        merge(store, ana, ben, "one person", NOW)
        assert [one.kind for one in store.links.of_guest(ana)] == [LinkKind.FRIEND]
    assert perks(stage) == []


def test_what_was_known_then_is_answered_from_log_and_links(stage: Stage) -> None:
    befriend(stage, ANA, COR, undo=True)
    stage.clock.move_to(NOW + MINUTE)
    befriend(stage, ANA, COR)
    asked = {"as_of": isoformat(NOW + MINUTE)}
    assert perks(stage, **asked) == ["cake"]
    assert perks(stage, **asked, known_at=isoformat(NOW)) == []
    stage.clock.move_to(NOW + 2 * MINUTE)
    stage.take_back(f"cor/{NOW}/{ {'property': 'harbour', 'evidence': Evidence.LOCATED} }")
    assert perks(stage, **asked) == []
    assert perks(stage, **asked, known_at=isoformat(NOW + MINUTE)) == ["cake"]


def test_before_a_link_was_recorded_it_was_none(stage: Stage) -> None:
    stage.clock.move_to(NOW + MINUTE)
    befriend(stage, ANA, COR, undo=True)
    assert perks(stage, as_of=isoformat(NOW)) == ["cake"]
    assert perks(stage, as_of=isoformat(NOW + MINUTE)) == []
    assert perks(stage, as_of=isoformat(NOW - MINUTE)) == []


def test_a_decision_replays_though_the_friends_have_fallen_out(stage: Stage) -> None:
    assert perks_of(stage.ask(ANA)) == ["cake"]
    stage.clock.move_to(NOW + MINUTE)
    befriend(stage, ANA, BEN, undo=True)
    assert verdicts(stage) == verdicts(stage, deep=True) == {"identical"}


def test_outside_the_cover_it_is_not_known_whether_friends_are_here(database: SqlDatabase) -> None:
    stage = Stage(database, TABLE, known=False)
    for who in (ANA, BEN, COR):
        arrives(stage, who)
    befriend(stage, ANA, BEN)
    assert reasons_of(stage.ask(ANA, mode="preview")) == {}
    dew = card("dew")
    stage.record(Draft(Kind.VISIT, "dew", dew, "harbour", occurred_at=NOW))
    befriend(stage, ANA, dew)
    assert reasons_of(stage.ask(ANA, mode="preview")) == {"table-for-friends": "not_covered"}
    befriend(stage, ANA, COR)
    assert perks(stage) == ["cake"]


def test_how_many_are_missing_is_not_told_for_it_would_tell_who_is_not_here(stage: Stage) -> None:
    befriend(stage, ANA, COR, undo=True)
    assert stage.ask(ANA, mode="preview")["near_misses"] == []


# --- links that a source states -------------------------------------------------------------------------------------


def brings(stage: Stage, key: str, *others: Identity) -> None:
    """Ana checks in, and the source says with whom."""
    links = tuple(DraftLink(LinkKind.FRIEND, other) for other in others)
    stage.record(Draft(Kind.CHECK_IN, key, ANA, "harbour", occurred_at=NOW, evidence=Evidence.LOCATED, links=links))


def linked(stage: Stage) -> list[str]:
    with stage.database.reading() as store:
        return [one.guest for one in store.links.of_guest(store.guests.resolve(ANA[0]) or "")]


def test_a_source_links_only_whom_we_know(database: SqlDatabase) -> None:
    stage = Stage(database, TABLE)
    ben = arrives(stage, BEN)
    brings(stage, "table/1", BEN[0], Identity("card", "stranger"), ANA[1])
    assert linked(stage) == [ben]
    with database.reading() as store:
        assert store.guests.resolve(Identity("card", "stranger")) is None
        (one,) = store.links.of_guest(ben)
    assert (one.source, one.linked_by, one.linked_at) == ("pms", "pms", NOW)


def test_the_same_fact_again_does_not_link_again(database: SqlDatabase) -> None:
    stage = Stage(database, TABLE)
    arrives(stage, BEN)
    brings(stage, "table/1", BEN[0])
    befriend(stage, ANA, BEN, undo=True)
    brings(stage, "table/1", BEN[0])
    assert linked(stage) == []
    brings(stage, "table/2", BEN[0])
    assert len(linked(stage)) == 1


def test_an_address_of_several_people_links_nobody(database: SqlDatabase) -> None:
    stage = Stage(database, TABLE)
    arrives(stage, (Identity("email", "desk@agency.example", shared=True),))
    brings(stage, "table/1", Identity("email", "desk@agency.example"))
    assert linked(stage) == []


def test_a_link_stays_when_the_fact_is_taken_back(database: SqlDatabase) -> None:
    stage = Stage(database, TABLE)
    arrives(stage, BEN)
    brings(stage, "table/1", BEN[0])
    stage.take_back("table/1")
    assert len(linked(stage)) == 1


def test_too_many_links_refuse_the_fact_and_leave_nothing(database: SqlDatabase) -> None:
    stage = Stage(database, TABLE)
    with pytest.raises(RewardsError, match="51 links"):
        brings(stage, "table/1", *(Identity("card", f"{number}") for number in range(MAX_DRAFT_LINKS + 1)))
    with database.reading() as store:
        assert store.guests.resolve(ANA[0]) is None
