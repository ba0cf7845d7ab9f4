"""Links that are made and undone at once: one of many makes a link, one undoes it, and nobody waits for ever."""

from __future__ import annotations

from rewards.domain.activity import Kind
from rewards.domain.guest import Identity
from rewards.domain.link import LinkKind
from rewards.intake.links import link, unlink
from rewards.sdk.drafts import Draft, DraftLink
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once
from tests.races.test_facts import COUNT, ROUNDS, RULES
from tests.stage import NOW, Stage

FRIEND = LinkKind.FRIEND
WHO = tuple(Identity("card", f"{number}") for number in range(COUNT))


def here(number: int, key: str, *others: int) -> Draft:
    """Somebody checks in, and the source says with whom."""
    links = tuple(DraftLink(FRIEND, WHO[other]) for other in others)
    return Draft(Kind.CHECK_IN, f"{key}/{number}", (WHO[number],), "harbour", occurred_at=NOW, links=links)


def test_one_of_many_makes_a_link_and_one_undoes_it(database: SqlDatabase) -> None:
    stage = Stage(database, RULES)
    ana, ben = (one.guest for one in stage.record(here(0, "first"), here(1, "first")))
    for _ in range(ROUNDS):

        def make(number: int) -> bool:
            pair = (ana, ben) if number % 2 else (ben, ana)
            return database.run_writing(lambda store: link(store, *pair, FRIEND, NOW, source="desk", by="clerk"))

        def undo(number: int) -> bool:
            pair = (ana, ben) if number % 2 else (ben, ana)
            return database.run_writing(lambda store: unlink(store, *pair, FRIEND, NOW, by="clerk"))

        assert sorted(at_once(COUNT, make)) == [False] * (COUNT - 1) + [True]
        assert sorted(at_once(COUNT, undo)) == [False] * (COUNT - 1) + [True]


def test_friends_who_all_bring_each_other_are_all_linked(database: SqlDatabase) -> None:
    stage = Stage(database, RULES)
    stage.record(*(here(number, "first") for number in range(COUNT)))
    ground = stage.ground()

    def bring(number: int) -> int:
        draft = here(number, "table", *(other for other in range(COUNT) if other != number))
        return len(database.run_writing(lambda store: stage.intake.receive(store, ground, "pms", [draft])))

    assert at_once(COUNT, bring) == [1] * COUNT
    with database.reading() as store:
        guests = [store.guests.resolve(who) or "" for who in WHO]
        assert [len(store.links.of_guest(guest)) for guest in guests] == [COUNT - 1] * COUNT
        (rows,) = store.session.all("SELECT COUNT(*) FROM guest_link")
    assert rows[0] == COUNT * (COUNT - 1) // 2
