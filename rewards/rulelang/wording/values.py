"""Words for values and keys of the wrong shape, type or size."""

from __future__ import annotations

from rewards.rulelang.wording.entry import Wording

VALUES: dict[str, Wording] = {
    "mapping_expected": Wording(
        "{what} is a mapping of keys to values; here stands {found}.",
        "Write it as {example}.",
        "{what} is een blok van sleutels met waarden; hier staat {found}.",
        "Schrijf het als {example}.",
    ),
    "list_expected": Wording(
        "{what} is a list; here stands {found}.",
        "Write it as {example}.",
        "{what} is een lijst; hier staat {found}.",
        "Schrijf het als {example}.",
    ),
    "list_empty": Wording(
        "The list of {what} is empty.",
        "Name at least one, or leave the key out; a condition that always holds is “always”.",
        "De lijst van {what} is leeg.",
        "Noem er minstens één, of laat de sleutel weg; een voorwaarde die altijd geldt is “always”.",
    ),
    "list_too_long": Wording(
        "The list of {what} has {size} entries; at most {most} are allowed.",
        "Shorten it or split it.",
        "De lijst van {what} telt {size} waarden; er mogen er hoogstens {most} zijn.",
        "Kort hem in of splits hem.",
    ),
    "list_too_short": Wording(
        "The list of {what} has {size} entries; it needs at least {least}.",
        "Add another, or leave the key out.",
        "De lijst van {what} telt {size} waarden; het moeten er minstens {least} zijn.",
        "Voeg er een toe, of laat de sleutel weg.",
    ),
    "mapping_empty": Wording(
        "{what} says nothing.",
        "Add one of {keys}, or leave the key out.",
        "{what} zegt niets.",
        "Voeg één van {keys} toe, of laat de sleutel weg.",
    ),
    "value_expected": Wording(
        "{what} is a single value; here stands {found}.",
        "Write it as {example}.",
        "{what} is één waarde; hier staat {found}.",
        "Schrijf het als {example}.",
    ),
    "value_missing": Wording(
        "{what} has no value.",
        "Write a value, or leave the key out.",
        "{what} heeft geen waarde.",
        "Schrijf een waarde, of laat de sleutel weg.",
    ),
    "value_repeated": Wording(
        "“{value}” stands twice in the list of {what}.",
        "Keep one of them.",
        "“{value}” staat twee keer in de lijst van {what}.",
        "Houd er één.",
    ),
    "key_unknown": Wording(
        "{what} has no key “{key}”.",
        "{suggestion}",
        "{what} kent geen sleutel “{key}”.",
        "{suggestion}",
    ),
    "key_missing": Wording(
        "{what} lacks “{key}”.",
        "Add “{key}: …”.",
        "{what} mist “{key}”.",
        "Voeg “{key}: …” toe.",
    ),
    "name_invalid": Wording(
        "“{value}” cannot be {what}.",
        "Write {form}.",
        "“{value}” kan geen {what} zijn.",
        "Schrijf {form}.",
    ),
    "name_reserved": Wording(
        "“{value}” has a meaning of its own and cannot be {what}.",
        "Choose another name.",
        "“{value}” heeft een eigen betekenis en kan geen {what} zijn.",
        "Kies een andere naam.",
    ),
    "choice_unknown": Wording(
        "“{value}” is no value of {what}.",
        "{suggestion}",
        "“{value}” is geen waarde van {what}.",
        "{suggestion}",
    ),
    "number_expected": Wording(
        "{what} is a whole number; “{value}” is not.",
        "Write digits only, such as 6: no quotes, point, thousands mark, exponent or leading zero.",
        "{what} is een geheel getal; “{value}” is dat niet.",
        "Schrijf alleen cijfers, zoals 6: geen aanhalingstekens, punt, duizendtal, exponent of nul vooraan.",
    ),
    "number_too_large": Wording(
        "{value} is larger than any number we count with.",
        "Stay within 2^53 = {most}.",
        "{value} is groter dan elk getal waarmee we rekenen.",
        "Blijf binnen 2^53 = {most}.",
    ),
    "number_out_of_range": Wording(
        "{what} is {value}; it must lie from {least} to {most}.",
        "Write a number from {least} to {most}.",
        "{what} is {value}; het moet van {least} tot en met {most} liggen.",
        "Schrijf een getal van {least} tot en met {most}.",
    ),
    "yes_no_expected": Wording(
        "{what} is true or false; “{value}” is neither.",
        "Write true or false, without quotes.",
        "{what} is true of false; “{value}” is geen van beide.",
        "Schrijf true of false, zonder aanhalingstekens.",
    ),
    "date_expected": Wording(
        "{what} is a date; “{value}” is none.",
        "Write year-month-day, such as 2026-03-01, with a year from {least} to {most}.",
        "{what} is een datum; “{value}” is dat niet.",
        "Schrijf jaar-maand-dag, zoals 2026-03-01, met een jaar van {least} tot en met {most}.",
    ),
    "time_expected": Wording(
        "{what} is a time of day; “{value}” is none.",
        'Write HH:MM from 00:00 to 23:59, such as "17:00".',
        "{what} is een tijd van de dag; “{value}” is dat niet.",
        'Schrijf UU:MM van 00:00 tot en met 23:59, zoals "17:00".',
    ),
    "hour_expected": Wording(
        "{what} begins and ends on a whole hour; “{value}” does not.",
        'Write a whole hour, such as "17:00".',
        "{what} begint en eindigt op een heel uur; “{value}” niet.",
        'Schrijf een heel uur, zoals "17:00".',
    ),
    "year_start_expected": Wording(
        "“{value}” is no day on which a year can begin.",
        "Write month-day, such as 03-01; 29 February is not in every year.",
        "“{value}” is geen dag waarop een jaar kan beginnen.",
        "Schrijf maand-dag, zoals 03-01; 29 februari is er niet elk jaar.",
    ),
    "money_expected": Wording(
        "{what} is an amount of money; “{value}” is none.",
        "Write the currency and the amount, such as EUR 500 or EUR 499.50, never below zero.",
        "{what} is een geldbedrag; “{value}” is dat niet.",
        "Schrijf de munt en het bedrag, zoals EUR 500 of EUR 499.50, nooit onder nul.",
    ),
    "money_too_precise": Wording(
        "“{value}” has more digits after the point than {currency} has: {digits}.",
        "Write the amount with at most {digits} digits after the point.",
        "“{value}” heeft meer cijfers achter de punt dan {currency} kent: {digits}.",
        "Schrijf het bedrag met hoogstens {digits} cijfers achter de punt.",
    ),
    "currency_unknown": Wording(
        "“{value}” is no currency of ISO 4217.",
        "{suggestion}",
        "“{value}” is geen munt van ISO 4217.",
        "{suggestion}",
    ),
    "duration_expected": Wording(
        "{what} is a length of time; “{value}” is none.",
        "Write {form}.",
        "{what} is een tijdsduur; “{value}” is dat niet.",
        "Schrijf {form}.",
    ),
    "between_backwards": Wording(
        "The range runs backwards: {low} lies above {high}.",
        "Write the lower value first.",
        "Het bereik loopt achteruit: {low} ligt boven {high}.",
        "Schrijf de laagste waarde eerst.",
    ),
    "window_backwards": Wording(
        "The span ends on {last}, before it begins on {first}.",
        "Write the earlier day first.",
        "De periode eindigt op {last}, voordat zij begint op {first}.",
        "Schrijf de vroegste dag eerst.",
    ),
    "window_empty": Wording(
        "{what} has no length: {why}.",
        "{advice}",
        "{what} heeft geen lengte: {why}.",
        "{advice}",
    ),
    "pair_expected": Wording(
        "{what} is a pair; the list here has {size}.",
        "Write it as {example}.",
        "{what} is een paar; de lijst hier telt er {size}.",
        "Schrijf het als {example}.",
    ),
}
