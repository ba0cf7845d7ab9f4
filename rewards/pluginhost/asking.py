"""Questions asked while a file is imported: at each row that poses one, right after its facts are recorded."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

from rewards.desk.desk import Desk
from rewards.desk.reply import Reader
from rewards.desk.wire import Question, read_question
from rewards.domain.stay import StayInHand
from rewards.errors import RewardsError
from rewards.intake.receive import Receipt
from rewards.sdk.files import FileRow

TRIES_WHILE_BUSY = 20
_READER = Reader("en", True)


class Asking:
    """Commits the question of a moment for each row, as of the row's own instant, and counts what came of it.

    `asked` questions were answered, with `perks` in all; `refused` counts those that could not be asked, by code. A
    refusal stops nothing, for an import stops at nothing but a full disk; only a database that stays busy does.
    """

    def __init__(self, desk: Desk, moment: str) -> None:
        self._desk = desk
        self._moment = moment
        self.asked = 0
        self.perks = 0
        self.refused: Counter[str] = Counter()

    def __call__(self, row: FileRow, receipts: list[Receipt]) -> None:
        """Ask the question of one row; nothing where it poses none."""
        if row.at is None or not row.drafts or not receipts:
            return
        try:
            body = self._ask(question_of(row, receipts, self._moment), row)
        except RewardsError as error:
            if error.retry_after_s is not None:
                raise
            self.refused[error.code.name] += 1
            return
        self.asked += 1
        self.perks += len(json.loads(body)["perks"])

    def _ask(self, question: Question, row: FileRow) -> bytes:
        for _ in range(TRIES_WHILE_BUSY):
            try:
                return self._desk.ask(question, _READER, at=row.at).body
            except RewardsError as error:
                # Waiting is the database's own: a refusal as busy comes after seconds of it.
                if error.retry_after_s is None:
                    raise
        return self._desk.ask(question, _READER, at=row.at).body


def question_of(row: FileRow, receipts: list[Receipt], moment: str) -> Question:
    """The question of a row: about the stay it is for, else about the last fact it recorded."""
    value: dict[str, object] = {
        "guest": row.drafts[0].identities[0].text(),
        "property": row.drafts[0].property,
        "moment": moment,
        "mode": "commit",
    }
    return read_question(value | ({"stay": _stay(row.stay)} if row.stay else {"activity": receipts[-1].activity}))


def _stay(stay: StayInHand) -> dict[str, object]:
    given = {name: getattr(stay, name) for name in stay.__dataclass_fields__}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
        if value is not None
    }
