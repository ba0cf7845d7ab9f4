"""A gate for the hotel's own people: it asks for an API key, and counts."""

from __future__ import annotations

from rewards.sdk import Answer, Desk, LiveSource, RawMessage, Route, Values


class ToyGate(LiveSource):
    """One address, which says who came and how many came before."""

    routes = (Route("POST", "/pass/<house>", "let_in"), Route("POST", "/pass", "let_in_anywhere"))

    def verify(self, message: RawMessage, settings: Values) -> None:
        """The key is looked at where the house can be asked."""

    def let_in(self, message: RawMessage, desk: Desk) -> Answer:
        """Let one in at a house."""
        return self._counted(desk.caller(message, "activities:write", message.parts["house"]), message, desk)

    def let_in_anywhere(self, message: RawMessage, desk: Desk) -> Answer:
        """Let one in at all houses."""
        return self._counted(desk.caller(message, "activities:write"), message, desk)

    def _counted(self, key: str, message: RawMessage, desk: Desk) -> Answer:
        count = desk.link.vault.change("passed", lambda before: (before or 0) + 1)
        return Answer.json({"key": key, "count": count, "sender": message.sender})


source = ToyGate()
