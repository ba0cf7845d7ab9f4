"""A till that asks who stands before it and waits for the answer, as tills with loyalty do."""

from __future__ import annotations

from rewards.sdk import (
    Answer,
    Desk,
    Draft,
    Field,
    FieldKind,
    Identity,
    Kind,
    LiveSource,
    RawMessage,
    Route,
    Values,
    bearer,
    check_secret,
    instant,
    pick,
    read_json,
)


class ToyTill(LiveSource):
    """Search, accrue and reverse; each answered at once."""

    fields = (Field("token", FieldKind.SECRET, {"en": "Token", "nl": "Token"}),)
    routes = (
        Route("GET", "/loyalty/<card>", "search"),
        Route("POST", "/loyalty", "accrue", key="transaction"),
        Route("POST", "/loyalty/reverse", "reverse", key="transaction"),
        Route("POST", "/loyalty/offers", "offers"),
    )

    def verify(self, message: RawMessage, settings: Values) -> None:
        """A token that the till was given."""
        check_secret(bearer(message), settings.secrets("token"))

    def refuse(self, message: RawMessage, status: int, reason: str) -> Answer | None:
        """The till's own shape of an error."""
        code = {401: "ERROR_UNAUTHORIZED", 503: "ERROR_TRY_LATER"}.get(status, "ERROR_INVALID_INPUT")
        return Answer.json({"transactionStatus": code, "message": reason}, status)

    def transaction(self, message: RawMessage) -> str:
        """What the till calls this transaction; the same when it asks again."""
        return message.header("Toy-Transaction-Id")

    def search(self, message: RawMessage, desk: Desk) -> Answer:
        """Who a card is."""
        member = desk.find(Identity("card", message.parts["card"]))
        if member is None:
            return Answer.json({"transactionStatus": "ERROR_ACCOUNT_NOT_FOUND"}, 404)
        found = {"firstName": member.first_name, "points": member.points}
        return Answer.json({"transactionStatus": "ACCEPT", "account": found})

    def accrue(self, message: RawMessage, desk: Desk) -> Answer:
        """A bill that was paid."""
        body = read_json(message.body)
        card = pick(body, "card", str, None)
        if card is None:
            return Answer.json({"transactionStatus": "ACCEPT"})
        draft = Draft(
            Kind.SPEND, f"check/{pick(body, 'check', str)}", (Identity("card", card),), pick(body, "house", str),
            instant(pick(body, "paid_at", str)), amount_minor=pick(body, "cents", int), currency="EUR",
        )  # fmt: skip
        (receipt,) = desk.record([draft])
        return Answer.json({"transactionStatus": "ACCEPT", "new": receipt.new})

    def reverse(self, message: RawMessage, desk: Desk) -> Answer:
        """A bill that was undone."""
        check = pick(read_json(message.body), "check", str)
        desk.record([Draft(Kind.REVERSAL, f"check/{check}/undone", (), reverses_key=f"check/{check}")])
        return Answer.json({"transactionStatus": "ACCEPT"})

    def offers(self, message: RawMessage, desk: Desk) -> Answer:
        """What the guest would get here and now."""
        body = read_json(message.body)
        question = {"guest": f"card:{pick(body, 'card', str)}", "property": pick(body, "house", str)}
        answered = desk.ask({**question, "moment": "during_stay", "mode": "preview"})
        return Answer.json({"offers": [perk["perk"] for perk in answered["perks"]]})


source = ToyTill()
