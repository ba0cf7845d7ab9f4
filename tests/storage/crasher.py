"""A process that writes once and dies at the armed failpoint; run by `test_crashes.py`.

Arguments: the database's address and the failpoint as `REWARDS_FAILPOINT` has it.
"""

from __future__ import annotations

import sys

from rewards import failpoints
from rewards.ledger.ports import StoredReply
from rewards.storage.engine import open_database
from rewards.storage.store import SqlStore
from tests.storage.people import CARD, NOON, guest, stay


def write(store: SqlStore) -> None:
    """Ana arrives for the first time, and the desk is answered."""
    store.guests.add(guest(), [CARD])
    store.activities.add([stay("1")])
    store.outbox.add("activity.recorded", "gst_ana", "{}", NOON)
    store.idempotency.remember("key_desk", "arrival-1", StoredReply(b"f" * 32, 201, b"{}"), NOON)


def main() -> None:
    """Open, arm, write, and say so."""
    database = open_database(sys.argv[1])
    failpoints.arm(sys.argv[2], test_mode=True)
    database.run_writing(write)
    print("acknowledged", flush=True)


if __name__ == "__main__":
    main()
