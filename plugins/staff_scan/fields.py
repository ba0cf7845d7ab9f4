"""What the hotel says of its cards."""

from __future__ import annotations

from rewards.sdk import Field, FieldKind

FIELDS = (
    Field(
        "kinds",
        FieldKind.TEXT,
        {"en": "Kinds of identity of a bare number", "nl": "Soorten identiteit van een kaal nummer"},
        {
            "en": "In the order in which they are tried, with commas: card,pms.",
            "nl": "In de volgorde waarin ze geprobeerd worden, met komma's: card,pms.",
        },
        required=False,
        default="card",
    ),
    Field(
        "prefixes",
        FieldKind.MAPPING,
        {"en": "How a code begins, and what it is", "nl": "Hoe een code begint, en wat die is"},
        {
            "en": "HH-:card reads HH-00412 as the card 00412.",
            "nl": "HH-:card leest HH-00412 als kaart 00412.",
        },
        required=False,
        to="text",
    ),
    Field(
        "links",
        FieldKind.URL,
        {"en": "How guests' links begin", "nl": "Hoe links van gasten beginnen"},
        {
            "en": "What follows it in a scanned link names the guest.",
            "nl": "Wat er in een gescande link op volgt, noemt de gast.",
        },
        required=False,
    ),
    Field(
        "link_kind",
        FieldKind.TEXT,
        {"en": "Kind of identity in a link", "nl": "Soort identiteit in een link"},
        required=False,
        default="link",
    ),
    Field(
        "window",
        FieldKind.DURATION,
        {"en": "Seconds in which scans are one check-in", "nl": "Seconden waarin scans één check-in zijn"},
        {
            "en": "Counted from the check-in; 14400 is four hours.",
            "nl": "Geteld vanaf de check-in; 14400 is vier uur.",
        },
        required=False,
        default=14_400,
        low=60,
        high=86_400,
    ),
)
