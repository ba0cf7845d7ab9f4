"""The refusal that another try of the transaction may not meet."""

from __future__ import annotations

from rewards.errors import RewardsError


class LostRace(RewardsError):
    """Another transaction was quicker, or the database asked for another try: a deadlock, a lost connection.

    `SqlDatabase.run_writing` runs the transaction again; whoever cannot may treat it as the refusal that it is.
    """
