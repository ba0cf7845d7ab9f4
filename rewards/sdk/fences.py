"""Where a phone is, held against the fences of the houses: at one of them, at one of several, or at none.

A phone gives a position and an accuracy, the radius in metres within which it lies (95 %). It may be at a house where
that circle touches the house's fence, and is for certain where the circle lies inside. Nobody guesses between two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from rewards.domain.property import Position, Property
from rewards.geo import distance_m, within_m
from rewards.sdk.messages import Refused

AHEAD = timedelta(minutes=2)
"""How far a phone's clock may be ahead of ours."""


class Verdict(StrEnum):
    """What a fix says."""

    AT = "at"
    """At one house."""
    AMBIGUOUS = "ambiguous"
    """At one of several, nobody can say which."""
    OUTSIDE = "outside"
    """At none of them, for certain."""
    INACCURATE = "inaccurate"
    """Perhaps at one, but known less well than is asked for."""
    NO_ACCURACY = "no_accuracy"
    """How well the position is known is not said; many phones say 0 or less where they do not know."""
    TOO_OLD = "too_old"
    """Of a time too long ago."""
    AHEAD = "ahead"
    """Of a time that has not come."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as a phone gives it: with its accuracy in metres (None where it says none) and its aware instant."""

    position: Position
    accuracy_m: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a fix must keep to: the largest accuracy in metres that counts, and how old it may be."""

    accuracy_m: int
    age: timedelta


@dataclass(frozen=True, slots=True)
class Sighting:
    """A verdict; `houses` are the codes it is about, the nearest first (one of AT), `distance_m` is to the first.

    Only AT and AMBIGUOUS name houses.
    """

    verdict: Verdict
    houses: tuple[str, ...] = ()
    distance_m: int | None = None


def position_of(latitude: Decimal | float, longitude: Decimal | float) -> Position:
    """A position in degrees, WGS 84; `Refused` outside −90 to 90 and −180 to 180, and for what is no number."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Refused("a position lies outside the globe")
    return Position(float(latitude), float(longitude))


def sighting(fix: Fix, houses: Iterable[Property], bounds: Bounds, received_at: datetime) -> Sighting:
    """What a fix that arrived at `received_at` says about these houses; those without a position are never meant.

    A circle that touches one fence alone is at that house; of several it is at the nearest among those whose fence
    holds the whole circle, where the accuracy leaves no doubt about which that is. Everything else is AMBIGUOUS.
    """
    untimely = _untimely(fix.at, bounds.age, received_at)
    if untimely is not None:
        return Sighting(untimely)
    accuracy = fix.accuracy_m
    if accuracy is None or not accuracy > 0:
        return Sighting(Verdict.NO_ACCURACY)
    near = _touched(fix.position, accuracy, houses)
    if not near:
        return Sighting(Verdict.OUTSIDE)
    if accuracy > bounds.accuracy_m:
        return Sighting(Verdict.INACCURATE)
    return _decided(near, accuracy)


def _untimely(at: datetime, age: timedelta, received_at: datetime) -> Verdict | None:
    if at > received_at + AHEAD:
        return Verdict.AHEAD
    return Verdict.TOO_OLD if received_at - at > age else None


def _touched(position: Position, accuracy: float, houses: Iterable[Property]) -> list[tuple[float, Property]]:
    """The houses whose fences the circle touches, with their distances in metres, the nearest first."""
    found = [
        (distance_m(position, house.position), house)
        for house in houses
        if house.position is not None and within_m(position, house.position, house.geofence_m + accuracy)
    ]
    return sorted(found, key=lambda one: (one[0], one[1].code))


def _decided(near: list[tuple[float, Property]], accuracy: float) -> Sighting:
    certain = [(away, house) for away, house in near if away + accuracy <= house.geofence_m]
    candidates = certain or near
    away, nearest = candidates[0]
    # The nearest is known to be the nearest where it is so from every place of the circle.
    if len(candidates) == 1 or (certain and away + accuracy <= candidates[1][0] - accuracy):
        return Sighting(Verdict.AT, (nearest.code,), round(away))
    return Sighting(Verdict.AMBIGUOUS, tuple(house.code for _, house in candidates), round(away))
