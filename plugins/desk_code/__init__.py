"""Check-ins by a code on a screen at the desk that changes every half minute (RFC 6238).

Whoever sends the running code was there, or was told it within the last minute. A code counts once a guest, a guest
once a window; wrong ones are counted and close the door. A tag or a poster alone proves nothing.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from rewards.sdk import (
    TICKET_LIFE,
    Answer,
    Context,
    Desk,
    Draft,
    Evidence,
    Identity,
    Json,
    Kind,
    Link,
    LiveSource,
    Normalised,
    Notice,
    Property,
    RawMessage,
    Refused,
    Route,
    Secret,
    Values,
    bearer,
    guest_ticket,
    hmac_hex,
    identity_of,
    instant,
    pick,
    read_json,
    same,
    settle,
    ticket_guest,
)

from . import pages
from .fields import FIELDS, SHORTEST_SECRET
from .guesses import Tries, address_of
from .totp import DIGITS, derived, hotp, house_key, matched, otpauth, step_at, step_start
from .windows import merged, window_of
from .wish import Wish, is_form, read_wish
from .words import NO_HOUSE, NO_TYPED, NOT_RIGHT, TOO_MANY, language_of, refusal, word

SCOPE = "activities:write"


class DeskCode(LiveSource):
    """The code of each property of a connection: shown, handed out, taken."""

    fields = FIELDS
    routes = (
        Route("GET", "/screen/<house>/<token>", "screen"),
        Route("GET", "/here/<house>", "here"),
        Route("POST", "/check-in/<house>", "check_in"),
        Route("GET", "/code/<house>", "code"),
        Route("GET", "/setup/<house>", "setup"),
        Route("POST", "/ticket/<house>", "ticket"),
    )

    def verify(self, message: RawMessage, settings: Values) -> None:
        """A screen proves itself by its address, a guest's own page by a ticket; codes and keys are looked at later."""
        secrets = _secrets(settings)
        if message.path.startswith("/screen/"):
            tokens = [_screen_token(secret, message.parts.get("house", "")) for secret in secrets]
            if not any(same(message.parts.get("token", ""), token) for token in tokens):
                raise Refused("this is not the address of our screen")
        if message.path.startswith("/check-in/") and message.header("authorization"):
            ticket_guest(bearer(message), _ticket_secrets(settings), message)

    def refuse(self, message: RawMessage, status: int, reason: str) -> Answer | None:
        """A form is answered with a page in the guest's language; everything else with a problem."""
        if not is_form(message):
            return None
        language = language_of(message.header("accept-language"))
        return pages.said(refusal(reason, language), language, status, f"../here/{message.path.rpartition('/')[2]}")

    # --- what is shown ---

    def screen(self, message: RawMessage, desk: Desk) -> Answer:
        """The page that the screen in the lobby shows."""
        link = desk.link
        house, settings = _house(message, link), link.settings
        step_s = _step_s(settings)
        step = step_at(message.received_at, step_s)
        code = _code(settings, house, step)
        left = step_start(step + 1, step_s) - message.received_at
        token = _screen_token(settings.secret("secret"), house.code)
        onward = (
            "" if same(message.parts["token"], token) else f"{_base(message, settings)}/screen/{house.code}/{token}"
        )
        target = _target(message, settings, house, code)
        return pages.screen(
            house.name, code, target, -(-left // timedelta(seconds=1)), onward, settings.text("language")
        )

    def here(self, message: RawMessage, desk: Desk) -> Answer:
        """The page behind the QR code, or behind a tag that leads here without a code."""
        link = desk.link
        house, settings = _house(message, link), link.settings
        code = message.query.get("c", "")[:DIGITS]
        own = f"{settings.text('guest_page')}?{urlencode({'property': house.code, 'code': code})}"
        typed = settings.text("typed") != "refused"
        language = language_of(message.header("accept-language"))
        if not typed and not settings.text("guest_page"):
            return pages.said(refusal(NO_TYPED, language), language, 200)
        return pages.form(
            house.name, code, own if settings.text("guest_page") else "", language, typed=typed,
            action=f"../check-in/{house.code}",
        )  # fmt: skip

    def code(self, message: RawMessage, desk: Desk) -> Answer:
        """The running code as JSON, for a screen of the hotel's own; asks for an API key of the property."""
        desk.caller(message, SCOPE, message.parts["house"])
        link = desk.link
        house, step_s = _house(message, link), _step_s(link.settings)
        step = step_at(message.received_at, step_s)
        code = _code(link.settings, house, step)
        return _private(
            {
                "property": house.code, "code": code, "from": step_start(step, step_s).isoformat(),
                "until": step_start(step + 1, step_s).isoformat(),
                "link": _target(message, link.settings, house, code),
            }
        )  # fmt: skip

    def setup(self, message: RawMessage, desk: Desk) -> Answer:
        """What is set up once a property: the screen's address, the tag's, and the key for a display of its own."""
        desk.caller(message, "admin", message.parts["house"])
        link = desk.link
        house, settings = _house(message, link), link.settings
        secret, base = settings.secret("secret"), _base(message, settings)
        key = house_key(secret, house.code, settings.text("algorithm"))
        return _private(
            {
                "property": house.code, "screen": f"{base}/screen/{house.code}/{_screen_token(secret, house.code)}",
                "tag": _target(message, settings, house, ""),
                "otpauth": otpauth(key, house.name, house.code, _step_s(settings), settings.text("algorithm")),
            }
        )  # fmt: skip

    def ticket(self, message: RawMessage, desk: Desk) -> Answer:
        """A ticket for a guest who is signed in with the hotel's own page; asks for an API key of the property."""
        desk.caller(message, SCOPE, message.parts["house"])
        link = desk.link
        _house(message, link)
        guest = identity_of(pick(read_json(message.body), "guest", str))
        if desk.find(guest) is None:
            raise Refused("there is no such guest", status=404)
        # Whole seconds, as the ticket itself says it.
        issued = message.received_at.replace(microsecond=0)
        made = guest_ticket(_own_ticket_secret(link.settings.secret("secret")), guest, issued)
        return _private({"ticket": made, "until": (issued + TICKET_LIFE).isoformat()}, 201)

    # --- what is taken ---

    def check_in(self, message: RawMessage, desk: Desk) -> Answer:
        """A guest sends the code that is on the screen."""
        link = desk.link
        house, settings, wish = _house(message, link), link.settings, read_wish(message)
        guest, evidence = _who(wish, message, settings)
        tries = Tries(link.vault, settings.secret("secret"), message.received_at)
        # Whoever types another's number wrong does not shut out its owner, who comes with a ticket.
        person = f"{'ticket' if message.header('authorization') else 'typed'}/{guest.text()}"
        network = f"address/{address_of(message, settings.number('proxies'))}"
        wait_s = tries.wait_s((person, network))
        if wait_s:
            return _shut(message, wait_s)
        step = _matched(settings, house, wish.code, message)
        member = None if step is None else desk.find(guest)
        if step is None or member is None:
            bounds = ((person, settings.number("tries")), (network, settings.number("tries_by_address")))
            wait_s = tries.wrong(bounds)
            if wait_s:
                return _shut(message, wait_s)
            raise Refused(NOT_RIGHT, status=403)
        notice = _notice(house, member.guest, guest, evidence, step, settings)
        return _done(message, house, evidence, new=desk.take([notice]).new > 0)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """One check-in a window, of the best evidence and then the earliest, in whatever order the codes come."""
        windows = merged((last or {}).get("windows"), state)
        facts = [_fact(state["house"], state["guest"], window, kept) for window, kept in sorted(windows.items())]
        keys = {fact.source_key for fact in facts}
        standing = {key: kept for key, kept in ((last or {}).get("facts") or {}).items() if key in keys}
        drafts, standing = settle(standing, facts)
        note = "" if drafts else "checked in within this window already"
        return Normalised(drafts, {"windows": windows, "facts": standing}, note)

    def check(self, link: Link) -> None:
        """Whether the secret is one that nobody guesses, and the connection has a property to show a code for."""
        _secrets(link.settings)
        if not link.properties:
            raise Refused("the connection is on for no property")


def _secrets(settings: Values) -> tuple[Secret, ...]:
    found = settings.secrets("secret")
    if not found or len(found[0].reveal()) < SHORTEST_SECRET:
        raise Refused(f"the secret has fewer than {SHORTEST_SECRET} characters", status=403)
    return found


def _screen_token(secret: Secret, house: str) -> str:
    return hmac_hex(derived(secret, "screen"), house.encode("utf-8", "surrogatepass"))[:40]


def _house(message: RawMessage, link: Link) -> Property:
    house = link.properties.get(message.parts["house"])
    if house is None:
        raise Refused(NO_HOUSE, status=404)
    return house


def _step_s(settings: Values) -> int:
    return settings.duration("step") // timedelta(seconds=1)


def _code(settings: Values, house: Property, step: int) -> str:
    algorithm = settings.text("algorithm")
    return hotp(house_key(settings.secret("secret"), house.code, algorithm), step, algorithm=algorithm)


def _matched(settings: Values, house: Property, code: str, message: RawMessage) -> int | None:
    algorithm = settings.text("algorithm")
    keys = [house_key(secret, house.code, algorithm) for secret in _secrets(settings)]
    return matched(keys, code, message.received_at, _step_s(settings), algorithm)


def _base(message: RawMessage, settings: Values) -> str:
    """The connection's address as guests reach it."""
    return settings.text("public_url") or message.url.removesuffix(message.path)


def _target(message: RawMessage, settings: Values, house: Property, code: str) -> str:
    """Where the QR code leads (with a code), or a tag (without)."""
    page = settings.text("guest_page")
    if page:
        return f"{page}?{urlencode({'property': house.code, **({'code': code} if code else {})})}"
    return f"{_base(message, settings)}/here/{house.code}{f'?c={code}' if code else ''}"


def _own_ticket_secret(secret: Secret) -> Secret:
    return Secret(derived(secret, "ticket").hex())


def _ticket_secrets(settings: Values) -> tuple[Secret, ...]:
    """What tickets are signed with: by the hotel's page, and by us for who asks with an API key."""
    return (*settings.secrets("page_secret"), *(_own_ticket_secret(one) for one in _secrets(settings)))


def _who(wish: Wish, message: RawMessage, settings: Values) -> tuple[Identity, Evidence]:
    """The guest of a wish, and what the check-in rests on."""
    if message.header("authorization"):
        return ticket_guest(bearer(message), _ticket_secrets(settings), message), Evidence.WITNESSED
    if not wish.guest:
        raise Refused("a check-in names its guest by a ticket or by a number")
    if settings.text("typed") == "refused":
        raise Refused(NO_TYPED, status=403)
    number = wish.guest.removeprefix(f"{settings.text('card_kind')}:")
    return Identity(settings.text("card_kind"), number), Evidence.parse(settings.text("typed"))


def _notice(
    house: Property, member: str, guest: Identity, evidence: Evidence, step: int, settings: Values
) -> Notice:  # fmt: skip
    """The code as it is stored: its key is the one use of this step by this guest."""
    began = step_start(step, _step_s(settings))
    payload = {
        "house": house.code, "guest": member, "window": window_of(began, house, settings.duration("window")),
        "at": began.isoformat(), "evidence": evidence.word, "name": [guest.kind, guest.value],
    }  # fmt: skip
    key = f"{house.code}/{int(began.timestamp())}/{evidence.word}/{member}"
    return Notice(key, "guest", f"{house.code}/{member}", payload)


def _fact(house: str, member: str, window: str, kept: Json) -> Draft:
    kind, value = kept["name"]
    return Draft(
        Kind.CHECK_IN,
        f"{house}/{window}/{member}",
        (Identity(kind, value),),
        house,
        instant(kept["at"]),
        evidence=Evidence.parse(kept["evidence"]),
        attributes={"rests_on": "desk_code"},
    )


def _done(message: RawMessage, house: Property, evidence: Evidence, *, new: bool) -> Answer:
    if is_form(message):
        language = language_of(message.header("accept-language"))
        return pages.said(word("done" if new else "known", language, house=house.name), language, 200)
    return _private({"accepted": True, "new": new, "property": house.code, "evidence": evidence.word})


def _shut(message: RawMessage, wait_s: int) -> Answer:
    """Too many wrong codes: nothing is looked at, a right one neither."""
    after = {"Retry-After": str(wait_s)}
    if is_form(message):
        language = language_of(message.header("accept-language"))
        page = pages.said(refusal(TOO_MANY, language), language, 429)
        return Answer(429, page.body, page.content_type, {**page.headers, **after})
    body = {"title": refusal(TOO_MANY, "en"), "status": 429, "code": "rate_limited", "retry_after_s": wait_s}
    told = Answer.json(body, 429)
    return Answer(429, told.body, "application/problem+json", after)


def _private(value: Json, status: int = 200) -> Answer:
    return Answer.json(value, status, headers={"Cache-Control": "no-store"})


source = DeskCode()
