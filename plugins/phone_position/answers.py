"""What the guest is told, in English and Dutch."""

from __future__ import annotations

from rewards.sdk import Answer, Sighting, Verdict

_TEXTS = {
    Verdict.AT: ("You are checked in.", "Je bent ingecheckt."),
    Verdict.AMBIGUOUS: (
        "You are near several of our houses. Use the code at the desk to check in.",
        "Je bent bij meerdere van onze huizen. Check in met de code bij de balie.",
    ),
    Verdict.OUTSIDE: ("You are not at the hotel yet.", "Je bent nog niet bij het hotel."),
    Verdict.INACCURATE: (
        "Your phone does not know its place well enough. Go outdoors for a moment, or use the code at the desk.",
        "Je telefoon weet niet goed genoeg waar hij is. Ga even naar buiten, of gebruik de code bij de balie.",
    ),
    Verdict.NO_ACCURACY: (
        "Your phone does not say how well it knows its place. Use the code at the desk.",
        "Je telefoon zegt niet hoe goed hij weet waar hij is. Gebruik de code bij de balie.",
    ),
    Verdict.TOO_OLD: ("This position is from before. Try again.", "Deze positie is van eerder. Probeer het opnieuw."),
    Verdict.AHEAD: (
        "The clock of your phone is ahead. Set it and try again.",
        "De klok van je telefoon loopt voor. Zet hem goed en probeer het opnieuw.",
    ),
}


def told(seen: Sighting) -> Answer:
    """202 where something is kept, else 200: the verdict, the house of a check-in, and a sentence for the guest.

    No distance: it would help whoever feels their way towards the fence.
    """
    english, dutch = _TEXTS[seen.verdict]
    house = seen.houses[0] if seen.verdict is Verdict.AT else None
    said = {"result": seen.verdict.value, "property": house, "text": {"en": english, "nl": dutch}}
    return Answer.json(said, 202 if seen.houses else 200)
