"""What a hotel is asked about its Square account."""

from __future__ import annotations

from rewards.sdk import Field, FieldKind

GUEST, RESERVATION, NOTHING = "guest", "reservation", "nothing"

FIELDS = (
    Field(
        "signature_key",
        FieldKind.SECRET,
        {"en": "Signature key", "nl": "Ondertekeningssleutel"},
        {"en": "Of the webhook subscription.", "nl": "Van het webhook-abonnement."},
    ),
    Field(
        "notification_url",
        FieldKind.TEXT,
        {"en": "Notification URL", "nl": "Meldings-URL"},
        {
            "en": "Exactly as registered at Square, which signs it. Left out: the address that was called.",
            "nl": "Precies zoals geregistreerd bij Square, die hem ondertekent. Zonder: het aangeroepen adres.",
        },
        required=False,
    ),
    Field(
        "locations",
        FieldKind.MAPPING,
        {"en": "Location to property", "nl": "Locatie naar hotel"},
        {"en": "Payments at other locations are left out.", "nl": "Betalingen op andere locaties tellen niet mee."},
    ),
    Field(
        "reference",
        FieldKind.CHOICE,
        {"en": "What reference_id names", "nl": "Wat reference_id noemt"},
        required=False,
        default=GUEST,
        choices=(GUEST, RESERVATION, NOTHING),
    ),
    Field(
        "guest_kind",
        FieldKind.TEXT,
        {"en": "What a reference names a guest by", "nl": "Waarmee een referentie een gast noemt"},
        {"en": "A kind of identity, such as card or email.", "nl": "Een soort identiteit, zoals card of email."},
        required=False,
        default="card",
    ),
    Field(
        "customers",
        FieldKind.FLAG,
        {"en": "Square customers name guests", "nl": "Square-klanten noemen gasten"},
        {
            "en": "Off: only payments whose reference names a guest count.",
            "nl": "Uit: alleen betalingen waarvan de referentie een gast noemt tellen.",
        },
        required=False,
        default=True,
    ),
    Field(
        "verified",
        FieldKind.FLAG,
        {"en": "Guests are verified", "nl": "Gasten zijn geverifieerd"},
        {
            "en": "Only where your till has checked that the card or customer is this person's.",
            "nl": "Alleen als uw kassa heeft nagegaan dat de kaart of klant van deze persoon is.",
        },
        required=False,
        default=False,
    ),
    Field(
        "tips",
        FieldKind.FLAG,
        {"en": "Tips count", "nl": "Fooien tellen mee"},
        required=False,
        default=False,
    ),
    Field(
        "gift_cards",
        FieldKind.FLAG,
        {"en": "Payments by gift card count", "nl": "Betalingen met cadeaubon tellen"},
        {
            "en": "Off: the sale of a gift card counts, what is bought with it does not.",
            "nl": "Uit: de verkoop van een cadeaubon telt, wat ermee gekocht wordt niet.",
        },
        required=False,
        default=False,
    ),
    Field(
        "category",
        FieldKind.TEXT,
        {"en": "Outlet", "nl": "Verkooppunt"},
        {"en": "What all payments of this connection are for.", "nl": "Waarvoor alle betalingen hier zijn."},
        required=False,
    ),
)
