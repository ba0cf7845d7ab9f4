"""Words for what is allowed but surely not meant: warnings, which publish all the same."""

from __future__ import annotations

from rewards.rulelang.wording.entry import Wording

LINTS: dict[str, Wording] = {
    "contradiction": Wording(
        "These two tests of {name} can never hold together: {one} and {other}.",
        "Mend one of them, or put them in an “any”.",
        "Deze twee toetsen van {name} kunnen nooit samen gelden: {one} en {other}.",
        "Verbeter er een, of zet ze in een “any”.",
        warning=True,
    ),
    "always_true": Wording(
        "This test of {name} always holds: {why}.",
        "Leave it out, or compare with another value.",
        "Deze toets van {name} geldt altijd: {why}.",
        "Laat hem weg, of vergelijk met een andere waarde.",
        warning=True,
    ),
    "never_true": Wording(
        "This test of {name} never holds: {why}.",
        "Compare with another value.",
        "Deze toets van {name} geldt nooit: {why}.",
        "Vergelijk met een andere waarde.",
        warning=True,
    ),
    "test_repeated": Wording(
        "The same condition stands twice in this list, first on line {line}.",
        "Keep one of them.",
        "Dezelfde voorwaarde staat twee keer in deze lijst, het eerst op regel {line}.",
        "Houd er één.",
        warning=True,
    ),
    "budget_without_every": Wording(
        "This budget is for ever: once it is spent, the rule gives nothing more.",
        "Add “every: month” for a budget that comes back, or “every: ever” if it is meant so.",
        "Dit budget geldt voor altijd: is het op, dan geeft de regel niets meer.",
        "Voeg “every: month” toe voor een budget dat terugkomt, of “every: ever” als het zo bedoeld is.",
        warning=True,
    ),
    "or_else_unreachable": Wording(
        "“{other}” is never given: “{perk}” can always be had.",
        "Leave or_else out, or give “{perk}” a daily stock.",
        "“{other}” wordt nooit gegeven: “{perk}” is er altijd.",
        "Laat or_else weg, of geef “{perk}” een dagvoorraad.",
        warning=True,
    ),
    "fact_absent": Wording(
        "“{name}” is not known at any moment of this rule, so the rule never gives.",
        "Add a moment at which it is at hand: {moments}.",
        "“{name}” is op geen moment van deze regel bekend, dus de regel geeft nooit iets.",
        "Voeg een moment toe waarop het er is: {moments}.",
        warning=True,
    ),
    "currency_foreign": Wording(
        "No property reckons in {currency}; it is converted at the day's rate, and without a rate it is not known.",
        "Write the amount in a currency of your own: {own}.",
        "Geen hotel rekent in {currency}; er wordt omgerekend tegen de dagkoers, en zonder koers is het onbekend.",
        "Schrijf het bedrag in een eigen munt: {own}.",
        warning=True,
    ),
    "moment_unusual": Wording(
        "“{moment}” is no moment that the engine asks at by itself; it looks like “{near}”.",
        "Write “{near}”, unless your own system asks at “{moment}”.",
        "“{moment}” is geen moment waarop het systeem zelf vraagt; het lijkt op “{near}”.",
        "Schrijf “{near}”, tenzij uw eigen systeem op “{moment}” vraagt.",
        warning=True,
    ),
    "window_shorter_than_limit": Wording(
        "The rule looks back {window} but its limit lasts {limit}: most of what happens meanwhile counts for nothing.",
        "Lengthen the window or shorten the limit, unless it is meant so.",
        "De regel kijkt {window} terug maar de beperking duurt {limit}: wat intussen gebeurt, telt meestal niet mee.",
        "Maak het venster langer of de beperking korter, tenzij het zo bedoeld is.",
        warning=True,
    ),
    "rule_shadowed": Wording(
        "“{rule}” never has its turn: whenever it holds, “{other}” holds too and comes first.",
        "Give it a higher priority, or ask more of “{other}”.",
        "“{rule}” komt nooit aan de beurt: als hij geldt, geldt “{other}” ook, en die gaat voor.",
        "Geef hem een hogere prioriteit, of vraag meer bij “{other}”.",
        warning=True,
    ),
    "multiple_missed": Wording(
        "“every” asks whether the number is a multiple now: what jumps misses it, what stands still is there again.",
        "Give what is due less what was given: “{{less: [{{rate: 1, per: 10, of: …}}, {{measure: earned, …}}]}}”.",
        "“every” vraagt of het getal nu een veelvoud is: wat springt mist het, wat stil blijft staan is er opnieuw.",
        "Geef wat toekomt min wat gegeven is: “{{less: [{{rate: 1, per: 10, of: …}}, {{measure: earned, …}}]}}”.",
        warning=True,
    ),
    "readings_meet": Wording(
        "“{rule}” and “{other}” are two ways to read “{text}”, and both would be live.",
        "Which one is meant? Compare their worked cases, and keep that one, or part them by “only_at” or “runs”.",
        "“{rule}” en “{other}” zijn twee manieren om “{text}” te lezen, en ze zouden allebei gelden.",
        "Welke is bedoeld? Vergelijk hun uitgewerkte gevallen en houd die ene, of scheid ze met “only_at” of “runs”.",
        warning=True,
    ),
    "stock_unset": Wording(
        "“{perk}” is given from a daily stock, and nobody has set any for the coming week at {properties}.",
        "Set it (PUT /v1/stock), or it cannot be given there.",
        "“{perk}” komt uit een dagvoorraad, en niemand heeft er een gezet voor de komende week bij {properties}.",
        "Zet die (PUT /v1/stock), anders is het daar niet te geven.",
        warning=True,
    ),
    "translation_missing": Wording(
        "“{key}” has no text in “{language}”; readers of it see another language.",
        "Add “{language}: …”.",
        "“{key}” heeft geen tekst in “{language}”; lezers daarvan zien een andere taal.",
        "Voeg “{language}: …” toe.",
        warning=True,
    ),
}
