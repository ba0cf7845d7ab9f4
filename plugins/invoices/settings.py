"""What a hotel is asked about where its invoices are kept."""

from __future__ import annotations

from rewards.sdk import Field, FieldKind

STRIPE, ACCOUNTS = "stripe", "accounts"

FIELDS = (
    Field(
        "sender",
        FieldKind.CHOICE,
        {"en": "Who sends them", "nl": "Wie ze stuurt"},
        {
            "en": "Stripe, or an accounting system in the form that the README describes.",
            "nl": "Stripe, of een boekhoudsysteem in de vorm die de README beschrijft.",
        },
        required=False,
        default=ACCOUNTS,
        choices=(ACCOUNTS, STRIPE),
    ),
    Field(
        "signing_secret",
        FieldKind.SECRET,
        {"en": "Signing secret", "nl": "Ondertekeningsgeheim"},
        {
            "en": "Of Stripe's endpoint, or one you think up for your accounting system.",
            "nl": "Van het eindpunt bij Stripe, of een dat u bedenkt voor uw boekhoudsysteem.",
        },
    ),
    Field(
        "mode",
        FieldKind.CHOICE,
        {"en": "Live or test invoices", "nl": "Echte of testfacturen"},
        {"en": "Stripe only; the other mode is refused.", "nl": "Alleen Stripe; de andere modus wordt geweigerd."},
        required=False,
        default="live",
        choices=("live", "test"),
    ),
    Field(
        "houses",
        FieldKind.MAPPING,
        {"en": "Their name of a house to ours", "nl": "Hun naam van een huis naar de onze"},
        {
            "en": "Left out, invoices use our own codes; one without a house is of the connection's one house.",
            "nl": "Zonder deze noemen facturen onze codes; een zonder huis is van het ene huis van de koppeling.",
        },
        required=False,
    ),
    Field(
        "guest_kind",
        FieldKind.TEXT,
        {"en": "What an invoice names a guest by", "nl": "Waarmee een factuur een gast noemt"},
        {"en": "A kind of identity, such as card or email.", "nl": "Een soort identiteit, zoals card of email."},
        required=False,
        default="card",
    ),
    Field(
        "guest_key",
        FieldKind.TEXT,
        {"en": "Metadata key of the guest", "nl": "Metadatasleutel van de gast"},
        {"en": "Stripe only.", "nl": "Alleen Stripe."},
        required=False,
        default="guest",
    ),
    Field(
        "house_key",
        FieldKind.TEXT,
        {"en": "Metadata key of the house", "nl": "Metadatasleutel van het huis"},
        {"en": "Stripe only.", "nl": "Alleen Stripe."},
        required=False,
        default="property",
    ),
    Field(
        "customers",
        FieldKind.FLAG,
        {"en": "Stripe customers name guests", "nl": "Stripe-klanten noemen gasten"},
        required=False,
        default=True,
    ),
    Field(
        "verified",
        FieldKind.FLAG,
        {"en": "Guests are verified", "nl": "Gasten zijn geverifieerd"},
        {
            "en": "Only where the sender has checked that an invoice is this person's.",
            "nl": "Alleen als de afzender heeft nagegaan dat een factuur van deze persoon is.",
        },
        required=False,
        default=False,
    ),
)
