"""Reads a reservation and its folio: what `fetch` brings home, and nothing more than is needed."""

from __future__ import annotations

from rewards.sdk import Json, Link, Refused, TryLater, pick

from . import folio, reservation
from .calls import NOT_THERE, call, part
from .events import UNDO_IN, UNDO_OUT

A_PAGE = 300
MOST_PAGES = 20


def look(link: Link, hotel: str, number: str, event: str) -> Json:
    """A reservation as it is now with its revenue lines, None where OPERA has none of this number.

    `lines` is None where the folio was not asked for (nobody has arrived yet), and where the answer had no window, or
    one that says neither what is in it nor that it is empty: then nothing is known of the lines, which is not the same
    as there being none.
    """
    path = f"/hotels/{part(hotel)}/reservations/{part(number)}"
    answer = call(link, "GET", f"/rsv/v1{path}", hotel)
    if answer.status in NOT_THERE:
        return None
    found = reservation.read(answer.expect(200).json(), link.settings.mapping("memberships"))
    asks = found["status"] not in reservation.BEFORE or event in (UNDO_IN, UNDO_OUT)
    return {**found, "lines": _lines(link, hotel, path) if asks else None}


def _lines(link: Link, hotel: str, path: str) -> Json:
    first = _page(link, hotel, path, "")
    if not first or any(_silent(window) for window in first):
        return None
    found = [one for window in first for one in _window(link, hotel, path, window)]
    return [kept for one in found if (kept := folio.kept(one)) is not None]


def _silent(window: Json) -> bool:
    said = pick(window, "emptyWindow", bool, False) or pick(window, "emptyFolio", bool, False)
    return not said and not folio.postings(window)


def _window(link: Link, hotel: str, path: str, window: Json) -> list[Json]:
    """All postings of a window: an answer may leave out those of a full one, or give them in pages."""
    found = folio.postings(window)
    held_back = pick(window, "emptyFolio", bool, False) and not pick(window, "emptyWindow", bool, True)
    more = pick(window, "hasMore", bool, False) or (held_back and not found)
    number = pick(window, "folioWindowNo", int) if more else 0
    for _ in range(MOST_PAGES):
        if not more:
            return found
        pages = _page(link, hotel, path, f"&folioWindowNo={number}&offset={len(found)}")
        page: Json = next((one for one in pages if pick(one, "folioWindowNo", int, number) == number), {})
        fresh = folio.postings(page)
        if not fresh:
            raise TryLater("a folio says that it has more lines and does not show them", after_s=60)
        found += fresh
        more = pick(page, "hasMore", bool, False)
    raise Refused(f"a folio window has more than {MOST_PAGES} pages")


def _page(link: Link, hotel: str, path: str, more: str) -> list[Json]:
    query = f"?fetchInstructions=Postings&summaryOnly=false&limit={A_PAGE}{more}"
    answer = call(link, "GET", f"/csh/v1{path}/folios{query}", hotel)
    return [] if answer.status in NOT_THERE else folio.windows(answer.expect(200).json())
