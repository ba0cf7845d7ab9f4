"""Clients that never give up: every call is written down before it is sent and after it returns.

A call without an answer, or with one that says "try again", is sent again under the same key until it is settled; so at
the end every intent has an answer, and the checker can say what must be stored. Clients share a board, so that several
ask the same question, settle the same hold, report the same fact and use the same grant at once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

PROPERTIES = ("harbour", "hudson")
RETRY_S = 0.05
TIMEOUT_S = 8
REMEMBERED = 60
SHARED = 0.25
COMES_WITHIN_S = 0.15
RECONNECTS = 0.2
HOLD_MINUTES = 1

Body = dict[str, Any]


def _few() -> deque[Any]:
    return deque(maxlen=REMEMBERED)


@dataclass(frozen=True, slots=True)
class Intent:
    """Something a client wants once: its key and the call that asks for it."""

    key: str
    kind: str
    path: str
    body: Body


@dataclass(frozen=True, slots=True)
class Invitation:
    """A call that two clients send at one instant; without a key the second one sends it under a key of its own."""

    key: str | None
    kind: str
    path: str
    body: Body
    meeting: threading.Barrier

    def meet(self) -> None:
        """Wait for the other, but not for long."""
        with contextlib.suppress(threading.BrokenBarrierError):
            self.meeting.wait(COMES_WITHIN_S)


@dataclass
class Board:
    """What clients tell each other: whom they wait for, questions, open holds, facts, grants, and what is pending."""

    invitations: deque[Invitation] = field(default_factory=_few)

    questions: deque[Body] = field(default_factory=_few)
    holds: deque[str] = field(default_factory=_few)
    facts: deque[Body] = field(default_factory=_few)
    activities: deque[str] = field(default_factory=_few)
    grants: deque[tuple[str, int]] = field(default_factory=_few)
    pending: deque[str] = field(default_factory=_few)
    uses: deque[tuple[str, Body]] = field(default_factory=_few)

    @staticmethod
    def take(cards: deque[Any]) -> Any:
        """The oldest card, None where there is none; nobody else gets it."""
        try:
            return cards.popleft()
        except IndexError:
            return None


@dataclass
class Target:
    """Where to send: the port and the key; whether to begin anything more, and whether to go on at all."""

    port: int
    key: str
    guests: int
    stop: threading.Event = field(default_factory=threading.Event)
    give_up: threading.Event = field(default_factory=threading.Event)
    board: Board = field(default_factory=Board)


class Client(threading.Thread):
    """One client with a log of its own (JSON lines, synced)."""

    def __init__(self, number: int, seed: int, target: Target, folder: Path) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.number = number
        self.dice = random.Random(f"{seed}/{number}")
        self.target = target
        self.board = target.board
        self.log: TextIO = (folder / f"client-{number}.jsonl").open("w", encoding="utf-8")
        self.calls = 0
        self.intents = 0
        self.answered = 0
        self.settled: deque[Intent] = _few()
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Send intents until it is time to stop."""
        wanted = {
            self.commit: 6, self.ask_again: 2, self.hold: 3, self.end_hold: 5, self.stay: 3, self.spend: 1,
            self.same_fact: 1, self.take_back: 1, self.redeem: 3, self.use_again: 1, self.repeat: 3,
            self.say_yes_or_no: 4,
        }  # fmt: skip
        while not self.target.stop.is_set():
            if not self._joined():
                self.dice.choices(list(wanted), list(wanted.values()))[0]()
        self.log.close()
        self._hang_up()

    # --- intents ---

    def _question(self, mode: str) -> Body:
        """A question about somebody's arrival or departure."""
        stay = {
            "reservation": f"T-{self.number}-{self.intents}", "arrival": "2026-11-22", "departure": "2026-11-24",
            "room_class": "standard", "channel": "direct",
        }  # fmt: skip
        asked = {"guest": self._guest(), "property": self.dice.choice(PROPERTIES), "enrol": True, "stay": stay}
        moment = self.dice.choice(("arrival", "arrival", "arrival", "checkout"))
        held = {"hold_minutes": HOLD_MINUTES} if mode == "hold" else {}
        return {**asked, "moment": moment, "mode": mode, **held}

    def _guest(self) -> str:
        return f"card:{self.dice.randrange(self.target.guests)}"

    def _ask(self, question: Body) -> Body:
        answer = self.settle("decision", "/v1/decisions", question)
        for perk in answer.get("perks", ()):
            if perk["state"] == "granted":
                self.board.grants.append((perk["grant"], perk["quantity"]))
            elif perk["state"] == "pending":
                self.board.pending.extend([perk["grant"]] * self.dice.choice((0, 1, 1, 2)))
        return answer

    def commit(self) -> None:
        """Commit; now and then the question is put on the board."""
        question = self._question("commit")
        if self.dice.random() < 0.4:
            self.board.questions.append(question)
            self.board.questions.append(question)
        self._ask(question)

    def ask_again(self) -> None:
        """Ask what somebody asks or has asked, under another key."""
        question = self.board.take(self.board.questions)
        if question is not None:
            self._ask(question)

    def hold(self) -> None:
        """Hold; two others may end it, and somebody may ask the same as a commit."""
        question = self._question("hold")
        answer = self._ask(question)
        if "hold_expires_at" in answer:
            self.board.holds.extend([answer["decision"]] * self.dice.choice((0, 1, 2, 2)))
            if self.dice.random() < 0.2:
                same = {name: value for name, value in question.items() if name != "hold_minutes"}
                self.board.questions.append({**same, "mode": "commit"})

    def end_hold(self) -> None:
        """Confirm or cancel somebody's hold."""
        decision = self.board.take(self.board.holds)
        if decision is not None:
            what = self.dice.choice(("confirm", "cancel"))
            answer = self.settle(what, f"/v1/decisions/{decision}/{what}", {})
            given = answer.get("grants", ())
            self.board.grants.extend((one["grant"], 1) for one in given if one["state"] == "granted")
            self.board.pending.extend(one["grant"] for one in given if one["state"] == "pending")

    def say_yes_or_no(self) -> None:
        """Approve or refuse what waits; another may be doing the same."""
        grant = self.board.take(self.board.pending)
        if grant is not None:
            what = self.dice.choice(("approve", "approve", "refuse"))
            answer = self.settle(what, f"/v1/grants/{grant}/{what}", {"by": "Mia", "reason": "torture"})
            if answer.get("state") == "granted":
                self.board.grants.append((grant, answer["quantity"]))

    def stay(self) -> None:
        """Report stays."""
        arrival, departure = f"2026-10-{self.dice.randrange(1, 20):02d}", "2026-11-03"
        self._report(
            [self._fact("stay", arrival=arrival, departure=departure) for _ in range(self.dice.choice((1, 2)))]
        )

    def spend(self) -> None:
        """Report money spent."""
        amount = self.dice.randrange(1_000, 90_000)
        self._report([self._fact("spend", day="2026-11-10", amount_minor=amount, currency="EUR")])

    def same_fact(self) -> None:
        """Report a fact that somebody reports or has reported, under another idempotency key."""
        fact = self.board.take(self.board.facts)
        if fact is not None:
            self._report([fact])

    def _fact(self, kind: str, **more: Any) -> Body:
        key = f"{kind}-{self.number}-{self.intents}-{self.dice.randrange(10**6)}"
        fact = {"key": key, "kind": kind, "guest": self._guest(), "property": self.dice.choice(PROPERTIES), **more}
        if self.dice.random() < 0.3:
            self.board.facts.append(fact)
            self.board.facts.append(fact)
        return fact

    def _report(self, facts: list[Body]) -> None:
        answer = self.settle("activity", "/v1/activities", {"activities": facts})
        for one in answer.get("activities", ()):
            self.board.activities.extend([one["activity"]] * self.dice.choice((0, 0, 1, 2)))

    def take_back(self) -> None:
        """Take a fact back; another may be doing the same."""
        activity = self.board.take(self.board.activities)
        if activity is not None:
            body = {"key": f"back-{self.number}-{self.intents}", "reason": "torture"}
            self.settle("reversal", f"/v1/activities/{activity}/reverse", body)

    def redeem(self) -> None:
        """Use a grant, whole or in part."""
        card = self.board.take(self.board.grants)
        if card is not None:
            grant, quantity = card
            body: Body = {"reference": f"bill-{self.number}-{self.intents}"}
            if quantity > 1 and self.dice.random() < 0.7:
                body["quantity"] = quantity // 2
                self.board.grants.append((grant, quantity))
            path = f"/v1/grants/{grant}/redeem"
            if self.dice.random() < 0.3:
                self.board.uses.append((path, body))
            self.settle("redeem", path, body)

    def use_again(self) -> None:
        """Report a use that somebody reports or has reported, under another idempotency key."""
        card = self.board.take(self.board.uses)
        if card is not None:
            self.settle("redeem", *card)

    def repeat(self) -> None:
        """Send something settled again, under its own key: the answer must be the same, byte for byte."""
        if self.settled:
            self._settle(self.dice.choice(self.settled))

    # --- sending ---

    def settle(self, kind: str, path: str, body: Body) -> Body:
        """Send one intent until it is answered; the answer's JSON, {} for a refusal."""
        intent = Intent(self._key(), kind, path, body)
        if self.dice.random() < SHARED:
            self._invite(intent)
        return self._settle(intent)

    def _key(self) -> str:
        self.intents += 1
        return f"torture-{self.number:04d}-{self.intents:08d}"

    def _invite(self, intent: Intent) -> None:
        """Let another send the same at the same instant: under the same key, or as an intent of its own."""
        kind, path, body, key = intent.kind, intent.path, intent.body, None
        if self.dice.random() < 0.3:
            key = intent.key
        elif kind in ("confirm", "cancel"):
            kind = self.dice.choice(("confirm", "cancel"))
            path = f"{path.rpartition('/')[0]}/{kind}"
        elif kind in ("approve", "refuse"):
            kind = self.dice.choice(("approve", "refuse"))
            path = f"{path.rpartition('/')[0]}/{kind}"
        elif kind == "reversal":
            body = {**body, "key": f"{body['key']}-too"}
        elif kind == "redeem" and self.dice.random() < 0.5:
            body = {**body, "reference": f"{body['reference']}-too"}
        invitation = Invitation(key, kind, path, body, threading.Barrier(2))
        self.board.invitations.append(invitation)
        invitation.meet()

    def _joined(self) -> bool:
        """Whether somebody waited for another, and this client came."""
        invitation = self.board.take(self.board.invitations)
        if invitation is None:
            return False
        intent = Intent(invitation.key or self._key(), invitation.kind, invitation.path, invitation.body)
        invitation.meet()
        self._settle(intent)
        return True

    def _settle(self, intent: Intent) -> Body:
        while not self.target.give_up.is_set():
            self._note("invoke", intent.key, kind=intent.kind, path=intent.path, body=intent.body)
            try:
                status, text, again = self._send(intent)
            except (OSError, http.client.HTTPException) as error:
                self._note("info", intent.key, error=repr(error))
                self.target.give_up.wait(RETRY_S)
                continue
            if status >= 500 or again:
                self._note("info", intent.key, status=status, body=text)
                self.target.give_up.wait(RETRY_S)
                continue
            self._note("ok" if status < 400 else "fail", intent.key, status=status, body=text)
            self.answered += 1
            self.settled.append(intent)
            return dict(json.loads(text)) if status < 400 else {}
        return {}

    def _send(self, intent: Intent) -> tuple[int, str, bool]:
        """One call: status, body, and whether it says to try again."""
        self.calls += 1
        if self.dice.random() < RECONNECTS:
            # A connection stays with the worker that took it, and one worker may have taken all of them.
            self._hang_up()
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=TIMEOUT_S)
        headers = {
            "Authorization": f"Bearer {self.target.key}",
            "Idempotency-Key": intent.key,
            "Content-Type": "application/json",
        }
        try:
            self.connection.request("POST", intent.path, json.dumps(intent.body), headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode(), answer.getheader("Retry-After") is not None
        except (OSError, http.client.HTTPException):
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _note(self, event: str, key: str, **more: Any) -> None:
        """Write a line and sync it, or a crash of this machine could hide what was acknowledged."""
        self.log.write(json.dumps({"event": event, "key": key, "at": time.time(), **more}) + "\n")
        self.log.flush()
        os.fdatasync(self.log.fileno())
