"""The writer's turn: one at a time over processes and threads, and nobody waits for the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from rewards.storage.turn import WriterTurn

HOLDER = (
    "import sys; from pathlib import Path; from rewards.storage.turn import WriterTurn; "
    "turn = WriterTurn(Path(sys.argv[1])); assert turn.take(30); print('held', flush=True); "
    "sys.stdin.readline(); turn.give(); print('given', flush=True); sys.stdin.readline()"
)


class Holder:
    """Another process that has the turn."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._hears() == "held"

    def _hears(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def give(self) -> None:
        """Let the other process give its turn back."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self._hears() == "given"

    def end(self) -> None:
        """Kill it as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rewards.db-turn"


@contextmanager
def opened(path: Path) -> Iterator[WriterTurn]:
    turn = WriterTurn(path)
    yield turn
    turn.close()


@contextmanager
def held_elsewhere(path: Path) -> Iterator[Holder]:
    holder = Holder(path)
    yield holder
    holder.end()


def test_a_turn_does_not_come_while_another_process_has_it(path: Path) -> None:
    with held_elsewhere(path) as holder, opened(path) as turn:
        assert not turn.take(0.05)
        assert not turn.take(0), "whoever cannot wait is told at once"
        holder.give()
        assert turn.take(30)
        turn.give()


def test_a_process_that_is_killed_frees_its_turn(path: Path) -> None:
    with held_elsewhere(path) as holder, opened(path) as turn:
        assert not turn.take(0.05)
        holder.end()
        assert turn.take(30)
        turn.give()


def test_who_waits_is_woken_when_the_turn_is_given(path: Path) -> None:
    with held_elsewhere(path) as holder, opened(path) as turn, ThreadPoolExecutor(1) as pool:

        def wait() -> bool:
            took = turn.take(30)
            turn.give()
            return took

        waiting = pool.submit(wait)
        holder.give()
        assert waiting.result(30)


def test_who_gave_up_keeps_nothing(path: Path) -> None:
    with opened(path) as turn:
        with held_elsewhere(path) as holder:
            assert not turn.take(0.05)
            holder.give()
        with held_elsewhere(path):
            assert not turn.take(0.05), "the next process has it, though we stood in line before"
        assert turn.take(30)
        turn.give()


def test_the_threads_of_a_process_take_turns(path: Path) -> None:
    inside = 0
    most = 0

    def work(turn: WriterTurn) -> None:
        nonlocal inside, most
        for _ in range(50):
            assert turn.take(30)
            inside += 1
            most = max(most, inside)
            inside -= 1
            turn.give()

    with opened(path) as mine, opened(path) as other, ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, turn) for turn in (mine, other) * 4]:
            done.result(60)
    assert (inside, most) == (0, 1)


def test_a_thread_that_has_the_turn_does_not_wait_for_itself(path: Path) -> None:
    with opened(path) as turn:
        assert turn.take(1)
        with pytest.raises(RuntimeError, match="writing already"):
            turn.take(1)
        turn.give()


def test_a_forked_child_neither_has_nor_frees_its_parents_turn(path: Path) -> None:
    with opened(path) as turn:
        assert turn.take(1)
        child = os.fork()
        if child == 0:
            turn.after_fork()
            os._exit(int(turn.take(0.05)))
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0, "the child did not get it"
        with opened(path) as another:
            assert not another.take(0.05), "nor did the child's end give it back"
        turn.give()


def test_closing_ends_the_thread_that_waits(path: Path) -> None:
    with held_elsewhere(path) as holder:
        with opened(path) as turn:
            assert not turn.take(0.05)
            holder.give()
            assert turn.take(30)
            turn.give()
        for thread in threading.enumerate():
            if thread.name == "writer-turn":
                thread.join(30)
    assert "writer-turn" not in {thread.name for thread in threading.enumerate()}
