"""Measures answered from a guest's digest, as of any instant, each as an interval that says how much is known.

A reading equals the scan of every activity that lies in the window, by test. The head answers nearly everything; sums
over the closed chunks answer lifetime counts; the chunks themselves are opened only when a window or a definition
reaches into them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rewards.history.amounts import RateUnknownError
from rewards.history.groups import reading_of_groups
from rewards.history.newest import reading_of_newest
from rewards.history.plans import plan_of
from rewards.history.question import Question
from rewards.history.readings import reading_of
from rewards.history.source import LoadChunks, Source
from rewards.history.standpoint import Standpoint
from rewards.history.windows import reach
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading
from rewards.rulelang.nodes import BetterOf, Measure, Window


def no_chunks(first: int) -> Iterable[bytes]:
    """For a guest whose digest is a head alone."""
    return ()


class GuestHistory:
    """What one guest did, at one version of the digest.

    `head` is the digest's head, None for a guest without activities. `load_chunks` gives closed chunks from a number
    on, of the same version; it is called only when a question needs them.
    """

    def __init__(self, head: bytes | None, load_chunks: LoadChunks = no_chunks) -> None:
        self._source = Source(head, load_chunks)

    @classmethod
    def of(cls, source: Source) -> GuestHistory:
        """The history of other rows than those of a digest."""
        made = cls(None)
        made._source = source
        return made

    def read(self, measure: Measure, at: Standpoint, rule: str = "") -> Reading:
        """The reading of a measure from a standpoint; `rule` is the id of the rule that asks.

        Counts in their units, amounts in minor units, averages as exact fractions, recency in whole hotel days.
        What lies after the standpoint's instant is not seen. Outside what is covered a number is a lower bound, a
        recency an interval; an amount without a rate, a membership year of a guest who never enrolled, and recency
        and average of nothing are unknown.
        """
        window = measure.window
        if isinstance(window, BetterOf):
            return better_of([self._read(measure, each, at, rule) for each in window.windows])
        return self._read(measure, window, at, rule)

    def _read(self, measure: Measure, window: Window, at: Standpoint, rule: str) -> Reading:
        plan = plan_of(measure)
        now = at.here if plan.here else at.wide
        span = reach(window, now, rule)
        if span is None:
            return UNKNOWN_READING
        try:
            selection = Question(self._source, plan, span, at).selection(now.day.toordinal())
            if measure.groups is not None:
                return reading_of_groups(selection, measure.groups)
            return reading_of(selection) if measure.last is None else reading_of_newest(selection, measure.last)
        except RateUnknownError:
            return UNKNOWN_READING


def better_of(readings: Sequence[Reading]) -> Reading:
    """The larger low and the larger high of one or more readings."""
    return Reading(max(each.low for each in readings), max(each.high for each in readings))
