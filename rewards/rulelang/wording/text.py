"""Words for problems of the text itself: YAML that cannot be read, or that we refuse to read."""

from __future__ import annotations

from rewards.rulelang.wording.entry import Wording

TEXT: dict[str, Wording] = {
    "document_too_long": Wording(
        "The file has {size} bytes; at most {most} are read.",
        "Split it into several files.",
        "Het bestand telt {size} bytes; er worden er hoogstens {most} gelezen.",
        "Splits het in meer bestanden.",
    ),
    "document_empty": Wording(
        "The file holds no rule.",
        "Begin a rule with “rule: its-name”.",
        "Het bestand bevat geen regel.",
        "Begin een regel met “rule: de-naam”.",
    ),
    "yaml_syntax": Wording(
        "The text is not well-formed YAML here: {problem}.",
        "{advice}",
        "De tekst is hier geen goede YAML: {problem}.",
        "{advice}",
    ),
    "character_refused": Wording(
        "The character {character} may not stand in a document.",
        "Remove it.",
        "Het teken {character} mag niet in een document staan.",
        "Haal het weg.",
    ),
    "too_deep": Wording(
        "Lists and mappings are nested more than {most} deep here.",
        "Write the condition in fewer levels, or as two rules.",
        "Lijsten en blokken zitten hier meer dan {most} diep in elkaar.",
        "Schrijf de voorwaarde met minder niveaus, of als twee regels.",
    ),
    "too_many_nodes": Wording(
        "The file holds more than {most} values.",
        "Split it into several files.",
        "Het bestand bevat meer dan {most} waarden.",
        "Splits het in meer bestanden.",
    ),
    "too_many_rules": Wording(
        "The file holds more than {most} rules.",
        "Split it into several files.",
        "Het bestand bevat meer dan {most} regels.",
        "Splits het in meer bestanden.",
    ),
    "text_too_long": Wording(
        "This text has {size} characters; at most {most} are allowed.",
        "Shorten it.",
        "Deze tekst telt {size} tekens; er mogen er hoogstens {most} zijn.",
        "Kort hem in.",
    ),
    "anchor_refused": Wording(
        "“{text}” is a YAML anchor or alias; a rule stands written out.",
        "Write the value here in full; a repeated definition goes under “countings:”.",
        "“{text}” is een YAML-anker of -verwijzing; een regel staat voluit geschreven.",
        "Schrijf de waarde hier voluit; een herhaalde telwijze hoort onder “countings:”.",
    ),
    "tag_refused": Wording(
        "“{text}” is a YAML tag; values need none.",
        "Write the value alone.",
        "“{text}” is een YAML-label; waarden hebben dat niet nodig.",
        "Schrijf alleen de waarde.",
    ),
    "key_not_text": Wording(
        "A key must be a single word; here a list or mapping stands in its place.",
        "Write “word: value”.",
        "Een sleutel moet één woord zijn; hier staat een lijst of blok.",
        "Schrijf “woord: waarde”.",
    ),
    "key_repeated": Wording(
        "“{key}” stands twice in one mapping, first on line {line}.",
        "Keep one of them.",
        "“{key}” staat twee keer in één blok, het eerst op regel {line}.",
        "Houd er één.",
    ),
}
