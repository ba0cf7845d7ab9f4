"""A worker that tries what waits and dies at the armed failpoint; run by `test_waits_crash.py`.

Arguments: the database's address, the instant in microseconds since 1970 UTC, and the failpoint.
"""

from __future__ import annotations

import sys

from rewards import failpoints
from rewards.clock import FrozenClock, from_us
from rewards.desk.desk import Desk
from rewards.storage.engine import open_database
from tests.stage import PROGRAMME


def main() -> None:
    """Open, arm, try, and say how many were looked at."""
    clock = FrozenClock(from_us(int(sys.argv[2])))
    desk = Desk(open_database(sys.argv[1], clock=clock), clock, PROGRAMME)
    failpoints.arm(sys.argv[3], test_mode=True)
    print(desk.try_waiting(), flush=True)


if __name__ == "__main__":
    main()
