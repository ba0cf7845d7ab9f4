"""Whose reservation it is: identities, the best first."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.sdk import Identity, Values

RELAYS = (
    "guest.booking.com", "expediapartnercentral.com", "guest.airbnb.com", "agoda-messaging.com", "guest.trip.com",
    "messaging.hrs.com",
)  # fmt: skip
"""Domains of addresses that agencies make up for one booking."""


def identities(reservation: str, emails: Sequence[str], settings: Values) -> tuple[Identity, ...]:
    """Names of a reservation's guest.

    Apaleo knows no profiles, so `pms:apaleo:<reservation>` names the guest of this one. An address was typed at a
    booking and is never verified. A relay's or agency's comes last, as shared: it names nobody.
    """
    own = [one for one in emails if not _is_shared(one, settings)]
    relayed = [one for one in emails if one not in own]
    return (
        *(Identity("email", one) for one in own),
        Identity("pms", f"apaleo:{reservation}"),
        *(Identity("email", one, shared=True) for one in relayed),
    )


def is_named(names: Sequence[Identity]) -> bool:
    """Whether an address of the guest's own is among their names."""
    return names[0].kind == "email"


def _is_shared(email: str, settings: Values) -> bool:
    given = {part.strip().lower().lstrip("@") for part in settings.text("shared_addresses").split(",")} - {""}
    domain = email.rpartition("@")[2]
    return email in given or any(domain == one or domain.endswith(f".{one}") for one in (*RELAYS, *given))
