"""What a hotel that works with Mews is asked."""

from __future__ import annotations

from rewards.sdk import Field, FieldKind

LIVE, DEMO = "live", "demo"
EARNS = "SpaceOrder, ProductOrder, CustomItem, Surcharge, ResourceUpgradeFee"

FIELDS = (
    Field("client_token", FieldKind.SECRET, {"en": "Client token", "nl": "Client-token"},
          {"en": "Names our integration at Mews.", "nl": "Noemt onze koppeling bij Mews."}),
    Field("access_token", FieldKind.SECRET, {"en": "Access token", "nl": "Toegangstoken"},
          {"en": "Marketplace, My subscriptions, the integration, Access token.",
           "nl": "Marketplace, Mijn abonnementen, de koppeling, Access token."}),
    Field("enterprises", FieldKind.MAPPING, {"en": "Mews enterprise to property", "nl": "Mews-hotel naar hotel"},
          {"en": "The enterprise's id, as the webhook and the address bar show it.",
           "nl": "Het id van het hotel, zoals de webhook en de adresbalk het tonen."}),
    Field("platform", FieldKind.CHOICE, {"en": "Platform", "nl": "Platform"}, required=False, default=LIVE,
          choices=(LIVE, DEMO)),
    Field("earns", FieldKind.TEXT, {"en": "Kinds of line that are spend", "nl": "Soorten regels die besteding zijn"},
          {"en": "Mews's names with a comma between them. Rebates of them always count.",
           "nl": "De namen van Mews met komma's ertussen. Kortingen daarop tellen altijd."},
          required=False, default=EARNS),
    Field("amounts", FieldKind.CHOICE, {"en": "Amounts of spend", "nl": "Bedragen van besteding"},
          {"en": "With (gross) or without (net) tax.", "nl": "Met (gross) of zonder (net) belasting."},
          required=False, default="gross", choices=("gross", "net")),
    Field("company_bills", FieldKind.FLAG,
          {"en": "Count what a company pays for the guest", "nl": "Tel mee wat een bedrijf voor de gast betaalt"},
          required=False, default=False),
    Field("categories", FieldKind.MAPPING, {"en": "Mews service to category", "nl": "Mews-dienst naar categorie"},
          {"en": "Service id to a word such as bar or spa.", "nl": "Id van de dienst naar een woord zoals bar of spa."},
          required=False, to="text"),
    Field("rates", FieldKind.MAPPING, {"en": "Mews rate to rate code", "nl": "Mews-tarief naar tariefcode"},
          required=False, to="text"),
    Field("room_classes", FieldKind.MAPPING,
          {"en": "Mews space category to room class", "nl": "Mews-kamercategorie naar kamerklasse"},
          required=False, to="text"),
    Field("programme", FieldKind.TEXT, {"en": "Loyalty programme at Mews", "nl": "Loyaliteitsprogramma bij Mews"},
          {"en": "Id of the programme whose membership numbers are ours.",
           "nl": "Id van het programma waarvan de lidmaatschapsnummers van ons zijn."},
          required=False),
    Field("member_kind", FieldKind.TEXT,
          {"en": "Our name for a membership number", "nl": "Onze naam voor een lidmaatschapsnummer"},
          {"en": "The kind of identity, such as card.", "nl": "De soort identiteit, zoals card."},
          required=False, default="card"),
    Field("poll_every", FieldKind.DURATION, {"en": "Look for changes every", "nl": "Kijk naar wijzigingen elke"},
          {"en": "Seconds; what a lost webhook costs at most.",
           "nl": "Seconden; wat een verloren webhook hoogstens kost."},
          required=False, default=300, low=60, high=86_400),
    Field("history_days", FieldKind.NUMBER, {"en": "Days to read at first", "nl": "Dagen om eerst te lezen"},
          {"en": "How far back the first look goes.", "nl": "Hoe ver terug de eerste blik gaat."},
          required=False, default=1, low=0, high=3_650),
)  # fmt: skip
