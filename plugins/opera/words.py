"""What a hotel is asked for, in English and Dutch."""

from __future__ import annotations

from datetime import timedelta

from rewards.sdk import Field, FieldKind

FIELDS = (
    Field(
        "gateway",
        FieldKind.URL,
        {"en": "Gateway address", "nl": "Adres van de gateway"},
        {"en": "From the environment's page in the Developer Portal: https://….oraclecloud.com",
         "nl": "Van de pagina van de omgeving in de Developer Portal: https://….oraclecloud.com"},
    ),
    Field(
        "app_key",
        FieldKind.SECRET,
        {"en": "Application key", "nl": "Sleutel van de applicatie"},
        {"en": "The application's own page in the Developer Portal shows it.",
         "nl": "Staat op de pagina van de applicatie in de Developer Portal."},
    ),
    Field("client_id", FieldKind.TEXT, {"en": "Client ID", "nl": "Client-ID"}),
    Field("client_secret", FieldKind.SECRET, {"en": "Client secret", "nl": "Client-geheim"}),
    Field(
        "enterprise_id",
        FieldKind.TEXT,
        {"en": "Enterprise ID", "nl": "Enterprise-ID"},
        {"en": "Where the environment's page shows one.", "nl": "Als de pagina van de omgeving er een toont."},
        required=False,
    ),
    Field(
        "username",
        FieldKind.TEXT,
        {"en": "Integration user", "nl": "Integratiegebruiker"},
        {"en": "Only for an environment that signs in with a user and a password.",
         "nl": "Alleen voor een omgeving die met gebruiker en wachtwoord aanmeldt."},
        required=False,
    ),
    Field("password", FieldKind.SECRET, {"en": "Its password", "nl": "Het wachtwoord ervan"}, required=False),
    Field(
        "chain",
        FieldKind.TEXT,
        {"en": "Chain code", "nl": "Ketencode"},
        {"en": "Numbers of profiles are unique within the chain.", "nl": "Profielnummers zijn uniek binnen de keten."},
    ),
    Field(
        "events",
        FieldKind.CHOICE,
        {"en": "How events come", "nl": "Hoe gebeurtenissen komen"},
        {"en": "poll: fetched from the external system's queue. stream: told at once, where the chain has streaming.",
         "nl": "poll: opgehaald uit de wachtrij van het externe systeem. stream: direct gemeld, als de keten dat kan."},
        required=False,
        default="poll",
        choices=("poll", "stream"),
    ),
    Field(
        "system",
        FieldKind.TEXT,
        {"en": "External system code", "nl": "Code van het externe systeem"},
        {"en": "The external system in OPERA whose business events we fetch.",
         "nl": "Het externe systeem in OPERA waarvan wij de business events ophalen."},
    ),
    Field(
        "hotels",
        FieldKind.MAPPING,
        {"en": "OPERA hotel to property", "nl": "OPERA-hotel naar hotel"},
        {"en": "Such as HOTEL1:harbour. Hotels that are left out are not read.",
         "nl": "Zoals HOTEL1:harbour. Hotels die ontbreken worden niet gelezen."},
    ),
    Field(
        "categories",
        FieldKind.MAPPING,
        {"en": "Transaction code to category", "nl": "Transactiecode naar categorie"},
        {"en": "Which lines of the folio earn, and as what: 1000:room,2010:bar. Codes that are left out never earn.",
         "nl": "Welke regels van de folio meetellen, en als wat: 1000:room,2010:bar. Andere codes tellen nooit mee."},
        required=False,
        to="text",
    ),
    Field(
        "memberships",
        FieldKind.MAPPING,
        {"en": "Membership type to kind of identity", "nl": "Soort lidmaatschap naar soort identiteit"},
        {"en": "Such as HC:card. Numbers of other programmes are not read.",
         "nl": "Zoals HC:card. Nummers van andere programma's worden niet gelezen."},
        required=False,
        to="text",
    ),
    Field(
        "cards_checked",
        FieldKind.FLAG,
        {"en": "The desk checks membership numbers", "nl": "De receptie controleert lidnummers"},
        {"en": "If so, a profile and the holder of its number become one guest.",
         "nl": "Dan worden een profiel en de houder van het nummer één gast."},
        required=False,
        default=False,
    ),
    Field(
        "room_classes",
        FieldKind.MAPPING,
        {"en": "Room type to room class", "nl": "Kamertype naar kamerklasse"},
        required=False,
        to="text",
    ),
    Field(
        "channels",
        FieldKind.MAPPING,
        {"en": "Source code to channel", "nl": "Broncode naar kanaal"},
        {"en": "Such as CWEB:direct.", "nl": "Zoals CWEB:direct."},
        required=False,
        to="text",
    ),
    Field(
        "poll_every",
        FieldKind.DURATION,
        {"en": "Fetch every (seconds)", "nl": "Ophalen om de (seconden)"},
        required=False,
        default=timedelta(seconds=60),
        low=10,
        high=86_400,
    ),
)  # fmt: skip
