"""What the command line says to people, in English and Dutch."""

from __future__ import annotations

LANGUAGES = ("en", "nl")

_PHRASES: dict[str, tuple[str, str]] = {
    # serve
    "answers": ("Rewards answers at {url}", "Rewards antwoordt op {url}"),
    "addresses": (
        "  API {url}/v1 · document {url}/openapi.json · pages {url}/docs",
        "  API {url}/v1 · document {url}/openapi.json · pagina's {url}/docs",
    ),
    "key": ("  Key {key}", "  Sleutel {key}"),
    "no_key": (
        "  Make a key: rewards keys new --name desk --scope decisions:write",
        "  Maak een sleutel: rewards keys new --name desk --scope decisions:write",
    ),
    "ask_ana": (
        "What does Ana get, who arrives at Harbour Hotel today?",
        "Wat krijgt Ana, die vandaag aankomt in Harbour Hotel?",
    ),
    "seeding": (
        "{guests:,} more guests are seeded in the background; calls are answered meanwhile.",
        "Nog {guests:,} gasten komen er op de achtergrond bij; intussen wordt alles beantwoord.",
    ),
    "ctrl_c": ("Ctrl-C stops all.", "Ctrl-C stopt alles."),
    # operation
    "migrated": ("The tables are at revision {revision}.", "De tabellen staan op revisie {revision}."),
    "backed_up": ("The database is copied to {file}.", "De database is gekopieerd naar {file}."),
    "pg_dump": (
        "This installation is on PostgreSQL; pg_dump makes its backups.",
        "Deze installatie draait op PostgreSQL; pg_dump maakt de reservekopieën.",
    ),
    "key_revoked": ("{key} is revoked.", "{key} is ingetrokken."),
    "no_such_key": ("There is no valid key {key}.", "Er is geen geldige sleutel {key}."),
    "no_keys": ("No keys yet.", "Nog geen sleutels."),
    "revoked": ("revoked", "ingetrokken"),
    "all_properties": ("all hotels", "alle hotels"),
    # doctor
    "good": ("good", "goed"),
    "warning": ("warning", "let op"),
    "bad": ("bad", "fout"),
    "settings_seen": (
        "home {home}, Python {python}, {count} set: {names}",
        "map {home}, Python {python}, {count} ingesteld: {names}",
    ),
    "none_set": ("none", "geen"),
    "sqlite_old": (
        "SQLite {version} may damage a database when two connections checkpoint at once; install pysqlite3",
        "SQLite {version} kan een database beschadigen bij twee checkpoints tegelijk; installeer pysqlite3",
    ),
    "sqlite_normal": (
        "SQLite {version}, synchronous=NORMAL: a power cut may lose the last commits",
        "SQLite {version}, synchronous=NORMAL: bij stroomuitval kunnen de laatste wijzigingen verloren gaan",
    ),
    "sqlite_good": ("SQLite {version}, synchronous=FULL", "SQLite {version}, synchronous=FULL"),
    "postgres_good": ("PostgreSQL {version}: {settings}", "PostgreSQL {version}: {settings}"),
    "postgres_unsafe": (
        "PostgreSQL {version}: {settings}; a crash may lose what was acknowledged",
        "PostgreSQL {version}: {settings}; bij een crash kan bevestigd werk verloren gaan",
    ),
    "postgres_isolation": (
        "PostgreSQL {version}: {settings}; transactions here expect read committed",
        "PostgreSQL {version}: {settings}; de transacties hier verwachten read committed",
    ),
    "schema_good": ("at revision {revision}", "op revisie {revision}"),
    "schema_behind": (
        "at {revision}; run `rewards migrate`",
        "op {revision}; voer `rewards migrate` uit",
    ),
    "nothing_yet": ("nothing yet", "nog niets"),
    "rules_live": ("v{version} of {day}", "v{version} van {day}"),
    "rules_none": ("none are live; `rewards rules publish`", "er gelden er nog geen; `rewards rules publish`"),
    "tallies_made": ("places among guests are known", "plaatsen onder gasten zijn bekend"),
    "tallies_due": (
        "the days of {count:,} guests are still to be added up in the background; until then no place is known",
        "de dagen van {count:,} gasten worden op de achtergrond nog opgeteld; tot dan is geen plaats bekend",
    ),
    "tallies_unknown": ("the tables are not current", "de tabellen zijn niet actueel"),
    "clock_differs": ("{skew:+.3f} s against the database's", "{skew:+.3f} s ten opzichte van de database"),
    # import
    "rows_so_far": ("{rows:,} rows", "{rows:,} rijen"),
    "rows_read": ("{rows:,} rows read", "{rows:,} rijen gelezen"),
    "rows_read_on": ("{rows:,} rows read, from row {first:,} on", "{rows:,} rijen gelezen, vanaf rij {first:,}"),
    "activities_added": (
        "{added:,} activities added, {unchanged:,} known already, {guests:,} new guests",
        "{added:,} activiteiten toegevoegd, {unchanged:,} al bekend, {guests:,} nieuwe gasten",
    ),
    "rows_left_out": ("{count:,} rows left out: {reason}", "{count:,} rijen overgeslagen: {reason}"),
    "rows_rejected": ("{count:,} rows rejected, listed in {file}", "{count:,} rijen geweigerd, zie {file}"),
    "asked": (
        "{asked:,} questions asked, {perks:,} perks given",
        "{asked:,} vragen gesteld, {perks:,} beloningen gegeven",
    ),
    "not_asked": ("{count:,} questions refused: {code}", "{count:,} vragen geweigerd: {code}"),
    # mappings
    "no_mappings": ("No mappings yet.", "Nog geen toewijzingen."),
    "mapping_saved": (
        "“{name}” is saved. Try it: rewards sources mapping test {name} FILE",
        "“{name}” is bewaard. Probeer hem: rewards sources mapping test {name} BESTAND",
    ),
    "mapping_changed": ("“{name}” is changed.", "“{name}” is gewijzigd."),
    "mapping_removed": ("“{name}” is removed.", "“{name}” is verwijderd."),
    "mapping_proposed": (
        "Nothing is saved yet. Mend it in a file of its own, then: rewards sources mapping save {name} FILE",
        "Er is nog niets bewaard. Pas het aan in een bestand, en dan: rewards sources mapping save {name} BESTAND",
    ),
    "row_holds": ("row {row}: {facts}", "rij {row}: {facts}"),
    "row_left_out": ("row {row} is left out: {reason}", "rij {row} wordt overgeslagen: {reason}"),
    "row_refused": ("row {row} is refused: {reason}", "rij {row} wordt geweigerd: {reason}"),
    "rows_tried": (
        "{rows} rows tried, {refused} refused; nothing is recorded.",
        "{rows} rijen geprobeerd, {refused} geweigerd; er is niets vastgelegd.",
    ),
    # history
    "digests_same": (
        "{guests:,} digests, all as the log says.",
        "{guests:,} samenvattingen, alle zoals het logboek zegt.",
    ),
    "digests_differ": (
        "{guests:,} digests, {count:,} differ from the log: {names}",
        "{guests:,} samenvattingen, {count:,} wijken af van het logboek: {names}",
    ),
    "digests_mended": (
        "{guests:,} digests, {count:,} differed from the log and were made anew: {names}",
        "{guests:,} samenvattingen, {count:,} weken af van het logboek en zijn opnieuw gemaakt: {names}",
    ),
    # hotels, guests, plugins
    "no_properties": ("No hotels yet.", "Nog geen hotels."),
    "property_added": ("{name} is there as “{code}”.", "{name} staat er als “{code}”."),
    "property_changed": ("{name} (“{code}”) is changed.", "{name} (“{code}”) is gewijzigd."),
    "merged": (
        "United; `rewards guests unmerge {merge}` parts them again.",
        "Samengevoegd; `rewards guests unmerge {merge}` haalt ze weer uit elkaar.",
    ),
    "linked": ("{guest} and {other} are linked.", "{guest} en {other} zijn verbonden."),
    "linked_already": ("{guest} and {other} were linked already.", "{guest} en {other} waren al verbonden."),
    "unlinked": ("{guest} and {other} are no longer linked.", "{guest} en {other} zijn niet meer verbonden."),
    "unlinked_already": ("{guest} and {other} were not linked.", "{guest} en {other} waren niet verbonden."),
    "links_none": ("Nobody is linked with this guest.", "Niemand is met deze gast verbonden."),
    "unmerged": ("{absorbed} is a guest of its own again.", "{absorbed} is weer een eigen gast."),
    "plugin_sound": ("{name}: sound", "{name}: in orde"),
    "plugin_sound_file": (
        "{name}: sound; {rows:,} rows, {drafts:,} activities",
        "{name}: in orde; {rows:,} rijen, {drafts:,} activiteiten",
    ),
    "plugin_bad": ("{name}: {problem}", "{name}: {problem}"),
    # sources
    "no_sources": ("No source is connected.", "Er is geen bron verbonden."),
    "source_broken": ("left out: {place}: {what}", "overgeslagen: {place}: {what}"),
    "source_on": ("on for {properties}", "aan voor {properties}"),
    "source_off": ("off {properties}", "uit {properties}"),
    "source_never": ("never", "nooit"),
    "source_health": (
        "heard {heard} · {due:,} due, {dead:,} dead, {lag:,} s behind · {undelivered:,} undelivered",
        "gehoord {heard} · {due:,} te doen, {dead:,} opgegeven, {lag:,} s achter · {undelivered:,} niet bezorgd",
    ),
    "source_removed": ("{connection} is removed.", "{connection} is verwijderd."),
    "source_polled": ("{new:,} new notices, {done:,} done.", "{new:,} nieuwe berichten, {done:,} verwerkt."),
    "source_checked": ("The other system answers.", "Het andere systeem antwoordt."),
    "inbox_empty": ("No notices.", "Geen berichten."),
    "source_retried": (
        "{notices:,} notices and {events:,} events are due again.",
        "{notices:,} berichten en {events:,} gebeurtenissen worden opnieuw geprobeerd.",
    ),
    "plugin_made": ("{folder} is there; its tests pass.", "{folder} staat er; de tests slagen."),
    # decisions
    "because": ("    because {condition}", "    want {condition}"),
    "perk_until": ("{title} until {until} ({rule}): {say}", "{title} tot {until} ({rule}): {say}"),
    "nearly": ("nearly {perk} ({rule}): {missing}", "bijna {perk} ({rule}): {missing}"),
    "withheld": ("not {perk} ({rule}): {text}", "niet {perk} ({rule}): {text}"),
    "nothing": ("Nothing, and nothing is near.", "Niets, en er is niets dichtbij."),
    "decided": (
        "{decision}: {state}, {at}, by rules {rule_set}",
        "{decision}: {state}, {at}, volgens regels {rule_set}",
    ),
    "rule_reads": ("The rule “{rule}”: {text}", "De regel “{rule}”: {text}"),
    "facts_read": ("Facts that were read:", "Gelezen feiten:"),
    "replay_differs": ("{decision}: {differences}", "{decision}: {differences}"),
    "replayed": ("{identical:,} of {all:,} decisions identical", "{identical:,} van {all:,} beslissingen gelijk"),
    "replay_erased": ("{count:,} of erased guests", "{count:,} van gewiste gasten"),
    "no_decisions": ("No decisions yet.", "Nog geen beslissingen."),
    "grant_stands": ("{grant} is {state}; {left} is left.", "{grant} is {state}; er is {left} over."),
    "grant_pending": (
        "{grant} {perk} of {rule} waits for {role} until {until}.",
        "{grant} {perk} van {rule} wacht op {role} tot {until}.",
    ),
    "nothing_pending": ("Nothing waits for an approval.", "Niets wacht op goedkeuring."),
    "grant_approved": ("{grant} is approved ({state}).", "{grant} is goedgekeurd ({state})."),
    "grant_refused": ("{grant} is refused; what it took is back.", "{grant} is geweigerd; wat het nam is terug."),
    "grants_extended": (
        "{extended} extended, {before} were before, {unchanged} end no later; {guests} guests looked at.",
        "{extended} verlengd, {before} was het al, {unchanged} loopt niet later af; {guests} gasten bekeken.",
    ),
    "grants_would_extend": (
        "{extended} would be extended, {before} were before, {unchanged} end no later; {guests} guests looked at.",
        "{extended} wordt verlengd, {before} was het al, {unchanged} loopt niet later af; {guests} gasten bekeken.",
    ),
    "grant_reversed": ("{grant} is taken back ({state}).", "{grant} is teruggenomen ({state})."),
    "waits": (
        "{wait}: {perk} for {guest} at {property} (rule {rule}), tried next at {next}, until {until}",
        "{wait}: {perk} voor {guest} in {property} (regel {rule}), wordt weer geprobeerd op {next}, tot {until}",
    ),
    "no_waits": ("Nothing waits.", "Er wacht niets."),
    "wait_stopped": ("{wait} waits no longer.", "{wait} wacht niet meer."),
    "ledger_clean": ("Every invariant of the ledger holds.", "Alles in het grootboek klopt."),
    # rules
    "rules_sound": ("{rules} rules are sound.", "{rules} regels zijn in orde."),
    "rules_unsound": ("Nothing can be published.", "Er kan niets worden gepubliceerd."),
    "cases_played": ("{passed} of {cases} cases come out as they say.", "{passed} van {cases} voorbeelden komen uit."),
    "published": ("v{version} is live. {digest}", "v{version} geldt nu. {digest}"),
    "published_already": ("v{version} says this already. {digest}", "v{version} zegt dit al. {digest}"),
    "no_change": ("Nothing would change.", "Er zou niets veranderen."),
}


def phrase(key: str, language: str, /, **values: object) -> str:
    """A phrase in `en` or `nl` with its values, numbers grouped as the language does; KeyError for an unknown one."""
    english, dutch = _PHRASES[key]
    if language != "nl":
        return english.format(**values)
    return dutch.format(**{name: _Dutch(value) if type(value) is int else value for name, value in values.items()})


def keys() -> tuple[str, ...]:
    """Every phrase, so that a test can hold both languages to the same values."""
    return tuple(_PHRASES)


def both(key: str) -> tuple[str, str]:
    """A phrase in English and Dutch, before its values are filled in."""
    return _PHRASES[key]


class _Dutch(int):
    """A whole number that is grouped by points."""

    def __format__(self, how: str) -> str:
        return super().__format__(how).replace(",", ".")
