"""The maxima of rule documents, each with its reason.

Whatever a person writes by hand is far below them; they are here so that a document can neither exhaust the machine
that reads it nor make a decision slow. Each has a test.
"""

from __future__ import annotations

MAX_DOCUMENT_BYTES = 1_048_576
"""A file of rules: as large as the API's files. A thousand rules fit."""

MAX_DEPTH = 24
"""Lists and mappings inside each other: conditions nest `MAX_CONDITION_DEPTH` deep with two levels each, and more."""

MAX_TREE_NODES = 250_000
"""Scalars, lists and mappings of one file; bounds the memory of reading it. As many rules as `MAX_RULES` fit."""

MAX_SCALAR_CHARACTERS = 2_000
"""One text. The longest that a person reads is what the clerk says."""

MAX_LIST_ITEMS = 1_000
"""Entries of one list or mapping: a group with more properties names brands, cities or countries instead."""

MAX_RULES = 2_000
"""Rules of one file; the compiler's index is built for as many in one rule set."""

MAX_CONDITION_DEPTH = 8
"""`all`, `any` and `not` inside each other; deeper, nobody can read the sentence."""

MAX_CONDITION_NODES = 200
"""Nodes of one condition; bounds the work of one rule in one decision."""

MAX_RULE_MEASURES = 30
"""Different measures of one rule, in its condition and amounts together; each window of `best_of` is one. The dearest
(nights by date) takes 1.5 ms over two thousand activities, so that no rule takes 50; `bench/dearest.py` times it."""

MAX_AMOUNT_DEPTH = 5
"""Amounts inside each other; deeper, nobody can follow the sentence. Within conditions they stay above `MAX_DEPTH`."""

MAX_AMOUNT_NODES = 60
"""Parts of one amount; bounds the work of one perk in one decision."""

MAX_AMOUNT_PARTS = 20
"""Parts of one sum, and bands of one table: an airline's milestones have eleven."""

MAX_AMOUNT = 10**15
"""Largest number in an amount, and the largest that is ever given: a cost reckoned from it stays within 64 bits."""

MAX_TIMES = 1_000
"""Largest whole factor; promotions multiply by ten at most."""

MAX_PERCENT = 100_000
"""Largest percentage, a factor of a thousand."""

MAX_GIVE = 20
"""Outcomes of one rule, and options of one choice."""

MAX_OR_ELSE = 5
"""Perks in one chain of `or_else`."""

MAX_WAIT_DAYS = 365
"""Days that what cannot be had is tried again: stays are booked about a year ahead."""

MAX_LIMITS = 20
"""Limits of one rule; each is an account or a count under the guest's lock."""

MAX_WINDOWS = 4
"""Windows of one `best_of`; each is a measure of its own."""

MAX_LAST = 1_000
"""Newest activities of a measure with `last`; more than that is a window."""

MAX_PERKS = 2_000
"""Entries of one perk catalogue."""

MAX_CASES = 2_000
"""Worked cases of one pack."""

MAX_CASE_ACTIVITIES = 500
"""Activities of one worked case after `times` is spelled out."""

MAX_CASE_LATER = 20
"""Instants at which a worked case looks at what waits."""

MAX_CASE_OTHERS = 1_000
"""Other guests of one worked case after `times` is spelled out: a crowd of 250 and more."""

MAX_CASE_OTHER_ACTIVITIES = 5_000
"""What they all did together."""

MAX_DIAGNOSTICS = 500
"""Problems reported for one file; after that many the file is of another kind altogether."""

MAX_NUMBER = 2**53
"""Largest whole number either way: every JSON reader holds it exactly."""

MAX_WINDOW_DAYS = 36_525
"""Longest rolling window and validity: a hundred years."""

MAX_WINDOW_HOURS = 8_784
"""Longest window of hours: a leap year; longer ones are days."""

MAX_BACK = 100
"""Calendar units a window may lie back."""

MAX_PRIORITY = 1_000_000
"""Largest priority either way."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years a date of a document may have; others are typing errors."""
