"""What a hotel is asked about its Stripe account."""

from __future__ import annotations

from rewards.sdk import Field, FieldKind

INTENT, CHARGE = "payment_intent", "charge"

FIELDS = (
    Field(
        "signing_secret",
        FieldKind.SECRET,
        {"en": "Signing secret", "nl": "Ondertekeningsgeheim"},
        {"en": "Of the webhook endpoint; begins with whsec_.", "nl": "Van het webhook-eindpunt; begint met whsec_."},
    ),
    Field(
        "mode",
        FieldKind.CHOICE,
        {"en": "Live or test payments", "nl": "Echte of testbetalingen"},
        {
            "en": "Events of the other mode are refused.",
            "nl": "Gebeurtenissen uit de andere modus worden geweigerd.",
        },
        required=False,
        default="live",
        choices=("live", "test"),
    ),
    Field(
        "counts",
        FieldKind.CHOICE,
        {"en": "What counts as a payment", "nl": "Wat telt als betaling"},
        {
            "en": "Stripe tells of most payments twice; one of the two counts.",
            "nl": "Stripe meldt de meeste betalingen dubbel; een van de twee telt.",
        },
        required=False,
        default=INTENT,
        choices=(INTENT, CHARGE),
    ),
    Field(
        "accounts",
        FieldKind.MAPPING,
        {"en": "Connected account to property", "nl": "Verbonden account naar hotel"},
        {"en": "Only with Stripe Connect.", "nl": "Alleen met Stripe Connect."},
        required=False,
    ),
    Field(
        "houses",
        FieldKind.MAPPING,
        {"en": "Metadata to property", "nl": "Metadata naar hotel"},
        {
            "en": "Values of the metadata key below. Without this and accounts, the connection's one house.",
            "nl": "Waarden van de metadatasleutel hieronder. Zonder deze en accounts: het ene hotel van de koppeling.",
        },
        required=False,
    ),
    Field(
        "house_key",
        FieldKind.TEXT,
        {"en": "Metadata key of the house", "nl": "Metadatasleutel van het hotel"},
        required=False,
        default="property",
    ),
    Field(
        "guest_key",
        FieldKind.TEXT,
        {"en": "Metadata key of the guest", "nl": "Metadatasleutel van de gast"},
        required=False,
        default="guest",
    ),
    Field(
        "guest_kind",
        FieldKind.TEXT,
        {"en": "What that names a guest by", "nl": "Waarmee die een gast noemt"},
        {"en": "A kind of identity, such as card or email.", "nl": "Een soort identiteit, zoals card of email."},
        required=False,
        default="card",
    ),
    Field(
        "reservation_key",
        FieldKind.TEXT,
        {"en": "Metadata key of the reservation", "nl": "Metadatasleutel van de reservering"},
        required=False,
        default="reservation",
    ),
    Field(
        "outlet_key",
        FieldKind.TEXT,
        {"en": "Metadata key of the outlet", "nl": "Metadatasleutel van het verkooppunt"},
        required=False,
        default="outlet",
    ),
    Field(
        "customers",
        FieldKind.FLAG,
        {"en": "Stripe customers name guests", "nl": "Stripe-klanten noemen gasten"},
        {
            "en": "Off: only payments with a guest in their metadata count.",
            "nl": "Uit: alleen betalingen met een gast in hun metadata tellen.",
        },
        required=False,
        default=True,
    ),
    Field(
        "verified",
        FieldKind.FLAG,
        {"en": "Guests are verified", "nl": "Gasten zijn geverifieerd"},
        {
            "en": "Only where your software writes the metadata for a guest who has signed in.",
            "nl": "Alleen als uw software de metadata schrijft voor een gast die is ingelogd.",
        },
        required=False,
        default=False,
    ),
)
