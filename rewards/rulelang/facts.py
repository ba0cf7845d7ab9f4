"""The closed catalogue of facts that a rule may read.

The catalogue feeds the checker, the studio, the sentences and the reference. It is closed on purpose: what is not
here cannot enter a rule, and a score of a guest's reach among strangers is not here. Such names are known only so
that a rule naming one is refused with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

INFLUENCE_WORDS = (
    "klout", "follower", "influence", "reach", "peerindex", "kred", "subscribers", "fans", "likes", "retweet", "clout",
    "social_score", "social-score", "engagement_rate", "verified_badge",
)  # fmt: skip
"""Parts of names that mean an influence score; matched case-insensitively in facts, measures and attribute names."""


class FactType(StrEnum):
    """What a fact's value is, and so which comparisons it takes."""

    NUMBER = "number"  # integer; at_least more_than at_most less_than exactly between every
    MONEY = "money"  # integer minor units; the number comparisons without every
    TEXT = "text"  # is is_not in not_in
    YES_NO = "yes_no"  # is true / is false
    DATE = "date"  # the number comparisons without every, on hotel days
    TIME = "time"  # minutes after midnight, written HH:MM; the number comparisons without every


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name, type, unit, whether it may be unknown, and how people call it (`en`, `nl`).

    `choices` are the values a text may take; empty means any text. `example` stands in the reference.
    """

    name: str
    type: FactType
    en: str
    nl: str
    about: str
    unit: str = ""
    may_be_unknown: bool = True
    choices: tuple[str, ...] = ()
    example: str = ""


_N, _M, _T, _Y, _D, _H = (
    FactType.NUMBER, FactType.MONEY, FactType.TEXT, FactType.YES_NO, FactType.DATE, FactType.TIME,
)  # fmt: skip

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHANNELS = ("direct", "agency", "corporate", "tour-operator", "wholesale", "other")
MOMENTS = (
    "booking", "pre_arrival", "arrival", "during_stay", "checkout", "cancellation", "activity", "request", "scheduled",
)  # fmt: skip
"""The moments at which the engine or a front desk asks; a hotel may add any other."""
EVIDENCE_WORDS = ("claimed", "located", "witnessed", "recorded")

ACTIVITY_KINDS = ("check_in", "spend", "stay", "visit", "payment", "referral", "enrolment")

_FACTS = (
    Fact("stay.nights", _N, "nights of this stay", "nachten van dit verblijf", "Departure minus arrival.", "nights"),
    Fact("stay.rooms", _N, "rooms of this stay", "kamers van dit verblijf", "Rooms of the reservation.", "rooms"),
    Fact("stay.adults", _N, "adults", "volwassenen", "Adults of the reservation.", "people"),
    Fact("stay.children", _N, "children", "kinderen", "Children of the reservation.", "people"),
    Fact("stay.amount", _M, "the price of this stay", "de prijs van dit verblijf", "Room revenue of the stay.",
         "minor units of the property's currency"),
    Fact("stay.channel", _T, "the booking channel", "het boekingskanaal", "How the stay was booked.", "", True,
         CHANNELS, "direct"),
    Fact("stay.rate_code", _T, "the rate", "het tarief", "The rate code of the stay.", example="BAR"),
    Fact("stay.room_class", _T, "the room class", "de kamerklasse", "The class that was booked.", example="standard"),
    Fact("stay.purpose", _T, "the purpose of the stay", "het doel van het verblijf", "As the desk states it.", "", True,
         ("leisure", "business"), "business"),
    Fact("stay.arrival", _D, "the arrival day", "de aankomstdag", "First hotel day of the stay."),
    Fact("stay.departure", _D, "the departure day", "de vertrekdag", "Last hotel day of the stay."),
    Fact("stay.arrival_weekday", _T, "the weekday of arrival", "de weekdag van aankomst", "From the arrival day.",
         "", True, WEEKDAYS, "friday"),
    Fact("stay.weekend_nights", _N, "weekend nights of this stay", "weekendnachten van dit verblijf",
         "Nights from Friday or Saturday.", "nights"),
    Fact("stay.days_ahead", _N, "days until arrival", "dagen tot aankomst", "Arrival day minus today; 0 on the day.",
         "days"),
    Fact("stay.birthday_within", _Y, "a birthday during the stay", "een verjaardag tijdens het verblijf",
         "Whether the guest's birthday lies on a day of the stay, both ends included."),
    Fact("stay.booked_room_class_position", _N, "the place of the booked room class",
         "de plaats van de geboekte kamerklasse", "1 is the plainest class of the property.", "place"),
    Fact("stay.own_name", _Y, "a booking in the guest's own name", "een boeking op eigen naam",
         "Whether the stay is booked in the guest's name, as the desk states it."),
    Fact("stay.own_room", _Y, "the room the guest sleeps in", "de kamer waarin de gast slaapt",
         "Whether the room asked about is the one the guest sleeps in, as the desk states it."),
    Fact("stay.own_email", _Y, "the guest's own e-mail address", "het eigen e-mailadres van de gast",
         "Whether the e-mail address that the stay was booked with is one of the guest's."),
    Fact("guest.enrolled", _Y, "a member", "lid", "Whether the guest joined the programme.", may_be_unknown=False),
    Fact("guest.days_enrolled", _N, "days as a member", "dagen als lid",
         "Hotel days since enrolment; unknown before it.", "days"),
    Fact("guest.days_since_anniversary", _N, "days since the anniversary of joining",
         "dagen sinds de jaardag van het lidmaatschap",
         "Since the day of joining last came round, in the first year since joining; 0 on the day.", "days"),
    Fact("guest.years_enrolled", _N, "years as a member", "jaren als lid",
         "Whole years since enrolment; 29 February comes round on 1 March in common years.", "years"),
    Fact("guest.country", _T, "the guest's country", "het land van de gast", "ISO 3166 alpha-2.", example="NL"),
    Fact("guest.language", _T, "the guest's language", "de taal van de gast", "Language of the guest.", "", True,
         ("en", "nl"), "nl"),
    Fact("guest.birthday_known", _Y, "a known birthday", "een bekende verjaardag", "Whether a birthday is on record.",
         may_be_unknown=False),
    Fact("guest.days_to_birthday", _N, "days until the birthday", "dagen tot de verjaardag",
         "0 on the day; 29 February counts as 1 March in common years.", "days"),
    Fact("guest.days_since_birthday", _N, "days since the birthday", "dagen sinds de verjaardag", "0 on the day.",
         "days"),
    Fact("guest.age", _N, "the guest's age", "de leeftijd van de gast", "Whole years.", "years"),
    Fact("guest.verified", _Y, "a verified identity", "een geverifieerde identiteit",
         "Whether any identity of the guest is verified.", may_be_unknown=False),
    Fact("property.code", _T, "the hotel", "het hotel", "Code of the property.", may_be_unknown=False,
         example="harbour"),
    Fact("property.brand", _T, "the brand", "het merk", "Brand of the property.", may_be_unknown=False),
    Fact("property.city", _T, "the city", "de stad", "City of the property.", may_be_unknown=False),
    Fact("property.country", _T, "the country of the hotel", "het land van het hotel", "ISO 3166 alpha-2.",
         may_be_unknown=False),
    Fact("property.kind", _T, "the kind of hotel", "het soort hotel", "hotel, resort, apartments …",
         may_be_unknown=False, example="resort"),
    Fact("moment.name", _T, "the moment", "het moment", "The moment asked about.", may_be_unknown=False,
         example="arrival"),
    Fact("moment.topic", _T, "the topic of the request", "het onderwerp van het verzoek",
         "For the moment `request`: what it is about.", example="complaint"),
    Fact("moment.severity", _N, "the severity of the request", "de ernst van het verzoek", "1 (small) to 5 (grave).",
         "1–5"),
    Fact("request.points", _N, "the points asked for", "de gevraagde punten", "Points that the desk asks for.",
         "points"),
    Fact("request.amount", _M, "the amount asked for", "het gevraagde bedrag", "Money that the desk asks for.",
         "minor units of the property's currency"),
    Fact("request.role", _T, "the role of who asks", "de rol van wie vraagt", "The role of the API key that asks.",
         example="clerk"),
    Fact("activity.kind", _T, "what came in", "wat er binnenkwam", "The activity at hand.", "", True, ACTIVITY_KINDS,
         "check_in"),
    Fact("checkin.evidence", _T, "the evidence of this check-in", "het bewijs van deze check-in",
         "Of the check-in at hand.", "", True, EVIDENCE_WORDS, "witnessed"),
    Fact("checkin.category", _T, "the category of this place", "de categorie van deze plek",
         "Of the check-in at hand."),
    Fact("spend.amount", _M, "the amount just spent", "het zojuist bestede bedrag", "Of the spend at hand.",
         "minor units of the property's currency"),
    Fact("spend.outlet", _T, "the outlet", "de verkooplocatie", "Outlet of the spend at hand.", example="restaurant"),
    Fact("day.date", _D, "the date", "de datum", "The hotel day of the decision.", may_be_unknown=False),
    Fact("day.weekday", _T, "the weekday", "de weekdag", "Weekday of the hotel day.", "", False, WEEKDAYS, "friday"),
    Fact("day.time", _H, "the time", "de tijd", "Wall clock of the property.", "HH:MM", False, (), "17:00"),
    Fact("day.month", _N, "the month", "de maand", "1 to 12.", "month", False),
)  # fmt: skip

CATALOGUE: dict[str, Fact] = {fact.name: fact for fact in _FACTS}
"""Every fact by name. Declared guest attributes are read besides: `guest.attribute.NAME`, `guest.number.NAME`."""

ATTRIBUTE_PREFIX = "guest.attribute."
NUMBER_PREFIX = "guest.number."
"""The same attributes as whole numbers; not known where one is none."""


def find(name: str) -> Fact | None:
    """The fact of a name, None where there is none. A declared attribute is a text or a number that may be unknown."""
    for prefix, kind in ((ATTRIBUTE_PREFIX, FactType.TEXT), (NUMBER_PREFIX, FactType.NUMBER)):
        word = name.removeprefix(prefix)
        if word not in ("", name):
            return Fact(name, kind, word, word, "A declared attribute of the guest.")
    return CATALOGUE.get(name)


@lru_cache(maxsize=4096)
def is_influence(name: str) -> bool:
    """Whether a name means an influence score, which no rule may read."""
    lowered = name.lower().replace(" ", "_")
    return any(word in lowered for word in INFLUENCE_WORDS)
