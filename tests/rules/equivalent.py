"""Changed rules that mean the same as the rule, by rule, place and change, each with the reason."""

EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("c13-tasks-handed-out", "when", "custom until 2015-12-31 → 2016-01-01"): (
        "the task can be done up to New Year's Eve, and is not handed out after it"
    ),
    ("c13-tasks-handed-out", "when", "custom until 2015-12-31 → None"): (
        "the task can be done up to New Year's Eve, and is not handed out after it"
    ),
    ("a14-meeting-of-ten-rooms", "when", "nights counting max_rooms → 11"): (
        "ten rooms of one booking are ten already, and more are no more than enough"
    ),
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
    ("c7-two-nights-from-the-second-stay", "give[0].points[0][0][0][1]", "earned ever → within 1 year"): (
        "the offer is younger than a year, and so is everything that was given for it"
    ),
    ("c7-two-nights-from-the-second-stay", "give[0].points[1]", "earned ever → within 1 year"): (
        "the offer is younger than a year, and so is everything that was given for it"
    ),
    ("c8-two-nights-with-the-card", "give[0].points[1]", "earned ever → within 1 year"): (
        "the offer is younger than a year, and so is everything that was given for it"
    ),
    ("c11-two-nights-of-autumn", "give[0].points[1]", "earned ever → within 1 year"): (
        "the offer is younger than a year, and so is everything that was given for it"
    ),
    ("c6-points-since-october", "give[0].points[1]", "earned ever → within 1 year"): (
        "the offer is younger than a year, and so is everything that was given for it"
    ),
    ("c6-chose-double-nights", "when.all[1]", "grants ever → within 1 year"): (
        "the offer is younger than a year, and so is everything that was given for it"
    ),
    ("c6-chose-double-nights", "when.all[1]", "grants → held"): (
        "while an offer can be chosen, every offer that was chosen can still be used"
    ),
    ("c6-chose-points-a-stay", "when.all[1]", "grants ever → within 1 year"): (
        "the offer is younger than a year, and so is everything that was given for it"
    ),
    ("c6-chose-points-a-stay", "when.all[1]", "grants → held"): (
        "while an offer can be chosen, every offer that was chosen can still be used"
    ),
    ("c2-long-stay-as-by-night", "give[0].points[0]", "above 0 percent 1000 → 1001"): (
        "the hundredth part of six nights is dropped when the nights are rounded"
    ),
    ("c2-long-stay-as-by-night", "give[0].points[0]", "above 6 percent 500 → 501"): (
        "the hundredth part of twenty-four nights is dropped when the nights are rounded"
    ),
    ("f8-mayor-with-a-photograph", "when.all[2]", "visits at_most → exactly"): "no place lies before the first",
    ("f10-sitting-mayor-keeps-the-place", "when.all[1]", "visits at_most → exactly"): "no place lies before the first",
    ("f11-a-fifth-off-for-the-mayor", "when.all[1]", "visits at_most → exactly"): "no place lies before the first",
    (
        "f22-only-certified-days-make-a-mayor",
        "when.all[1]",
        "visits at_most → exactly",
    ): "no place lies before the first",
    ("e7-status-of-2019-stays", "limits[0]", "ever → every year"): "the rule lives in one year only",
    ("e7-suite-upgrades-a-year-longer", "limits[0]", "ever → every year"): "the rule lives in one year only",
    ("a10-nights-above-the-level", "limits[0]", "ever → every year"): "the rule lives on one day only",
    ("e3-stamps-of-a-stay", "when", "stay.nights at_least 1 → 0"): "as many stamps as nights are none of no night",
    ("a26-stamps-with-a-pause", "when", "stay.nights at_least 1 → 0"): "as many stamps as nights are none of no night",
}
