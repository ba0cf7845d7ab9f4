"""What `rewards serve` prints once everything answers: addresses, a key, and a call to try."""

from __future__ import annotations

import json
import shlex
from datetime import date, timedelta
from typing import Any

from rewards.cli.session import Session
from rewards.pluginhost.seeding import CAST, HOUSE

NIGHTS = 2


def greeting(session: Session, url: str, key: str | None, today: date, guests: int) -> tuple[dict[str, Any], str]:
    """The greeting as a value and as a text; with a `key` it holds a question that can be asked at once."""
    value: dict[str, Any] = {"url": url, "api": f"{url}/v1", "openapi": f"{url}/openapi.json", "docs": f"{url}/docs"}
    lines = [session.say("answers", url=url), session.say("addresses", url=url)]
    if key is None:
        lines.append(session.say("no_key"))
    else:
        call = curl(session.language, url, key, today)
        value |= {"key": key, "curl": call}
        lines += [session.say("key", key=key), "", session.say("ask_ana"), "", call, ""]
        lines.append(session.say("seeding", guests=guests))
    return value, "\n".join([*lines, session.say("ctrl_c")])


def curl(language: str, url: str, key: str, today: date) -> str:
    """A call that commits what Ana gets who arrives today; the same day's call again answers the same."""
    question = {
        "guest": f"card:{CAST[0].card}",
        "property": HOUSE,
        "moment": "arrival",
        "mode": "commit",
        "language": language,
        "stay": {
            "reservation": f"R-4711-{today}",
            "arrival": today.isoformat(),
            "departure": (today + timedelta(days=NIGHTS)).isoformat(),
            "room_class": "standard",
            "channel": "direct",
            "rooms": 1,
        },
    }
    # Line by line the words of one command, so that it can be read as well as pasted.
    parts = [
        ("curl", "-s", f"{url}/v1/decisions"),
        ("-H", f"Authorization: Bearer {key}"),
        ("-H", f"Idempotency-Key: arrival-R-4711-{today}-{language}"),
        ("-H", "Content-Type: application/json"),
        ("-d", json.dumps(question)),
    ]
    return " \\\n  ".join(" ".join(shlex.quote(word) for word in part) for part in parts)
