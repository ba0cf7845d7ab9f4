"""The stay a decision is about: what the desk knows of it now, before it is history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class StayInHand:
    """The stay being decided, as the front desk states it; None for what it does not say.

    `nights` follows from arrival and departure. `amount_minor` is the room revenue expected, in the property's
    currency. `free_classes` are the room classes free for this stay now, best last. `own_name`: whether it is booked in
    the guest's name; `own_room`: whether the guest sleeps in the room asked about; `own_email`: whether it was booked
    with an e-mail address of the guest.
    """

    reservation: str | None = None
    arrival: date | None = None
    departure: date | None = None
    room_class: str | None = None
    channel: str | None = None
    rate_code: str | None = None
    rooms: int | None = None
    adults: int | None = None
    children: int | None = None
    amount_minor: int | None = None
    currency: str | None = None
    purpose: str | None = None
    free_classes: tuple[str, ...] | None = None
    own_name: bool | None = None
    own_room: bool | None = None
    own_email: bool | None = None

    @property
    def nights(self) -> int | None:
        """Nights between arrival and departure, or None when either is not known."""
        if self.arrival is None or self.departure is None:
            return None
        return (self.departure - self.arrival).days
