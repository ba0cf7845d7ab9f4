"""The fields that a mapping can fill, by kind of activity: what they hold, how they are called, and headers they go by.

Headers are compared without case, accents, blanks and signs: “Aankomst-datum” is `aankomstdatum`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

KINDS = ("stay", "spend", "check_in", "visit", "payment", "enrolment", "custom")
GUEST, ATTRIBUTE = "guest.", "attributes."
CANONICAL = ("day", "moment", "amount")
"""What stands in a key as it is meant and not as it is written."""


@dataclass(frozen=True, slots=True)
class Field:
    """`holds` is text, day, moment, time, amount, whole, yes or evidence; `headers` are folded, the surest first."""

    name: str
    holds: str
    label: str
    label_nl: str
    headers: str


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("property", "text", "Hotel", "Hotel",
              "propertycode hotelcode hotelid property hotel vestiging huis haus betrieb"),
        Field("at", "moment", "When it happened", "Wanneer het gebeurde",
              "timestamp datetime occurredat datumtijd tijdstip zeitpunkt transactiontime checkintime date datum"),
        Field("day", "day", "Hotel day", "Hoteldag", "businessdate businessday hoteldate boekdag buchungstag"),
        Field("time", "time", "Time of day", "Tijd van de dag", "time tijd uhrzeit"),
        Field("arrival", "day", "Arrival", "Aankomst",
              "arrival arrivaldate checkin checkindate aankomst aankomstdatum anreise anreisedatum ankunft"),
        Field("departure", "day", "Departure", "Vertrek",
              "departure departuredate checkout checkoutdate vertrek vertrekdatum abreise abreisedatum"),
        Field("nights", "whole", "Nights", "Nachten", "nights numberofnights nachten aantalnachten nachte naechte"),
        Field("rooms", "whole", "Rooms", "Kamers", "rooms numberofrooms kamers aantalkamers"),
        Field("amount", "amount", "Amount", "Bedrag",
              "amount total totalamount grossamount revenue bedrag totaal totaalbedrag omzet betrag gesamt umsatz"),
        Field("currency", "text", "Currency", "Valuta", "currency currencycode valuta munt wahrung waehrung"),
        Field("on_time", "yes", "Paid on time", "Op tijd betaald", "ontime paidontime optijd punktlich"),
        Field("due", "day", "Due day", "Vervaldag", "due duedate vervaldatum vervaldag falligkeit falligam"),
        Field("channel", "text", "Channel", "Kanaal", "channel source bookingchannel kanaal herkomst kanal quelle"),
        Field("rate_code", "text", "Rate code", "Tariefcode", "ratecode rateplan rate tariefcode tarief tarif"),
        Field("room_class", "text", "Room class", "Kamertype",
              "roomclass roomtype roomcategory kamertype kamersoort zimmertyp zimmerkategorie"),
        Field("reservation", "text", "Reservation", "Reservering",
              "reservation reservationnumber reservationid confirmationnumber bookingid bookingnumber "
              "reservering reserveringsnummer boekingsnummer reservierung reservierungsnummer buchungsnummer"),
        Field("category", "text", "Outlet or category", "Verkooppunt of categorie",
              "outlet department category verkooppunt afdeling categorie abteilung kategorie"),
        Field("place_id", "text", "Id of the place", "Id van de plek", "placeid venueid"),
        Field("place_name", "text", "Name of the place", "Naam van de plek", "placename venue"),
        Field("evidence", "evidence", "Evidence", "Bewijs", "evidence bewijs"),
    )
}  # fmt: skip

PEOPLE: dict[str, str] = {
    "card": "card cardnumber membercard membership membershipnumber memberid loyaltynumber kaart kaartnummer "
            "lidnummer klantenkaart karte kartennummer mitgliedsnummer",
    "email": "email emailaddress mail mailadres emailadres emailadresse",
    "pms": "guestid profileid guestprofile guestnumber gastid gastnummer gastennummer profielid profilnummer",
    "phone": "phone phonenumber mobile telefoon telefoonnummer mobiel telefon mobil handy",
}  # fmt: skip

ATTRIBUTES: dict[str, str] = {
    "first_name": "firstname givenname voornaam vorname",
    "language": "language taal sprache",
    "birthday": "birthday dateofbirth birthdate geboortedatum geburtsdatum",
    "country": "country countrycode land",
}

_COMMON = ("property", "at", "day", "time", "channel", "evidence")
_OF_KIND: dict[str, tuple[str, ...]] = {
    "stay": ("arrival", "departure", "nights", "rooms", "amount", "currency", "rate_code", "room_class", "reservation"),
    "spend": ("amount", "currency", "category", "reservation"),
    "check_in": ("category", "place_id", "place_name"),
    "visit": ("category", "reservation"),
    "payment": ("amount", "currency", "on_time", "due", "reservation"),
    "enrolment": (),
    "custom": ("amount", "currency", "category", "reservation"),
}
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "stay": (("property",), ("departure",), ("arrival", "nights")),
    "spend": (("property",), ("amount",), ("at", "day")),
    "check_in": (("at", "day"),),
    "visit": (("property",), ("at", "day")),
    "payment": (("property",), ("at", "day"), ("on_time", "due")),
    "enrolment": (("at", "day"),),
    "custom": (("at", "day"),),
}


def fields_of(kind: str) -> tuple[Field, ...]:
    """The fields of a kind, those of every kind first; a custom activity's category is its name."""
    names = (*_COMMON, *_OF_KIND[kind])
    return tuple(FIELDS[name] for name in names if not (kind == "custom" and name == "category"))


def needs_of(kind: str) -> tuple[tuple[str, ...], ...]:
    """What a mapping must fill: of each group one field at least."""
    return _NEEDS[kind]


def holds(name: str) -> str:
    """What a field holds; guests' names and attributes are texts, a birthday is a day."""
    if name in FIELDS:
        return FIELDS[name].holds
    return "day" if name == f"{ATTRIBUTE}birthday" else "text"


def folded(header: str) -> str:
    """A header without case, accents, blanks and signs."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def proposed(kind: str, headers: tuple[str, ...]) -> dict[str, str]:
    """Field to header, for every header whose words are known; each header and each field once, the surest first."""
    by_fold: dict[str, str] = {}
    for header in headers:
        by_fold.setdefault(folded(header), header)
    wanted = {field.name: field.headers for field in fields_of(kind)}
    wanted |= {f"{GUEST}{name}": words for name, words in PEOPLE.items()}
    if kind == "enrolment":
        wanted |= {f"{ATTRIBUTE}{name}": words for name, words in ATTRIBUTES.items()}
    found: dict[str, str] = {}
    for name, words in wanted.items():
        headers_known = [by_fold[word] for word in words.split() if word in by_fold]
        free = [header for header in headers_known if header not in found.values()]
        if free:
            found[name] = free[0]
    return found
