"""What a YAML reader's complaint means to somebody who writes rules."""

from __future__ import annotations

from rewards.rulelang.wording.entry import Phrase

_PROBLEMS: tuple[tuple[str, Phrase, Phrase], ...] = (
    (
        "'\\t'",
        Phrase("a tab stands where only spaces may", "er staat een tab waar alleen spaties mogen"),
        Phrase("Indent with spaces.", "Spring in met spaties."),
    ),
    (
        "mapping values are not allowed",
        Phrase("a colon stands where no key can be", "er staat een dubbele punt waar geen sleutel kan staan"),
        Phrase(
            "Check the indentation, or put a text that holds a colon in quotes.",
            "Kijk naar de inspringing, of zet een tekst met een dubbele punt tussen aanhalingstekens.",
        ),
    ),
    (
        "could not find expected ':'",
        Phrase("a key has no colon", "een sleutel heeft geen dubbele punt"),
        Phrase("Write “key: value”, with a space after the colon.", "Schrijf “sleutel: waarde”, met een spatie erna."),
    ),
    (
        "expected ',' or",
        Phrase("a bracket is not closed, or a comma is missing", "een haakje is niet gesloten of er mist een komma"),
        Phrase("Close the bracket, or set commas.", "Sluit het haakje, of zet komma's."),
    ),
    (
        "end of stream",
        Phrase("the text ends inside quotes or brackets", "de tekst eindigt binnen aanhalingstekens of haakjes"),
        Phrase("Close them.", "Sluit ze."),
    ),
    (
        "expected <block end>",
        Phrase("the indentation does not fit the lines above", "de inspringing past niet bij de regels erboven"),
        Phrase("Indent lines that belong together alike.", "Spring regels die bij elkaar horen gelijk in."),
    ),
    (
        "cannot start any token",
        Phrase("a value cannot begin with this character", "een waarde kan niet met dit teken beginnen"),
        Phrase("Put the value in quotes.", "Zet de waarde tussen aanhalingstekens."),
    ),
)
_OTHER = (
    Phrase("it cannot be read", "het is niet te lezen"),
    Phrase("Check indentation, colons, quotes and brackets.", "Kijk naar inspringing, dubbele punten en haakjes."),
)


def syntax_problem(complaint: str) -> tuple[Phrase, Phrase]:
    """What is wrong and what to do, for the complaint of the YAML reader."""
    for mark, problem, advice in _PROBLEMS:
        if mark in complaint:
            return problem, advice
    return _OTHER
