"""Clients that never give up: every call is written down before it is sent and after it returns.

A call without an answer, or with a 503, is sent again under the same key until it is settled; so at the end every
intent has an answer, and the checker can say what must be stored.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

PROPERTIES = ("harbour", "hudson")
GUESTS = 40
RETRY_S = 0.05
TIMEOUT_S = 8


@dataclass
class Target:
    """Where to send: the port, the key, and whether it is time to stop."""

    port: int
    key: str
    stop: threading.Event
    give_up: threading.Event = field(default_factory=threading.Event)


class Client(threading.Thread):
    """One client with a log of its own (JSON lines, synced)."""

    def __init__(self, number: int, seed: int, target: Target, folder: Path) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.number = number
        self.dice = random.Random(f"{seed}/{number}")
        self.target = target
        self.log: TextIO = (folder / f"client-{number}.jsonl").open("w", encoding="utf-8")
        self.calls = 0
        self.intents = 0
        self.usable: list[str] = []
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Send intents until it is time to stop."""
        kinds = (self.commit, self.commit, self.commit, self.stay, self.hold, self.redeem)
        while not self.target.stop.is_set():
            self.dice.choice(kinds)()
        self.log.close()
        if self.connection is not None:
            self.connection.close()

    # --- intents ---

    def question(self, mode: str) -> dict[str, Any]:
        """A question about somebody's arrival."""
        return {
            "guest": f"card:{self.dice.randrange(GUESTS)}",
            "property": self.dice.choice(PROPERTIES),
            "moment": "arrival",
            "mode": mode,
            "enrol": True,
            "stay": {
                "reservation": f"T-{self.number}-{self.intents}",
                "arrival": "2026-11-22",
                "departure": "2026-11-24",
                "room_class": "standard",
                "channel": "direct",
            },
        }

    def commit(self) -> None:
        """Commit an arrival."""
        answer = self.settle("decision", "POST", "/v1/decisions", self.question("commit"))
        self.usable += [perk["grant"] for perk in answer.get("perks", ()) if perk["perk"] != "points"][:1]

    def hold(self) -> None:
        """Hold an arrival, then confirm or cancel it."""
        answer = self.settle("decision", "POST", "/v1/decisions", self.question("hold"))
        if "decision" in answer:
            what = self.dice.choice(("confirm", "cancel"))
            self.settle(what, "POST", f"/v1/decisions/{answer['decision']}/{what}", {})

    def stay(self) -> None:
        """Report a stay."""
        item = {
            "key": f"stay-{self.number}-{self.intents}",
            "kind": "stay",
            "guest": f"card:{self.dice.randrange(GUESTS)}",
            "property": self.dice.choice(PROPERTIES),
            "arrival": "2026-11-01",
            "departure": "2026-11-03",
        }
        self.settle("activity", "POST", "/v1/activities", {"activities": [item]})

    def redeem(self) -> None:
        """Use a grant that was given to this client's guests."""
        if self.usable:
            grant = self.usable.pop()
            body = {"reference": f"bill-{self.number}-{self.intents}"}
            self.settle("redeem", "POST", f"/v1/grants/{grant}/redeem", body)

    # --- sending ---

    def settle(self, kind: str, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send one intent until it is answered; the answer's JSON, {} where none came before giving up."""
        self.intents += 1
        key = f"torture-{self.number:04d}-{self.intents:08d}"
        intent = {"key": key, "kind": kind, "method": method, "path": path, "body": body}
        while not self.target.give_up.is_set():
            self.note({"event": "invoke", **intent})
            try:
                status, answer = self.send(method, path, key, body)
            except (OSError, http.client.HTTPException) as error:
                self.note({"event": "info", "key": key, "error": repr(error)})
                self.target.give_up.wait(RETRY_S)
                continue
            self.note({"event": "answer", "key": key, "kind": kind, "status": status, "body": answer})
            if (status != 503 and status != 409) or "already" in answer or status < 400:
                return dict(json.loads(answer)) if status < 400 else {}
            if "in_progress" not in answer and status == 409:
                return {}
            self.target.give_up.wait(RETRY_S)
        return {}

    def send(self, method: str, path: str, key: str, body: dict[str, Any]) -> tuple[int, str]:
        """One call."""
        self.calls += 1
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=TIMEOUT_S)
        headers = {
            "Authorization": f"Bearer {self.target.key}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        try:
            self.connection.request(method, path, json.dumps(body), headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise

    def note(self, line: dict[str, Any]) -> None:
        """Write a line and sync it, or a crash of this machine could hide what was acknowledged."""
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()
        os.fdatasync(self.log.fileno())
