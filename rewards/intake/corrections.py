"""A fact told again with other content: the one that stands is taken back, and what is said now is recorded.

The log only grows, so each telling has a key of its own: `key`, then `key~2`, `key~3` …; what takes telling n back is
`key~n/back`. The last telling is the one that is compared. A fact that somebody took back by other means stays so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rewards.clock import Clock
from rewards.domain.activity import Activity, Kind
from rewards.ids import derived_id
from rewards.intake.receive import Ground, Intake, Receipt, as_admitted, make_activity
from rewards.ledger.ports import Store
from rewards.sdk.drafts import Draft
from rewards.sdk.files import FileRow


@dataclass(frozen=True, slots=True)
class _Told:
    """The last telling of a fact: its number, what was recorded, and whether a correction took it back."""

    number: int
    activity: Activity
    back: bool


class Corrections:
    """Receives rows that may correct what was recorded before."""

    def __init__(self, intake: Intake, clock: Clock) -> None:
        self._intake = intake
        self._clock = clock

    def receive(
        self,
        store: Store,
        source: str,
        ground: Ground,
        rows: Sequence[FileRow],
        *,
        as_it_happened: bool,
        live: bool = False,
    ) -> list[Receipt]:
        """Record rows in order, as `Intake.receive` does; a row that corrects may give more than one receipt.

        What takes something back is weighed against what stands, the rows before it among that.
        """
        receipts: list[Receipt] = []
        for part in _without_repeats(rows):
            known = {key: told for row in part if row.yields for key, told in _known(store, source, row)}
            drafts = [
                draft
                for row in part
                for draft in self._settled(store, source, ground, row)
                if not (row.yields and draft.source_key in known)
            ]
            if drafts:
                receipts += self._intake.receive(
                    store, ground, source, drafts, as_it_happened=as_it_happened, live=live
                )
            receipts += [Receipt(told.activity.id, told.activity.guest, "duplicate") for told in known.values()]
        return receipts

    def _settled(self, store: Store, source: str, ground: Ground, row: FileRow) -> Iterator[Draft]:
        if not row.corrects:
            yield from row.drafts
            return
        for key in row.takes_back:
            told = _last(store, source, key)
            if told is not None and not told.back:
                yield _taking_back(told, key)
        for draft in row.drafts:
            yield from self._told_again(store, source, ground, draft)

    def _told_again(self, store: Store, source: str, ground: Ground, draft: Draft) -> Iterator[Draft]:
        if draft.reverses_key is not None:
            original = _last(store, source, draft.reverses_key)
            draft = replace(draft, reverses_key=original.activity.source_key) if original else draft
        told = _last(store, source, draft.source_key)
        if told is None:
            yield draft
            return
        if not told.back and _says(store, source, ground, told.activity, draft):
            yield replace(draft, source_key=told.activity.source_key)
            return
        if not told.back:
            yield _taking_back(told, draft.source_key)
        yield replace(draft, source_key=_key(draft.source_key, told.number + 1))


def _without_repeats(rows: Sequence[FileRow]) -> Iterator[list[FileRow]]:
    """Rows in parts of which no key stands twice in one: what is told later is compared with what is recorded."""
    part: list[FileRow] = []
    seen: set[str] = set()
    for row in rows:
        keys = {
            *row.takes_back,
            *(key for draft in row.drafts for key in (draft.source_key, draft.reverses_key) if key),
        }
        if keys & seen:
            yield part
            part, seen = [], set()
        part.append(row)
        seen |= keys
    yield part


def _key(key: str, number: int) -> str:
    return key if number == 1 else f"{key}~{number}"


def _known(store: Store, source: str, row: FileRow) -> Iterator[tuple[str, _Told]]:
    """What of a row that yields is recorded already."""
    for draft in row.drafts:
        told = _last(store, source, draft.source_key)
        if told is not None:
            yield draft.source_key, told


def _last(store: Store, source: str, key: str) -> _Told | None:
    number, last = 1, None
    while (found := store.activities.get(derived_id("act", source, _key(key, number)))) is not None:
        last, number = found, number + 1
    if last is None:
        return None
    back = store.activities.get(derived_id("act", source, f"{_key(key, number - 1)}/back"))
    return _Told(number - 1, last, back is not None)


def _taking_back(told: _Told, key: str) -> Draft:
    standing = _key(key, told.number)
    return Draft(Kind.REVERSAL, f"{standing}/back", (), property=told.activity.property, reverses_key=standing)


def _says(store: Store, source: str, ground: Ground, activity: Activity, draft: Draft) -> bool:
    """Whether a draft says what is recorded, of the same guest."""
    told = replace(as_admitted(draft)[0], source_key=activity.source_key)
    again = make_activity(ground, source, told, activity.guest, activity.reverses, activity.recorded_at)
    reversed_id = derived_id("act", source, draft.reverses_key) if draft.reverses_key else None
    same = replace(again, withheld=activity.withheld) == activity and reversed_id == activity.reverses
    return same and _is_of(store, activity.guest, draft)


def _is_of(store: Store, guest: str, draft: Draft) -> bool:
    """Whether the best identity that is known names the guest of a record; where none is known it is another."""
    if draft.kind is Kind.REVERSAL:
        return True
    owners = (store.guests.resolve(identity) for identity in draft.identities)
    owner = next((one for one in owners if one is not None), None)
    head = store.guests.head(guest)
    return owner is not None and head is not None and owner == head.guest.id
