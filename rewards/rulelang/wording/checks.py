"""Words for rules that do not agree with the perks, the properties or the other rules they live with."""

from __future__ import annotations

from rewards.rulelang.wording.entry import Wording

CHECKS: dict[str, Wording] = {
    "perk_unknown": Wording(
        "There is no perk “{name}” in the catalogue.",
        "{suggestion}",
        "Er is geen voordeel “{name}” in de catalogus.",
        "{suggestion}",
    ),
    "parameter_not_for_kind": Wording(
        "“{parameter}” is no parameter of “{perk}”, which is of the kind {kind}.",
        "{advice}",
        "“{parameter}” is geen parameter van “{perk}”, dat van de soort {kind} is.",
        "{advice}",
    ),
    "parameter_missing": Wording(
        "“{perk}” is of the kind {kind} and needs “{parameter}”.",
        "Add “{parameter}: {example}”.",
        "“{perk}” is van de soort {kind} en heeft “{parameter}” nodig.",
        "Voeg “{parameter}: {example}” toe.",
    ),
    "parameter_invalid": Wording(
        "“{parameter}” of “{perk}” cannot be “{value}”.",
        "Write {example}.",
        "“{parameter}” van “{perk}” kan niet “{value}” zijn.",
        "Schrijf {example}.",
    ),
    "take_not_for_kind": Wording(
        "“{perk}” is of the kind {kind}, of which nothing can be taken.",
        "Take something of the kind {kinds}.",
        "“{perk}” is van de soort {kind}, waarvan niets genomen kan worden.",
        "Neem iets van de soort {kinds}.",
    ),
    "debt_not_for_kind": Wording(
        "“{perk}” is of the kind {kind}, which cannot be owed: only points can.",
        "Write short: refuse, or short: part.",
        "“{perk}” is van de soort {kind} en kan geen schuld zijn: dat kunnen alleen punten.",
        "Schrijf short: refuse, of short: part.",
    ),
    "property_unknown": Wording(
        "There is no property “{name}”.",
        "{suggestion}",
        "Er is geen hotel “{name}”.",
        "{suggestion}",
    ),
    "brand_unknown": Wording(
        "No property is of the brand “{name}”.",
        "{suggestion}",
        "Geen hotel is van het merk “{name}”.",
        "{suggestion}",
    ),
    "city_unknown": Wording(
        "No property is in the city “{name}”.",
        "{suggestion}",
        "Geen hotel staat in de stad “{name}”.",
        "{suggestion}",
    ),
    "country_unknown": Wording(
        "No property is in the country “{name}”.",
        "{suggestion}",
        "Geen hotel staat in het land “{name}”.",
        "{suggestion}",
    ),
    "rule_unknown": Wording(
        "There is no rule “{name}”.",
        "{suggestion}",
        "Er is geen regel “{name}”.",
        "{suggestion}",
    ),
    "currency_not_of_property": Wording(
        "“{name}” is compared in {currency}, but “{property}” reckons in {own}.",
        "Write the amount in {own}, or limit the rule with only_at to properties that reckon in {currency}.",
        "“{name}” wordt vergeleken in {currency}, maar “{property}” rekent in {own}.",
        "Schrijf het bedrag in {own}, of beperk de regel met only_at tot hotels die in {currency} rekenen.",
    ),
    "value_type": Wording(
        "“{name}” is {type}, and “{value}” is not.",
        "Compare it with {example}.",
        "“{name}” is {type}, en “{value}” is dat niet.",
        "Vergelijk het met {example}.",
    ),
    "cost_not_for_credit": Wording(
        "“{key}” has no place at “{perk}”: a credit costs the amount that a rule gives.",
        "Leave “{key}” out.",
        "“{key}” hoort niet bij “{perk}”: een tegoed kost het bedrag dat een regel geeft.",
        "Laat “{key}” weg.",
    ),
    "lapses_not_for_kind": Wording(
        "“lapses” has no place at “{perk}”, which is of the kind {kind}: only points lapse for want of activity.",
        "Leave “lapses” out, or make it points.",
        "“lapses” hoort niet bij “{perk}”, dat van de soort {kind} is: alleen punten vervallen bij stilstand.",
        "Laat “lapses” weg, of maak er punten van.",
    ),
    "rule_conflict": Wording(
        "The rule “{rule}” of the pack “{pack}” has the name of a rule of the pack “{other}”.",
        "Give one of them another name.",
        "De regel “{rule}” van het pakket “{pack}” heet als een regel van het pakket “{other}”.",
        "Geef een van beide een andere naam.",
    ),
    "perk_conflict": Wording(
        "The perk “{perk}” is another one in the pack “{pack}” than in the pack “{other}”.",
        "Make the two entries equal, or give one another code.",
        "Het voordeel “{perk}” is in het pakket “{pack}” een ander dan in het pakket “{other}”.",
        "Maak beide gelijk, of geef er een een andere code.",
    ),
    "file_missing": Wording(
        "The pack “{pack}” has no file {file}.",
        "Add {file}.",
        "Het pakket “{pack}” heeft geen bestand {file}.",
        "Voeg {file} toe.",
    ),
    "file_unreadable": Wording(
        "{file} is not text in UTF-8.",
        "Save it as UTF-8.",
        "{file} is geen tekst in UTF-8.",
        "Bewaar het als UTF-8.",
    ),
}
