"""Notes on a reservation, which the desk reads at check-in: one for each grant, named by it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rewards.sdk import Json, Link, Property, exponent, instant

from .calls import call, every
from .reading import name_of, pick_text

WORDS = {
    "en": "Loyalty: {what}. Valid until {until:%Y-%m-%d %H:%M}. {mark}",
    "nl": "Loyaliteit: {what}. Geldig tot {until:%d-%m-%Y %H:%M}. {mark}",
}

Grant = Mapping[str, Any]


def mark(grant: Grant) -> str:
    """What names a grant's note."""
    return f"[rewards {grant['grant']}]"


def text(grant: Grant, hotel: Property, language: str) -> str:
    """The sentence of a grant, in the language of the desk."""
    until = instant(grant["valid_until"]).astimezone(hotel.zone_info())
    sentence = WORDS.get(language, WORDS["en"])
    return sentence.format(what=_what(grant, language), until=until, mark=mark(grant))


def _what(grant: Grant, language: str) -> str:
    titles = grant["title"]
    title = titles.get(language) or titles.get("en") or grant["perk"]
    if "amount" in grant["params"]:
        return f"{title}, {money(grant)} {currency(grant)}"
    return title if grant["quantity"] == 1 else f"{title} ({grant['quantity']}x)"


def currency(grant: Grant) -> str:
    """The currency of a credit."""
    return str(grant["params"].get("currency") or grant["currency"])


def money(grant: Grant) -> Decimal:
    """What a credit is worth, in major units."""
    return Decimal(grant["quantity"]).scaleb(-exponent(currency(grant)))


def add(grant: Grant, hotel: Property, reservation: str, enterprise: str, link: Link) -> None:
    """Put the note there, unless it is."""
    if not _standing(grant, reservation, enterprise, link):
        said = {"ServiceOrderId": reservation, "Text": text(grant, hotel, link.settings.text("notes") or "en")}
        call(link, "serviceOrderNotes/add", {"ServiceOrderNotes": [said]})


def remove(grant: Grant, reservation: str, enterprise: str, link: Link) -> None:
    """Take the note away, where it is."""
    standing = _standing(grant, reservation, enterprise, link)
    if standing:
        call(link, "serviceOrderNotes/delete", {"ServiceOrderNoteIds": standing})


def _standing(grant: Grant, reservation: str, enterprise: str, link: Link) -> list[str]:
    asked: dict[str, Json] = {"EnterpriseIds": [enterprise], "ServiceOrderIds": [reservation]}
    found = every(link, "serviceOrderNotes/getAll", "ServiceOrderNotes", asked)
    return [name_of(one, "Id") for one in found if mark(grant) in pick_text(one, "Text")]
