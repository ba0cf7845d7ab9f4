"""`rewards serve --demo` with real processes: the printed call answers, and a second start seeds nothing again."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rewards.app import build_engine
from rewards.settings import Settings
from tests.jobs.helpers import ROOT, content, eventually, is_alive

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes through /proc")

GUESTS = 60


class Served:
    """A running `rewards serve --demo`, as its operator sees it."""

    def __init__(self, process: subprocess.Popen[bytes], printed: Path) -> None:
        self.process = process
        self._printed = printed

    @property
    def said(self) -> dict[str, Any]:
        """What it printed once everything answers."""
        text = eventually(lambda: content(self._printed).rstrip().endswith("}") and content(self._printed), "it greets")
        value: dict[str, Any] = json.loads(str(text))
        assert "curl" in value, value
        return value


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return {**kept, "PYTHONPATH": str(ROOT), "REWARDS_HOME": str(home), "PORT": "0", "REWARDS_WORKERS": "1"}


@contextmanager
def serving(home: Path, printed: Path) -> Iterator[Served]:
    """Serve until the end of the block; nothing of it is left running."""
    command = [sys.executable, "-c", "from rewards.app import main; main()"]
    command += ["serve", "--demo", "--demo-guests", str(GUESTS), "--json"]
    with printed.open("wb") as stream, (home.parent / "log").open("ab") as log:
        process = subprocess.Popen(
            command, env=environment(home), stdout=stream, stderr=log, start_new_session=True, cwd=ROOT
        )
        try:
            yield Served(process, printed)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def call(curl: str) -> tuple[int, Any]:
    """What a printed curl would be answered: status and body."""
    words = shlex.split(curl.replace("\\\n", ""))
    assert words[:2] == ["curl", "-s"]
    url, options = words[2], words[3:]
    headers = dict(
        value.split(": ", 1) for flag, value in zip(options[::2], options[1::2], strict=True) if flag == "-H"
    )
    body = options[options.index("-d") + 1].encode()
    return fetch(urllib.request.Request(url, body, headers))


def fetch(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def seeded(home: Path) -> dict[str, int] | None:
    """How much there is, once the seeding job is done."""
    engine = build_engine(Settings(home=home))
    with engine.database.reading() as store:
        counts = store.counts()
        done = store.session.one("SELECT state FROM job WHERE name = 'seed_demonstration'") == ("done",)
    engine.database.close()
    return counts if done else None


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = content(entry / "stat").rpartition(")")[2].split()
            found += [int(entry.name)] if fields[1:2] == [str(pid)] else []
    return found


def test_the_printed_call_answers_at_once_and_the_guests_follow(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home, tmp_path / "first") as served:
        said = served.said
        status, answer = call(said["curl"])
        assert status == 201
        assert "room-upgrade" in {perk["perk"] for perk in answer["perks"]}
        assert call(said["curl"])[1] == answer
        assert fetch(urllib.request.Request(f"{said['url']}/readyz"))[1]["ready"]
        counts = eventually(lambda: seeded(home), "the guests are seeded")
        assert counts["guests"] > GUESTS
        below = children(served.process.pid)
        assert len(below) >= 3
    assert served.process.returncode == 0
    eventually(lambda: not any(is_alive(pid) for pid in below), "all processes are gone")
    with serving(home, tmp_path / "second") as again:
        said_again = again.said
        assert said_again["key"] == said["key"]
        status, standing = call(said_again["curl"])
        assert standing["decision"] == answer["decision"] or status == 201
        after = eventually(lambda: seeded(home), "nothing is left to seed")
        assert (after["guests"], after["activities"]) == (counts["guests"], counts["activities"])


def test_a_refusal_to_start_is_told_in_a_sentence_and_by_the_status(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from rewards.app import main; main()", "serve"]
    bad = {**environment(tmp_path / "home"), "PORT": "99999"}
    ended = subprocess.run(command, env=bad, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert ended.returncode == 2
    assert "port" in ended.stderr
    assert "Traceback" not in ended.stderr
