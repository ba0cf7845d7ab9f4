"""Why a cell or a row is refused, in English and Dutch, with where it stands in the file."""

from __future__ import annotations

from .fields import FIELDS

_WORDS: dict[str, tuple[str, str]] = {
    # where
    "line": ("line {line}", "regel {line}"),
    "lines": ("lines {first} to {line}", "regels {first} tot en met {line}"),
    "column": (", column “{column}”", ", kolom “{column}”"),
    # the row
    "short": ("the row has {found} cells, the header {wanted}", "de rij heeft {found} cellen, de kop {wanted}"),
    "long": (
        "the row has {found} cells, the header only {wanted}",
        "de rij heeft {found} cellen, de kop maar {wanted}",
    ),
    "quotes": (
        "the quotes do not close as they should ({why})",
        "de aanhalingstekens sluiten niet zoals het hoort ({why})",
    ),
    "json": ("the line is not a JSON object ({why})", "de regel is geen JSON-object ({why})"),
    "too_long": ("the line is longer than {limit} characters", "de regel is langer dan {limit} tekens"),
    # the cell
    "empty": ("it is empty; needed for: {field}", "leeg; nodig voor: {field}"),
    "no_guest": ("no column that names the guest is filled", "geen kolom die de gast noemt is ingevuld"),
    "no_time": ("it is not said when this happened", "er staat niet wanneer dit gebeurde"),
    "date": ("“{value}” is not a date as {format} writes it", "“{value}” is geen datum zoals {format} die schrijft"),
    "needs_day": ("“{value}” is a moment, and a day is needed", "“{value}” is een tijdstip, en er is een dag nodig"),
    "time": ("“{value}” is not a time of day", "“{value}” is geen tijd van de dag"),
    "no_such_time": (
        "“{value}” did not exist in {zone}: the clocks went forward",
        "“{value}” bestond niet in {zone}: de klok ging vooruit",
    ),
    "amount": (
        "“{value}” is not an amount with “{decimal}” before the cents",
        "“{value}” is geen bedrag met “{decimal}” voor de centen",
    ),
    "digits": (
        "“{value}” has more digits than {currency} has",
        "“{value}” heeft meer decimalen dan {currency} kent",
    ),
    "other_currency": (
        "“{value}” names another currency than {currency}",
        "“{value}” noemt een andere valuta dan {currency}",
    ),
    "currency": ("“{value}” is not a currency of ISO 4217", "“{value}” is geen valuta van ISO 4217"),
    "negative": (
        "“{value}” is negative, and the mapping does not say which fact a refund takes back (“reverses”)",
        "“{value}” is negatief, en de toewijzing zegt niet welk feit een teruggave terugneemt (“reverses”)",
    ),
    "whole": ("“{value}” is not a whole number", "“{value}” is geen geheel getal"),
    "yes_no": ("“{value}” is neither yes nor no", "“{value}” is geen ja en geen nee"),
    "evidence": (
        "“{value}” is none of claimed, located, witnessed, recorded",
        "“{value}” is niet claimed, located, witnessed of recorded",
    ),
    "value": (
        "“{value}” is not among the values that the mapping names ({field})",
        "“{value}” staat niet bij de waarden die de toewijzing noemt ({field})",
    ),
    "property": ("there is no hotel “{value}”", "er is geen hotel “{value}”"),
    "order": ("the departure {value} is before the arrival", "het vertrek {value} ligt voor de aankomst"),
    "text": (
        "it has {found} characters or a control character; at most {limit} are kept",
        "het heeft {found} tekens of een stuurteken; er worden er hooguit {limit} bewaard",
    ),
    # what a file seems to be, and why
    "mark": ("the file opens with its mark", "het bestand begint met zijn merkteken"),
    "zeros": ("every second byte is zero", "elke tweede byte is nul"),
    "all_valid": ("all of it is valid UTF-8", "alles is geldig UTF-8"),
    "not_utf8": (
        "it is not UTF-8, and every byte is a letter of Windows-1252; look at names with accents",
        "het is geen UTF-8, en elke byte is een letter van Windows-1252; kijk naar namen met accenten",
    ),
    "even": ("every row has as many cells", "elke rij heeft evenveel cellen"),
    "uneven": (
        "not sure: rows have different numbers of cells, or one each",
        "niet zeker: rijen hebben verschillende aantallen cellen, of maar één",
    ),
    # why a row says nothing to record
    "left_out": ("{column} is “{value}”", "{column} is “{value}”"),
}


_KEY = ("the key", "de sleutel")


def label(field: str, language: str) -> str:
    """What people call a field: “Room class”, “Kamertype”."""
    if field == "key":
        return _KEY[language == "nl"]
    known = FIELDS.get(field)
    if known is None:
        return field
    return known.label_nl if language == "nl" else known.label


class Refused(Exception):
    """A cell or row that cannot be read: the key of a sentence, its values, and the column it stands in."""

    def __init__(self, key: str, column: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.column = column
        self.values = values


def say(key: str, language: str, /, **values: object) -> str:
    """A sentence in `en` or `nl`; KeyError for an unknown one."""
    return _WORDS[key][language == "nl"].format(**values)


def both(key: str) -> dict[str, str]:
    """A sentence without values in both languages, for what is shown before anybody's language is known."""
    english, dutch = _WORDS[key]
    return {"en": english, "nl": dutch}


def told(refused: Refused, language: str, first: int, line: int) -> str:
    """A refusal with its place: `line 14, column “Bedrag”: …`; a row over several lines names them all."""
    where = say("line" if first == line else "lines", language, first=first, line=line)
    if refused.column is not None:
        where += say("column", language, column=refused.column)
    values = {name: label(str(value), language) if name == "field" else value for name, value in refused.values.items()}
    return f"{where}: {say(refused.key, language, **values)}."


def keys() -> dict[str, tuple[str, str]]:
    """Every sentence, so that a test can hold both languages to the same values."""
    return dict(_WORDS)
