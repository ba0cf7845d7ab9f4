"""What the hotel is asked, in English and Dutch."""

from __future__ import annotations

from rewards.sdk import Field, FieldKind

FIELDS = (
    Field(
        "venues",
        FieldKind.MAPPING,
        {"en": "Foursquare venue to property", "nl": "Foursquare-locatie naar hotel"},
        {
            "en": "The id is the last part of a venue's address on foursquare.com.",
            "nl": "De id is het laatste deel van het adres van een locatie op foursquare.com.",
        },
    ),
    Field(
        "client_id",
        FieldKind.TEXT,
        {"en": "Client id of the app", "nl": "Client-id van de app"},
        {
            "en": "On the app's page at foursquare.com/developers.",
            "nl": "Op de pagina van de app op foursquare.com/developers.",
        },
        required=False,
    ),
    Field(
        "client_secret",
        FieldKind.SECRET,
        {"en": "Client secret of the app", "nl": "Client-geheim van de app"},
        required=False,
    ),
    Field(
        "callback",
        FieldKind.URL,
        {"en": "Redirect address of the app", "nl": "Redirect-adres van de app"},
        {
            "en": "This connection's own address with /callback behind it, as guests' browsers reach it.",
            "nl": "Het eigen adres van deze koppeling met /callback erachter, zoals browsers van gasten het bereiken.",
        },
        required=False,
    ),
    Field(
        "link_secret",
        FieldKind.SECRET,
        {"en": "Secret that signs guests' links", "nl": "Geheim dat links van gasten ondertekent"},
        {
            "en": "Of the hotel's own making: 32 random characters or more.",
            "nl": "Door het hotel zelf gemaakt: 32 willekeurige tekens of meer.",
        },
        required=False,
    ),
    Field(
        "history_days",
        FieldKind.NUMBER,
        {"en": "Days before connecting that are read", "nl": "Dagen vóór het koppelen die worden opgehaald"},
        required=False,
        default=0,
        high=3_650,
    ),
    Field(
        "push_secret",
        FieldKind.SECRET,
        {"en": "Push secret", "nl": "Push-geheim"},
        {
            "en": "On the app's page at foursquare.com/developers; without it pushes are refused.",
            "nl": "Op de pagina van de app op foursquare.com/developers; zonder dit geheim worden pushes geweigerd.",
        },
        required=False,
    ),
    Field(
        "evidence",
        FieldKind.CHOICE,
        {"en": "Evidence of a confirmed check-in", "nl": "Bewijs van een bevestigde check-in"},
        {
            "en": "Swarm looks at the phone's position, but lets people check in from elsewhere too; "
            "claimed trusts that less.",
            "nl": "Swarm kijkt naar de positie van de telefoon, maar laat ook van elders inchecken; "
            "claimed vertrouwt daar minder op.",
        },
        required=False,
        default="located",
        choices=("claimed", "located"),
    ),
    Field(
        "places",
        FieldKind.FLAG,
        {"en": "Keep check-ins at other places", "nl": "Check-ins op andere plekken bewaren"},
        {
            "en": "Name and category of the place, of guests who have connected Swarm.",
            "nl": "Naam en categorie van de plek, van gasten die Swarm hebben gekoppeld.",
        },
        required=False,
        default=True,
    ),
    Field(
        "companions",
        FieldKind.FLAG,
        {"en": "Link friends who came along", "nl": "Vrienden koppelen die meekwamen"},
        {
            "en": "Only friends who are known as guests here; nobody else is stored.",
            "nl": "Alleen vrienden die hier als gast bekend zijn; niemand anders wordt bewaard.",
        },
        required=False,
        default=True,
    ),
    Field(
        "poll_every",
        FieldKind.DURATION,
        {"en": "Seconds between polls", "nl": "Seconden tussen twee keer ophalen"},
        {
            "en": "Foursquare allows some 500 calls an hour for each guest; each poll is one call for each.",
            "nl": "Foursquare staat zo'n 500 aanroepen per uur per gast toe; elke keer ophalen is er één per gast.",
        },
        required=False,
        default=300,
        low=60,
        high=86_400,
    ),
)
