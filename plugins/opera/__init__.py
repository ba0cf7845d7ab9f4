"""Oracle OPERA Cloud by its integration platform (OHIP): business events say where to look, the reservation and its
folio say what is true.
"""

from __future__ import annotations

from collections.abc import Iterator

from rewards.sdk import Context, Json, Link, LiveSource, Normalised, Notice, Page, Refused

from . import events, stream, turns
from .calls import call, part
from .reading import look
from .story import tell
from .words import FIELDS

STREAM = "stream"


class Opera(LiveSource):
    """One environment of OPERA Cloud with the hotels in it that are mapped."""

    fields = FIELDS
    poll_every = next(one.default for one in FIELDS if one.name == "poll_every")

    def poll(self, cursor: str | None, link: Link) -> Page:
        """One answer of one hotel's queue, which has forgotten it by then; the hotels take turns."""
        return Page() if link.settings.text("events") == STREAM else turns.poll(cursor, link)

    def listen(self, cursor: str | None, link: Link) -> Iterator[Page]:
        """The stream, where the hotel has chosen it."""
        if link.settings.text("events") == STREAM:
            yield from stream.listen(cursor, link)

    def fetch(self, notice: Notice, link: Link) -> Json:
        """The reservation and its folio as they are now; an event that could not be read has nothing to fetch."""
        if notice.kind == events.UNREADABLE:
            raise Refused(f"a business event could not be read: {notice.payload['why']}")
        event = notice.payload
        return {"event": event, "found": look(link, event["hotel"], event["reservation"], event["event"])}

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """See `story.tell`."""
        return tell(state, last, context)

    def check(self, link: Link) -> None:
        """Sign in, and look for one reservation of each hotel: the queue itself would forget what it shows."""
        for hotel in sorted(link.settings.mapping("hotels")):
            path = f"/rsv/v1/hotels/{part(hotel)}/reservations"
            call(link, "GET", path, hotel, params={"limit": "1"}).expect(200, 204)


source = Opera()
