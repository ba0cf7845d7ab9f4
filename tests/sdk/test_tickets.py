"""A ticket is good for one guest and a quarter of an hour; a byte off, it is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.sdk import TICKET_LIFE, Identity, RawMessage, Refused, Secret, guest_ticket, identity_of, ticket_guest

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OURS, OLD, THEIRS = Secret("harbour-page"), Secret("harbour-page-of-last-year"), Secret("seaside-page")
ANA = Identity("card", "00412")


def at(when: datetime = NOON) -> RawMessage:
    return RawMessage("POST", "/position", {}, {}, b"", when)


def test_ana_is_known_by_her_ticket() -> None:
    assert ticket_guest(guest_ticket(OURS, ANA, NOON), (OURS,), at()) == ANA


def test_it_is_written_as_it_is_documented() -> None:
    ticket = guest_ticket(Secret("harbour-page"), ANA, NOON)
    assert ticket == (
        "eyJndWVzdCI6ICJjYXJkOjAwNDEyIiwgImlzc3VlZCI6IDE3OTU1MjE2MDB9."
        "b9d5e8f46a58a599869950126e96d2dcaef281bda05917efd224925a906a7882"
    )


def test_while_a_secret_is_replaced_both_are_good() -> None:
    assert ticket_guest(guest_ticket(OLD, ANA, NOON), (OURS, OLD), at()) == ANA
    with pytest.raises(Refused):
        ticket_guest(guest_ticket(OLD, ANA, NOON), (OURS,), at())


@pytest.mark.parametrize("away", [TICKET_LIFE, -TICKET_LIFE])
def test_it_lasts_a_quarter_of_an_hour(away: timedelta) -> None:
    ticket = guest_ticket(OURS, ANA, NOON)
    assert ticket_guest(ticket, (OURS,), at(NOON + away)) == ANA
    with pytest.raises(Refused):
        ticket_guest(ticket, (OURS,), at(NOON + away * 1.01))


def test_without_a_secret_nothing_is_proved() -> None:
    with pytest.raises(Refused):
        ticket_guest(guest_ticket(Secret(""), ANA, NOON), (Secret(""),), at())
    with pytest.raises(Refused):
        ticket_guest(guest_ticket(OURS, ANA, NOON), (), at())


@given(st.data())
def test_a_character_off_is_refused(data: st.DataObject) -> None:
    ticket = guest_ticket(OURS, ANA, NOON)
    place = data.draw(st.integers(0, len(ticket) - 1))
    other = data.draw(st.characters().filter(lambda one: one != ticket[place]))
    for spoiled in (ticket[:place] + other + ticket[place + 1 :], ticket[:place], ticket + other):
        with pytest.raises(Refused):
            ticket_guest(spoiled, (OURS,), at())


@given(st.text(max_size=200))
def test_whatever_a_stranger_writes_is_a_refusal(text: str) -> None:
    with pytest.raises(Refused):
        ticket_guest(text, (OURS, THEIRS), at())


@given(st.text(min_size=1, max_size=200).filter(str.isprintable))
def test_every_name_comes_back_as_it_was(value: str) -> None:
    guest = Identity("card", value)
    assert ticket_guest(guest_ticket(OURS, guest, NOON), (OURS,), at()) == guest


@pytest.mark.parametrize(
    "text", ["", "card", "card:", ":00412", "Card:1", "card:\n", "card:" + "9" * 201, "k" * 41 + ":1"]
)
def test_what_is_no_identity_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        identity_of(text)
