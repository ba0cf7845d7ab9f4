"""Words for rules that are well-formed text but do not say something that a rule can say."""

from __future__ import annotations

from rewards.rulelang.wording.entry import Wording

RULES: dict[str, Wording] = {
    "rule_repeated": Wording(
        "The rule “{rule}” stands twice, first on line {line}.",
        "Give one of them another name.",
        "De regel “{rule}” staat er twee keer, het eerst op regel {line}.",
        "Geef een van beide een andere naam.",
    ),
    "counting_repeated": Wording(
        "The counting “{name}” stands twice.",
        "Give one of them another name.",
        "De telwijze “{name}” staat er twee keer.",
        "Geef een van beide een andere naam.",
    ),
    "counting_unknown": Wording(
        "There is no counting “{name}”.",
        "{suggestion}",
        "Er is geen telwijze “{name}”.",
        "{suggestion}",
    ),
    "influence_refused": Wording(
        "“{name}” is an influence score, and those have no place in a rule: the same loyalty always earns the same.",
        "Use what the guest does with us: stays, nights, visits, check-ins, spend or payments.",
        "“{name}” is een invloedscore, en die hoort niet in een regel: dezelfde trouw levert altijd hetzelfde op.",
        "Gebruik wat de gast bij ons doet: verblijven, nachten, bezoeken, check-ins, bestedingen of betalingen.",
    ),
    "fact_unknown": Wording(
        "There is no fact “{name}”.",
        "{suggestion}",
        "Er is geen feit “{name}”.",
        "{suggestion}",
    ),
    "measure_unknown": Wording(
        "There is no measure “{name}”.",
        "{suggestion}",
        "Er is geen meting “{name}”.",
        "{suggestion}",
    ),
    "condition_expected": Wording(
        "A condition is a mapping with one of all, any, not, fact and measure, or “always”; here stands {found}.",
        "Write {{fact: stay.nights, at_least: 2}}, for example.",
        "Een voorwaarde is een blok met all, any, not, fact of measure, of “always”; hier staat {found}.",
        "Schrijf bijvoorbeeld {{fact: stay.nights, at_least: 2}}.",
    ),
    "condition_kind": Wording(
        "A condition has exactly one of all, any, not, fact, measure and amount; this one has {found}.",
        "Put several conditions in the list of an “all” or an “any”.",
        "Een voorwaarde heeft precies één van all, any, not, fact, measure en amount; deze heeft {found}.",
        "Zet meer voorwaarden in de lijst van een “all” of een “any”.",
    ),
    "condition_too_deep": Wording(
        "Conditions stand more than {most} deep in each other here.",
        "Write it as two rules, or in fewer levels.",
        "Voorwaarden zitten hier meer dan {most} diep in elkaar.",
        "Schrijf het als twee regels, of met minder niveaus.",
    ),
    "condition_too_large": Wording(
        "The condition has {size} parts; at most {most} are allowed.",
        "Write it as several rules.",
        "De voorwaarde telt {size} delen; er mogen er hoogstens {most} zijn.",
        "Schrijf het als meer regels.",
    ),
    "operator_missing": Wording(
        "The test of “{name}” compares it with nothing.",
        "Add one of {operators}.",
        "De toets van “{name}” vergelijkt met niets.",
        "Voeg één van {operators} toe.",
    ),
    "operators_many": Wording(
        "The test of “{name}” has several comparisons: {found}.",
        "Keep one; use between for a range, or two tests in an “all”.",
        "De toets van “{name}” heeft meer vergelijkingen: {found}.",
        "Houd er één; gebruik between voor een bereik, of twee toetsen in een “all”.",
    ),
    "operator_not_for_type": Wording(
        "“{operator}” does not fit “{name}”, which is {type}.",
        "Use one of {operators}.",
        "“{operator}” past niet bij “{name}”; dat is {type}.",
        "Gebruik één van {operators}.",
    ),
    "every_never": Wording(
        "This comes round never: the first time after {after} is {first}, past {up_to}.",
        "Raise up_to to at least {first}, or leave it out.",
        "Dit komt nooit voor: de eerste keer na {after} is {first}, voorbij {up_to}.",
        "Verhoog up_to tot minstens {first}, of laat het weg.",
    ),
    "windows_many": Wording(
        "The measure has several windows: {found}.",
        "Keep one; for the larger of two use best_of.",
        "De meting heeft meer tijdvakken: {found}.",
        "Houd er één; gebruik best_of voor het grootste van twee.",
    ),
    "aggregates_many": Wording(
        "The measure is to be reckoned in several ways: {found}.",
        "Keep one; write a second test for the other.",
        "De meting wordt op meer manieren berekend: {found}.",
        "Houd er één; schrijf een tweede toets voor de andere.",
    ),
    "aggregate_not_for_series": Wording(
        "“{aggregate}” cannot be had of {series}.",
        "{advice}",
        "“{aggregate}” bestaat niet van {series}.",
        "{advice}",
    ),
    "key_not_for_measure": Wording(
        "“{key}” has no meaning for {series}.",
        "Leave it out; it belongs to {owners}.",
        "“{key}” betekent niets bij {series}.",
        "Laat het weg; het hoort bij {owners}.",
    ),
    "window_not_for_measure": Wording(
        "“{name}” cannot look over this window: {why}.",
        "Write one that can be looked over, such as {example}.",
        "“{name}” kan niet over dit tijdvak kijken: {why}.",
        "Schrijf er een dat wel kan, zoals {example}.",
    ),
    "scope_not_for_measure": Wording(
        "“{name}” tells who is at one house, the one where the rule is asked.",
        "Leave it out, or write where: here.",
        "“{name}” zegt wie er in één huis is: dat waar de regel wordt gevraagd.",
        "Laat het weg, of schrijf where: here.",
    ),
    "scope_outside": Wording(
        "“{name}” compares guests at hotels of the group; what they all did elsewhere is not known.",
        "Write here, brand, city, country or group, or name hotels.",
        "“{name}” vergelijkt gasten in hotels van de groep; wat ze allemaal elders deden is niet bekend.",
        "Schrijf here, brand, city, country of group, of noem hotels.",
    ),
    "currencies_differ": Wording(
        "The amounts here are in different currencies: {found}.",
        "Write them in one currency.",
        "De bedragen hier staan in verschillende munten: {found}.",
        "Schrijf ze in één munt.",
    ),
    "parameters_contradict": Wording(
        "“{one}” and “{other}” contradict each other: {why}.",
        "{advice}",
        "“{one}” en “{other}” spreken elkaar tegen: {why}.",
        "{advice}",
    ),
    "choice_too_many": Wording(
        "The guest is to choose {count} of {size}: there is nothing to choose.",
        "Offer more than {count}, or give them all without a choice.",
        "De gast kiest {count} uit {size}: er valt niets te kiezen.",
        "Bied er meer dan {count} aan, of geef ze allemaal zonder keuze.",
    ),
    "default_unknown": Wording(
        "“{value}” is none of the options.",
        "{suggestion}",
        "“{value}” is geen van de mogelijkheden.",
        "{suggestion}",
    ),
    "default_ambiguous": Wording(
        "“{value}” stands more than once among the options.",
        "Write its place in the list instead: 1 for the first.",
        "“{value}” staat meer dan één keer bij de mogelijkheden.",
        "Schrijf in plaats daarvan de plaats in de lijst: 1 voor de eerste.",
    ),
    "amount_kind": Wording(
        "An amount is a number, money or a mapping with exactly one operation; this one has {found}.",
        "Write 500, EUR 25, or one of fact, measure, rate, times, percent, sum, less, smallest, largest, bands, "
        "marginal, share, if.",
        "Een bedrag is een getal, geld of een blok met precies één bewerking; dit heeft {found}.",
        "Schrijf 500, EUR 25, of één van fact, measure, rate, times, percent, sum, less, smallest, largest, bands, "
        "marginal, share, if.",
    ),
    "amount_too_deep": Wording(
        "Amounts are nested more than {most} deep here.",
        "Take an operation out, or write it as two rules.",
        "Bedragen staan hier meer dan {most} diep in elkaar.",
        "Haal er een bewerking uit, of schrijf het als twee regels.",
    ),
    "measures_too_many": Wording(
        "The rule reads {size} different measures of a guest; at most {most} are allowed.",
        "Compare one measure several times rather than many once, or write it as several rules.",
        "De regel leest {size} verschillende maten van een gast; er mogen er hoogstens {most} zijn.",
        "Vergelijk liever één maat meermaals dan vele één keer, of schrijf het als meer regels.",
    ),
    "amount_too_large": Wording(
        "The amount has {size} parts; at most {most} are allowed.",
        "Write it as several rules.",
        "Het bedrag telt {size} delen; er mogen er hoogstens {most} zijn.",
        "Schrijf het als meer regels.",
    ),
    "amounts_differ": Wording(
        "Amounts of two kinds meet here: {one} and {other}.",
        "Turn one into the other with a rate, such as {{rate: 10, per: EUR 1, of: …}}.",
        "Hier komen bedragen van twee soorten samen: {one} en {other}.",
        "Maak van het ene het andere met een rate, zoals {{rate: 10, per: EUR 1, of: …}}.",
    ),
    "amount_fact": Wording(
        "“{name}” is {type}, with which nothing can be reckoned.",
        "Use a fact that is a number or an amount of money.",
        "“{name}” is {type}; daar valt niet mee te rekenen.",
        "Gebruik een feit dat een getal of een geldbedrag is.",
    ),
    "amount_not_for_parameter": Wording(
        "“{parameter}” is {type}, but this amount is {found}.",
        "Turn it into the other: {{rate: 10, per: EUR 1, of: …}} or {{rate: EUR 5, per: 1, of: …}}.",
        "“{parameter}” is {type}, maar dit bedrag is {found}.",
        "Maak er het andere van: {{rate: 10, per: EUR 1, of: …}} of {{rate: EUR 5, per: 1, of: …}}.",
    ),
    "amount_currency_unsaid": Wording(
        "This measure spans hotels that may reckon in several currencies, and does not say in which one it is meant.",
        "Add “currency: EUR”, or compare it with an amount in a currency.",
        "Deze meting gaat over hotels die in verschillende munten kunnen rekenen, en zegt niet in welke munt.",
        "Voeg “currency: EUR” toe, of vergelijk met een bedrag in een munt.",
    ),
    "bands_not_rising": Wording(
        "This band does not begin above the one before it.",
        "Write the bands from the lowest to the highest, each once.",
        "Deze band begint niet boven de vorige.",
        "Schrijf de banden van laag naar hoog, elk één keer.",
    ),
    "or_else_too_long": Wording(
        "More than {most} perks stand in one chain of or_else.",
        "Shorten the chain.",
        "Meer dan {most} voordelen staan in één reeks van or_else.",
        "Kort de reeks in.",
    ),
}
