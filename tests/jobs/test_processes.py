"""A child never outlives its parent, on systems with a parent-death signal and on those without."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from rewards.jobs.processes import Child, ChildSpec
from tests.jobs.helpers import content, eventually, is_alive, running, toy_environment

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes through /proc")

SLEEPER = "import os, sys, pathlib, signal; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); signal.pause()"
PARENT = """
import sys, threading
from rewards.jobs.processes import Child, ChildSpec
python, sleeper, file, by_pipe = sys.argv[1:5]
Child(ChildSpec("child", (python, "-c", sleeper, file), watch_by_pipe=by_pipe == "pipe")).start()
threading.Event().wait()
"""
STUBBORN = """
import os, pathlib, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
pathlib.Path(sys.argv[1]).write_text(str(grandchild.pid))
signal.pause()
"""


def child(code: str, *arguments: str, grace_s: float = 5.0, by_pipe: bool = False) -> Child:
    return Child(
        ChildSpec("child", (sys.executable, "-c", code, *arguments), stop_grace_s=grace_s, watch_by_pipe=by_pipe)
    )


@pytest.mark.parametrize("how", ["kernel", "pipe"])
def test_kill_9_of_the_parent_ends_the_child(tmp_path: Path, how: str) -> None:
    file = tmp_path / "pid"
    with running(["-c", PARENT, sys.executable, SLEEPER, str(file), how], toy_environment(tmp_path)) as parent:
        pid = int(eventually(lambda: content(file), "the child runs"))
        parent.kill()
        parent.wait()
        eventually(lambda: not is_alive(pid), "the child ended with its parent")


@pytest.mark.parametrize("by_pipe", [False, True])
def test_a_child_that_ends_by_itself_is_noticed(by_pipe: bool) -> None:
    quick = child("raise SystemExit(7)", by_pipe=by_pipe)
    quick.start()
    assert eventually(quick.check_death, "its death is noticed") == 7
    assert (quick.pid, quick.early_deaths) == (None, 1)
    assert quick.restart_at_s is not None


def test_what_dies_before_it_is_ready_waits_longer_each_time() -> None:
    quick = child("raise SystemExit(7)")
    delays = []
    for _ in range(3):
        quick.start()
        eventually(quick.check_death, "its death is noticed")
        assert quick.restart_at_s is not None
        delays.append(quick.early_deaths)
    assert delays == [1, 2, 3]


def test_a_child_that_will_not_stop_is_killed_with_all_it_started(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    stubborn = child(STUBBORN, str(file), grace_s=0.0)
    stubborn.start()
    grandchild = int(eventually(lambda: content(file), "it runs"))
    pid = stubborn.pid
    stubborn.stop()
    assert pid is not None
    eventually(lambda: not is_alive(pid) and not is_alive(grandchild), "both are gone")


def test_what_a_dead_child_leaves_behind_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    parent = child(STUBBORN, str(file))
    parent.start()
    grandchild = int(eventually(lambda: content(file), "it runs"))
    assert parent.pid is not None
    os.kill(parent.pid, signal.SIGKILL)
    eventually(lambda: parent.check_death() == -signal.SIGKILL, "its death is noticed")
    eventually(lambda: not is_alive(grandchild), "the grandchild is gone")


def test_a_signal_that_python_ignores_is_not_ignored_in_the_child(tmp_path: Path) -> None:
    file = tmp_path / "status"
    shell = Child(ChildSpec("shell", ("/bin/sh", "-c", f"grep SigIgn /proc/self/status > {file}")))
    shell.start()
    eventually(lambda: shell.check_death() is not None, "the shell ended")
    assert int(content(file).split()[1], 16) & (1 << (signal.SIGPIPE - 1)) == 0
