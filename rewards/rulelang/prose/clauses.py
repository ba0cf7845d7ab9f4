"""A clause: what a condition says, with or without the guest as its subject, and how clauses join.

In a row of clauses about the guest the subject is said once, and so is the helping verb in English: "a guest has
stayed at least 6 times, booked directly with us and paid nothing late".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.parts import Path, Text, fill, joined, text


@dataclass(frozen=True)
class Clause:
    """The words of a clause after its subject. `guest`: the guest is the subject; `helper`: the verb that helps."""

    body: Text
    guest: bool = False
    helper: str = ""
    path: Path = ()


@dataclass
class Speaker:
    """Tells one rule: a guest when first spoken of, the guest from then on."""

    language: Language
    seen: bool = False

    def subject(self) -> str:
        """How the guest is called at this place."""
        return self.language.words["guest" if self.seen else "guest.first"]

    def say(self, clause: Clause, before: Clause | None = None) -> Text:
        """A whole clause; after a clause of the same subject without the subject."""
        shared = clause.guest and before is not None and before.guest
        helper = "" if shared and before is not None and before.helper == clause.helper else clause.helper
        words = [self.subject() if clause.guest and not shared else "", helper]
        self.seen = True
        head = " ".join(word for word in words if word)
        return (*text(f"{head} " if head else "", clause.path), *clause.body)

    def row(self, clauses: Sequence[Clause], last: str, path: Path) -> Text:
        """Clauses one after the other, `last` before the last."""
        pairs = zip(clauses, (None, *clauses[:-1]), strict=True)
        return joined([self.say(clause, before) for clause, before in pairs], self.language.words["comma"], last, path)


def clause_of(template: str, path: Path, slots: Mapping[str, Text | str]) -> Clause:
    """A clause from its template, whose mark says whether the guest is its subject."""
    if not template.startswith("@"):
        return Clause(fill(template, path, slots), path=path)
    helper, bar, rest = template[1:].partition("|")
    if not bar:
        helper, rest = "", template[1:]
    return Clause(fill(rest, path, slots), True, helper, path)
