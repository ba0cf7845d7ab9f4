"""Changed rules that mean the same as the rule, by rule, place and change, each with the reason."""

EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("f3-first-ten-for-dinner", "when.all[1]", "check-ins exactly → at_most"): (
        "the check-in at hand lies within the hours, so there is never less than one"
    ),
    ("f3-first-ten-for-dinner", "when.all[1]", "check-ins hours (18, 21) → (18, 22)"): (
        "the rule ends at ten, and later check-ins do not exist yet"
    ),
    ("f3-first-ten-for-dinner", "runs", "between (1080, 1320) → (1079, 1320)"): (
        "a check-in before six lies outside the hours, so there is not one"
    ),
    ("g13-five-workouts-running", "when", "custom ever → within 1 year"): (
        "a run of days up to now that is cut at a year is still longer than five"
    ),
    ("g13-weekend-as-both-days-of-one", "when", "spend at_least → exactly"): "a week has two weekend days",
    ("newbie-special", "when.all[1]", "check-ins exactly → at_most"): (
        "the check-in at hand counts, so there is never less than one"
    ),
}
