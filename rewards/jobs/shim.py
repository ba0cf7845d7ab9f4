"""Starts a program that ends when its parent does, even when the parent is killed with no chance to say so.

Run by path, `python -I -S shim.py PARENT_PID SIGNAL PIPE_FD program arguments…`, and so independent of everything else
here. On Linux the kernel sends the signal (`prctl(PR_SET_PDEATHSIG)`, which survives exec). Elsewhere a small child
reads a pipe whose other end the parent holds: end of file means that the parent is gone.
Source: prctl(2); the kernel acts when the *thread* that started us ends, so children are started from main threads.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PARENT_GONE = 75


def set_parent_death_signal(signum: int, parent_pid: int) -> bool:
    """Asks the kernel for `signum` when the parent dies; False where no kernel call does that.

    Ends the process at once when the parent died before the call: `parent_pid` is who it should be.
    """
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0) != 0:
        return False
    if os.getppid() != parent_pid:
        os._exit(PARENT_GONE)
    return True


def watch_pipe(pipe_fd: int, signum: int) -> None:
    """Leaves a child behind that sends `signum` to this process once the pipe's other end is closed."""
    target = os.getpid()
    if os.fork() != 0:
        os.close(pipe_fd)
        return
    while os.read(pipe_fd, 1):
        pass
    # Only while we are still its child: its number may belong to a stranger by now.
    if os.getppid() == target:
        os.kill(target, signum)
    os._exit(0)


def main(arguments: list[str]) -> None:
    """Ties this process to its parent, then becomes the program."""
    parent_pid, signum, pipe_fd = (int(each) for each in arguments[:3])
    program = arguments[3:]
    if pipe_fd >= 0:
        watch_pipe(pipe_fd, signum)
    elif not set_parent_death_signal(signum, parent_pid):
        sys.exit("This system has no parent-death signal and no pipe was given.")
    for name in ("SIGPIPE", "SIGXFSZ"):
        # Python ignores these, and an ignored signal stays ignored across exec.
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    os.execv(program[0], program)  # noqa: S606 - the supervisor's own command line


if __name__ == "__main__":
    main(sys.argv[1:])
