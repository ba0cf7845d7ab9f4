"""What guests read, in English and Dutch. A refusal is raised in English and shown in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

LANGUAGES = ("en", "nl")

NOT_RIGHT = "the code or the number is not right; look at the screen again"
POSTER = (
    "a printed code that never changes is not taken: it says nothing of when somebody stood there; "
    "type the six digits on the screen at the desk"
)
NO_CODE = "a tag or a link without a code proves nothing by itself; type the six digits on the screen at the desk"
TOO_MANY = "too many wrong codes; try again later"
NO_TYPED = "a typed number is not taken here; open your own page of the hotel and scan the code from there"
NO_HOUSE = "this hotel has no code at the desk"

_DUTCH = {
    NOT_RIGHT: "de code of het nummer klopt niet; kijk nog eens op het scherm",
    POSTER: (
        "een gedrukte code die nooit verandert telt niet: die zegt niet wanneer iemand er stond; "
        "typ de zes cijfers op het scherm aan de balie"
    ),
    NO_CODE: "een tag of link zonder code bewijst op zichzelf niets; typ de zes cijfers op het scherm aan de balie",
    TOO_MANY: "te veel verkeerde codes; probeer het later opnieuw",
    NO_TYPED: "een getypt nummer telt hier niet; open je eigen pagina van het hotel en scan de code daar",
    NO_HOUSE: "dit hotel heeft geen code aan de balie",
}
_REFUSED = {"en": "this was not taken", "nl": "dit is niet aangenomen"}

PAGE = {
    "title": {"en": "Check in at {house}", "nl": "Inchecken bij {house}"},
    "scan": {
        "en": "Scan this code with your phone, or type the six digits on your page.",
        "nl": "Scan deze code met je telefoon, of typ de zes cijfers op je pagina.",
    },
    "qr": {"en": "QR code that leads to the check-in page", "nl": "QR-code naar de pagina om in te checken"},
    "stale": {
        "en": "One moment: the connection is interrupted.",
        "nl": "Een ogenblik: de verbinding is onderbroken.",
    },
    "card": {"en": "Number on your card", "nl": "Nummer op je kaart"},
    "code": {"en": "Six digits on the screen", "nl": "Zes cijfers op het scherm"},
    "send": {"en": "Check in", "nl": "Inchecken"},
    "own_page": {"en": "Open my page", "nl": "Mijn pagina openen"},
    "done": {"en": "You are checked in at {house}.", "nl": "Je bent ingecheckt bij {house}."},
    "known": {
        "en": "You were checked in at {house} already; once is enough.",
        "nl": "Je was al ingecheckt bij {house}; één keer is genoeg.",
    },
    "back": {"en": "Try again", "nl": "Opnieuw proberen"},
}


def word(name: str, language: str, **values: str) -> str:
    """A text of the pages."""
    return PAGE[name][language].format(**values)


def refusal(reason: str, language: str) -> str:
    """A refusal as a guest reads it: a sentence with a capital and a full stop."""
    text = reason if language == "en" else _DUTCH.get(reason, _REFUSED["nl"])
    return f"{text[:1].upper()}{text[1:]}."


def language_of(header: str, known: Sequence[str] = LANGUAGES) -> str:
    """The first language of an Accept-Language header that the pages speak, else English."""
    for part in header.split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in known:
            return tag
    return "en"
