"""Why a row was refused at the door, in the language of whoever mends the file."""

from __future__ import annotations

from rewards import errors
from rewards.errors import Code, RewardsError

_DUTCH: dict[Code, str] = {
    errors.ACTIVITY_CONFLICT: "deze sleutel is al met andere inhoud vastgelegd; correcties staan in de toewijzing uit",
    errors.ACTIVITY_UNKNOWN: "wat wordt teruggenomen is nooit vastgelegd",
    errors.ALREADY_REVERSED: "dit is al helemaal teruggenomen",
    errors.CURRENCY_UNKNOWN: "deze valuta staat niet in ISO 4217",
    errors.FIELD_INVALID: "deze waarde mag niet",
    errors.INFLUENCE_REFUSED: "invloedscores horen niet in een regel",
    errors.MERGE_INVALID: "deze gasten kunnen niet één gast zijn",
    errors.PROPERTY_UNKNOWN: "er is geen hotel met deze code",
    errors.RATE_UNKNOWN: "voor deze dag is er geen wisselkoers naar de valuta van het hotel",
    errors.REVERSAL_TOO_LARGE: "er wordt meer teruggenomen dan er was",
    errors.TIME_OUT_OF_RANGE: "deze dag ligt buiten wat wordt aangenomen: vanaf 1970 tot twee dagen na vandaag",
}


def reason(error: RewardsError, language: str) -> str:
    """The refusal as a sentence; in Dutch the field and what is wrong with it, else its code."""
    if language != "nl":
        return str(error)
    where = f"{error.field}: " if error.field else ""
    return f"{where}{_DUTCH.get(error.code, f'geweigerd ({error.code.name})')}."


def dutch() -> dict[Code, str]:
    """Every code that has a sentence of its own, for a test to hold against those an import can meet."""
    return dict(_DUTCH)
