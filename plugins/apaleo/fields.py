"""The settings of a connection to Apaleo, and how they are looked up."""

from __future__ import annotations

from rewards.sdk import Field, FieldKind, Property, Values

CATEGORIES = {"Accommodation": "room", "FoodAndBeverages": "food", "Other": "other"}
"""Service types whose lines earn, and the category of each; taxes and fees are not among them."""

CHANNELS = {
    "Direct": "direct", "Ibe": "direct", "BookingCom": "agency", "Expedia": "agency", "Hrs": "agency",
    "Homelike": "agency", "AltoVita": "agency", "DesVu": "agency", "ChannelManager": "other",
}  # fmt: skip

FIELDS = (
    Field(
        "properties",
        FieldKind.MAPPING,
        {"en": "Apaleo's property to ours", "nl": "Hotel bij Apaleo naar het onze"},
        {
            "en": "BER:harbour,MUC:seaside. What is not named here is not read.",
            "nl": "BER:harbour,MUC:seaside. Wat hier niet staat, wordt niet gelezen.",
        },
    ),
    Field("client_id", FieldKind.TEXT, {"en": "Client id of the app", "nl": "Client-id van de app"}),
    Field(
        "client_secret",
        FieldKind.SECRET,
        {"en": "Client secret of the app", "nl": "Clientgeheim van de app"},
        {
            "en": "Scopes: reservations.read and folios.read.",
            "nl": "Rechten: reservations.read en folios.read.",
        },
    ),
    Field(
        "webhook_user",
        FieldKind.TEXT,
        {"en": "User of the webhook", "nl": "Gebruiker van de webhook"},
        {
            "en": "Where the subscription's address carries a user and a password.",
            "nl": "Als het adres van het abonnement een gebruiker en een wachtwoord bevat.",
        },
        required=False,
    ),
    Field(
        "webhook_password",
        FieldKind.SECRET,
        {"en": "Password of the webhook", "nl": "Wachtwoord van de webhook"},
        {
            "en": "Left out, the connection's own address is the only secret.",
            "nl": "Zonder dit is het eigen adres van de koppeling het enige geheim.",
        },
        required=False,
    ),
    Field(
        "senders",
        FieldKind.TEXT,
        {"en": "Addresses that messages come from", "nl": "Adressen waar berichten vandaan komen"},
        {
            "en": "With a comma between them. Behind a proxy leave it out: it would see the proxy's address.",
            "nl": "Met komma's ertussen. Achter een proxy weglaten: dan is het adres dat van de proxy.",
        },
        required=False,
    ),
    Field(
        "categories",
        FieldKind.MAPPING,
        {"en": "What earns, and as what", "nl": "Wat telt, en als wat"},
        {
            "en": "Service type or sub-account to a category, such as Accommodation:room,BER-BAR:bar. "
            "The rest is no spend.",
            "nl": "Soort dienst of subrekening naar een categorie, zoals Accommodation:room,BER-BAR:bar. "
            "De rest is geen besteding.",
        },
        required=False,
        default=CATEGORIES,
        to="text",
    ),
    Field(
        "amounts",
        FieldKind.CHOICE,
        {"en": "Amounts", "nl": "Bedragen"},
        {"en": "With VAT (gross) or without (net).", "nl": "Met btw (gross) of zonder (net)."},
        required=False,
        default="gross",
        choices=("gross", "net"),
    ),
    Field(
        "channels",
        FieldKind.MAPPING,
        {"en": "Channel to ours", "nl": "Kanaal naar het onze"},
        {
            "en": "For channels that should read otherwise, such as ChannelManager:agency.",
            "nl": "Voor kanalen die anders moeten heten, zoals ChannelManager:agency.",
        },
        required=False,
        to="text",
    ),
    Field(
        "room_classes",
        FieldKind.MAPPING,
        {"en": "Unit group to room class", "nl": "Kamergroep naar kamerklasse"},
        {
            "en": "Id or code of the unit group, such as BER-DBL:standard.",
            "nl": "Id of code van de kamergroep, zoals BER-DBL:standard.",
        },
        required=False,
        to="text",
    ),
    Field(
        "shared_addresses",
        FieldKind.TEXT,
        {"en": "E-mail addresses of agencies", "nl": "E-mailadressen van agentschappen"},
        {
            "en": "Domains or addresses with a comma between them; they never name a guest.",
            "nl": "Domeinen of adressen met komma's ertussen; zij noemen nooit een gast.",
        },
        required=False,
    ),
    Field(
        "first_days",
        FieldKind.NUMBER,
        {"en": "Days to look back at first", "nl": "Dagen om eerst terug te kijken"},
        {
            "en": "Reservations and folios that changed within so many days before the first poll are read.",
            "nl": "Reserveringen en rekeningen die in zoveel dagen voor de eerste keer zijn gewijzigd, worden gelezen.",
        },
        required=False,
        default=1,
        high=400,
    ),
    Field(
        "poll_every",
        FieldKind.DURATION,
        {"en": "Seconds between polls", "nl": "Seconden tussen twee controles"},
        {
            "en": "How late a change may be seen whose message was lost.",
            "nl": "Hoe laat een wijziging wordt gezien waarvan het bericht verloren ging.",
        },
        required=False,
        default=900,
        low=60,
        high=86_400,
    ),
)


def channel(settings: Values, code: str | None) -> str | None:
    """Our channel of Apaleo's channel code; a code that nobody knows is `other`."""
    if code is None:
        return None
    return settings.mapping("channels").get(code) or CHANNELS.get(code, "other")


def category(settings: Values, service_type: str, account: str | None) -> str | None:
    """The category of a line by its sub-account, else by its service type; None: the line earns nothing."""
    known = settings.mapping("categories")
    return known.get(account or "") or known.get(service_type)


def room_class(settings: Values, prop: Property, group_id: str | None, code: str | None) -> str | None:
    """The room class of a unit group: as it is mapped, else its code where the property has a class of that name."""
    known = settings.mapping("room_classes")
    named = known.get(group_id or "") or known.get(code or "")
    plain = (code or "").lower()
    return named or (plain if plain in prop.room_classes else None)
