"""What the hotel says of its code."""

from __future__ import annotations

from rewards.sdk import Field, FieldKind

from .totp import ALGORITHMS

SHORTEST_SECRET = 20

FIELDS = (
    Field(
        "secret",
        FieldKind.SECRET,
        {"en": "Secret", "nl": "Geheim"},
        {
            "en": f"{SHORTEST_SECRET} random characters or more; codes and screens follow from it.",
            "nl": f"Minstens {SHORTEST_SECRET} willekeurige tekens; codes en schermen volgen eruit.",
        },
    ),
    Field(
        "algorithm",
        FieldKind.CHOICE,
        {"en": "Hash of the code", "nl": "Hash van de code"},
        {
            "en": "sha1 is what every authenticator and display knows; the others where yours does.",
            "nl": "sha1 kent elke authenticator en elk display; de andere als het uwe ze kent.",
        },
        required=False,
        default="sha1",
        choices=ALGORITHMS,
    ),
    Field(
        "step",
        FieldKind.DURATION,
        {"en": "Seconds a code is shown", "nl": "Seconden dat een code te zien is"},
        {
            "en": "The code before and the code after it are accepted too.",
            "nl": "De code ervoor en die erna worden ook aangenomen.",
        },
        required=False,
        default=30,
        low=15,
        high=120,
    ),
    Field(
        "window",
        FieldKind.DURATION,
        {"en": "One check-in in so many seconds", "nl": "Eén check-in per zoveel seconden"},
        {
            "en": "Counted from the start of the hotel day; 86400 is one check-in a guest and day.",
            "nl": "Geteld vanaf het begin van de hoteldag; 86400 is één check-in per gast per dag.",
        },
        required=False,
        default=86_400,
        low=600,
        high=86_400,
    ),
    Field(
        "typed",
        FieldKind.CHOICE,
        {"en": "A card number that is typed", "nl": "Een kaartnummer dat getypt is"},
        {
            "en": "The code proves that somebody was there, a typed number not who: claimed, witnessed or refused.",
            "nl": "De code bewijst dat iemand er was, een getypt nummer niet wie: claimed, witnessed of refused.",
        },
        required=False,
        default="claimed",
        choices=("refused", "claimed", "witnessed"),
    ),
    Field(
        "card_kind",
        FieldKind.TEXT,
        {"en": "Kind of identity of that number", "nl": "Soort identiteit van dat nummer"},
        required=False,
        default="card",
    ),
    Field(
        "page_secret",
        FieldKind.SECRET,
        {"en": "Secret of the guest's own page", "nl": "Geheim van de eigen pagina van de gast"},
        {
            "en": "What your page signs its guests' tickets with; 32 random characters or more.",
            "nl": "Waarmee uw pagina de tickets van haar gasten ondertekent; minstens 32 willekeurige tekens.",
        },
        required=False,
    ),
    Field(
        "guest_page",
        FieldKind.URL,
        {"en": "The guest's own page", "nl": "De eigen pagina van de gast"},
        {
            "en": "Where the QR code leads, with property and code behind it; left out, to a form of ours.",
            "nl": "Waar de QR-code heen leidt, met property en code erachter; leeg: een formulier van ons.",
        },
        required=False,
    ),
    Field(
        "public_url",
        FieldKind.URL,
        {"en": "This connection as guests reach it", "nl": "Deze koppeling zoals gasten haar bereiken"},
        {
            "en": "Its address with https and your host, where a proxy stands in front.",
            "nl": "Het adres met https en uw host, als er een proxy voor staat.",
        },
        required=False,
    ),
    Field(
        "language",
        FieldKind.CHOICE,
        {"en": "Language of the screen", "nl": "Taal van het scherm"},
        required=False,
        default="en",
        choices=("en", "nl"),
    ),
    Field(
        "tries",
        FieldKind.NUMBER,
        {"en": "Wrong codes of a guest", "nl": "Verkeerde codes van een gast"},
        {
            "en": "So many within 15 minutes close the door to the guest for 15 minutes, then longer.",
            "nl": "Zoveel binnen 15 minuten sluiten de gast 15 minuten buiten, daarna langer.",
        },
        required=False,
        default=5,
        low=2,
        high=50,
    ),
    Field(
        "tries_by_address",
        FieldKind.NUMBER,
        {"en": "Wrong codes of a network address", "nl": "Verkeerde codes van een netwerkadres"},
        {
            "en": "Guests on the hotel's own Wi-Fi share an address.",
            "nl": "Gasten op de wifi van het hotel delen een adres.",
        },
        required=False,
        default=50,
        low=5,
        high=10_000,
    ),
    Field(
        "proxies",
        FieldKind.NUMBER,
        {"en": "Proxies of yours in front", "nl": "Eigen proxy's ervoor"},
        {
            "en": "So many entries from the end of X-Forwarded-For are yours; 0 reads the connection itself.",
            "nl": "Zoveel laatste delen van X-Forwarded-For zijn van u; 0 kijkt naar de verbinding zelf.",
        },
        required=False,
        default=0,
        low=0,
        high=5,
    ),
)
