"""Every key of a rule document: what it takes, what is meant without it, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from rewards.rulelang import limits


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `value` is what it takes, `default` what is meant without it (`needed` where it must stand)."""

    name: str
    value: str
    default: str
    about: str


NEEDED = "needed"
NONE = "–"

RULE = (
    Key("rule", "name", NEEDED, "The rule's id: 1 to 60 small letters, digits and dashes; unique in the rule set."),
    Key("title", "texts", NONE, "What people call the rule, by language (`en`, `nl`)."),
    Key("say", "texts", NONE, "What the clerk says or the guest reads, by language."),
    Key("at", "moment, or a list", NEEDED, "The moments at which the rule is asked: small letters and underscores."),
    Key("only_at", "places", "everywhere", "Where the rule is live."),
    Key("runs", "schedule", "always", "When the rule is live, on the property's clock."),
    Key("when", "condition", NEEDED, "What must be true of the guest, the stay and the moment."),
    Key("give", "outcomes", "needed if alone", "What the guest gets: a perk, a choice, or a list of both."),
    Key("take", "perks", NONE, "What the guest pays or forfeits when the rule gives: a perk, or a list."),
    Key("extend", "extensions", NONE, "What the guest holds and can use longer: an extension, or a list."),
    Key("limits", "list of limits", NONE, "How often the rule gives, and how much it may cost; all of them hold."),
    Key("group", "name", NONE, "Of the rules of one group only the first by priority gives."),
    Key("combines", "true or false", "true", "false: gives only when nothing was given before it, and then ends."),
    Key("priority", "whole number", "0", "Higher first; equal ones by id."),
    Key("evidence", "evidence", NONE, "What the check-in or stay at hand must rest on at least; else it is withheld."),
    Key("reading_of", "name", NONE, "A text that can be read in several ways, of which this rule is one."),
    Key("approval", "role, or {by, within}", NONE, "Who says yes before it is given; until then it is pending."),
)

APPROVAL = (
    Key("by", "role", NEEDED, "The role of an API key that may say yes: 1 to 60 small letters, digits and dashes."),
    Key("within", "days or weeks", "14 days", "How many hotel days there are for it after the one it was asked on."),
)

PLACES = (
    Key("properties", "list of codes", NONE, "These properties."),
    Key("brands", "list of texts", NONE, "Properties of these brands."),
    Key("cities", "list of texts", NONE, "Properties in these cities."),
    Key("countries", "list of two capitals", NONE, "Properties in these countries, ISO 3166."),
)

SCHEDULE = (
    Key("from", "date", "open", "First hotel day, included."),
    Key("until", "date", "open", "Last hotel day, included."),
    Key("on", "weekdays", "every day", "Weekdays of the hotel day."),
    Key("between", "two times", "all day", "Wall clock, the end not included; past midnight where it ends earlier."),
)

CONDITION = (
    Key("all", "list of conditions", NONE, "Every one holds."),
    Key("any", "list of conditions", NONE, "At least one holds."),
    Key("not", "condition", NONE, "It does not hold; what is not known stays not known."),
    Key("fact", "fact", NONE, "Compares a fact with one operator beside it."),
    Key("measure", "series", NONE, "Compares a measure with one operator beside it."),
    Key("amount", "amount", NONE, "Compares what is reckoned with one operator beside it."),
)

AMOUNT = (
    Key("fact", "fact", NONE, "A fact that is a number or money; one below 0 counts as 0."),
    Key("measure", "series", NONE, "A measure with all its keys, compared with nothing."),
    Key("rate", "number or money", NONE, "So much for each whole `per` that lies in `of`."),
    Key("times", "whole number", NONE, f"`of`, so many times, to {limits.MAX_TIMES:,}."),
    Key("percent", "whole number", NONE, f"So many hundredths of `of`, rounded down; to {limits.MAX_PERCENT:,}."),
    Key("sum", "list of amounts", NONE, f"All together; 2 to {limits.MAX_AMOUNT_PARTS} of them."),
    Key("less", "list of amounts", NONE, "The first without the others, never below 0."),
    Key("smallest", "list of amounts", NONE, "The smallest of them: a cap."),
    Key("largest", "list of amounts", NONE, "The largest of them: a top-up."),
    Key("bands", "list of {from, give}", NONE, "What the band gives in which `of` lies; 0 below the first."),
    Key("marginal", "list of {above, percent}", NONE, "Each part of `of` at the percentage of its own slice."),
    Key("share", "amount", NONE, "`of` × this ÷ `whole`, rounded down: pro rata."),
    Key("if", "condition", NONE, "`then` where it holds, `else` where it does not; a range where that is not known."),
)

OPERAND = (
    Key("of", "amount", NEEDED, "What a rate, a factor, a percentage, bands or a share is of."),
    Key("per", "number or money", NEEDED, "Of a rate: for each whole one of these, more than 0."),
    Key("whole", "amount", NEEDED, "Of a share: what it is a share of; of nothing it is not known."),
    Key("from", "number or money", NEEDED, "Of a band: where it begins, itself included."),
    Key("give", "amount", NEEDED, "Of a band: what it gives."),
    Key("then", "amount", NEEDED, "Of `if`: what it comes to where the condition holds."),
    Key("else", "amount", "0", "Of `if`: what it comes to where the condition does not hold."),
    Key("above", "number or money", NEEDED, "Of a slice: it is what lies above this, up to the next slice."),
)

MEASURE = (
    Key(
        "measure",
        "series",
        NEEDED,
        "Which activities; `custom:NAME` for those of a hotel's own; or one among guests, see below.",
    ),
    Key("of", "series", "needed of rank and behind", "What `rank` and `behind` go by."),
    Key("ties", "ties", "shared", "Of `rank`: who is ahead of guests with equal numbers."),
    Key("linked", "kind of link, or a list", "any", "Of companions: how they are linked with the guest."),
    Key("count", "true", "all but spend", "How many of them there are; of spend the number of purchases."),
    Key("average", "true", NONE, "Of spend: the net amount of one purchase on average."),
    Key("largest", "true", NONE, "Of spend: the largest net amount of one purchase."),
    Key("distinct", "dimension", NONE, "How many different ones there are."),
    Key("streak", "day, week, month, year", NONE, "Units in a row up to now; the current one may still be empty."),
    Key("days_since", "last or first", NONE, "Hotel days since the newest or the oldest."),
    Key("first", "true", NONE, "It is the first: a comparison of its own, see below."),
    Key("where", "scope", "here", "Where the activities lie."),
    Key("perk", "code, or a list", "any", "Of what was given: these perks; needed by earned, held and left."),
    Key("rule", "name, or a list", "any", "Of what was given: because of these rules."),
    Key("within", "length", NONE, "Window: the last days, weeks, months or years with today, or the last hours."),
    Key("in", "calendar", NONE, "Window: a whole calendar unit or year up to now."),
    Key("during", "dates", NONE, "Window: fixed hotel days."),
    Key("since", "start", NONE, "Window: from enrolment, or after an earlier grant."),
    Key("ever", "true", "the default", "Window: everything known."),
    Key("best_of", "list of windows", NONE, f"The window with the larger number, of 2 to {limits.MAX_WINDOWS}."),
    Key("by", "attribution", "departure", "Of stays and nights: the date that places them; of held only `arrival`."),
    Key("counting", "name or counting", "default", "What counts as one."),
    Key("evidence", "evidence", NONE, "Of visits, check-ins and custom ones: what they rest on at least."),
    Key("category", "text, or a list", "any", "Of visits, check-ins and spend: place category or outlet."),
    Key("room_class", "text, or a list", "any", "Of stays and nights: the room class."),
    Key("on", "weekdays", "any", "Weekdays of their hotel day; of nights of each night."),
    Key("hours", "two whole hours", "any", "Wall clock of the property, the end not included; not of stays or nights."),
    Key("last", f"1 to {limits.MAX_LAST:,}", "all", "Only the newest so many, after everything else; not of nights."),
    Key("groups", "groups", NONE, "Counts groups of them in place of single ones: those in which the number compares."),
    Key("including", "this", NONE, "Counts what is being decided too: the stay, check-in, visit or purchase at hand."),
    Key(
        "currency", "currency", "that of the amount", "Of spend: the currency reckoned in; the amount says it already."
    ),
)

CALENDAR = (
    Key("unit", "calendar unit", NEEDED, "day, week, month, quarter, year, or membership year."),
    Key("year_from", "month-day", NONE, "In place of unit: a year that begins on this day, such as 03-01."),
    Key("back", "whole number", "0", f"How many units back, to {limits.MAX_BACK}; 1 is the one before."),
)

DATES = (
    Key("from", "date", "open", "First hotel day, included."),
    Key("until", "date", "open", "Last hotel day, included."),
)

VALIDITY = (
    Key("end_of", "calendar unit", NONE, "month, quarter or year, or {year_from: 03-01}: up to the end of that one."),
    Key("plus", "length", "nothing", "So long after that end: 14 months after 2026 is the last of February 2028."),
    Key("until", "date", NONE, "In place of both: the last hotel day."),
)

GROUPS = (
    Key("of", "dimension", NEEDED, "What puts them together, as of `distinct`; day, week, month or year in a row."),
    Key("in_a_row", "true or false", "false", "true: only those in a row up to now; the current one may be lacking."),
    Key("at_least", "number or money", NONE, "The comparison in each group, or any other operator of its type."),
)

SINCE = (
    Key("grant_of", "name of a rule", NEEDED, "After the guest's last grant of this rule; ever if there is none."),
)

EVERY = (
    Key("n", "whole number", NEEDED, "Every so many."),
    Key("after", "whole number", "0", "Counting starts after so many."),
    Key("up_to", "whole number", "without end", "Never past so many."),
)

COUNTING = (
    Key("name", "name", "inline", "A name for the sentence; only where it is written at a measure."),
    Key("merge_adjoining", "true or false", "false", "Stays at one property that touch are one."),
    Key("one_per_day", "true or false", "false", "At most one for each property and hotel day."),
    Key("max_rooms", "whole number", "one", "Nights count for so many rooms of a stay at most."),
    Key("min_nights", "whole number", "0", "Shorter stays do not count."),
    Key("min_amount", "money", NONE, "Activities of a smaller amount do not count."),
    Key("min_amount_per_night", "money", NONE, "Stays that paid less for each night do not count."),
    Key("exclude_channels", "list of texts", NONE, "Booked over these channels does not count."),
    Key("only_channels", "list of texts", NONE, "Only booked over these channels counts."),
    Key("exclude_rates", "list of texts", NONE, "At these rates does not count."),
)

GIVE = (
    Key("perk", "code", NEEDED, "A perk of the catalogue. The code alone may stand in place of the mapping."),
    Key("levels", "1 to 20", NEEDED, "Of upgrades: room classes up."),
    Key("until", "checkout or time", "as the house can", "Of upgrades `checkout`; of late checkouts the time."),
    Key("guaranteed", "true or false", "false", "Of late checkouts: the house must, rather than if it can."),
    Key("quantity", "1 to 1000, or an amount", "1", "Of items: how many."),
    Key("amount", "money, or an amount", NEEDED, "Of credits: how much."),
    Key("points", "whole number, or an amount", NEEDED, "Of points: how many."),
    Key("level", "1 to 10", "1", "Of priority: 1 is helped first."),
    Key("note", "text", NONE, "Of custom perks: what the clerk must know."),
    Key("valid", "validity", "the perk's", "How long it can be used."),
    Key("wait", "wait", NONE, "What cannot be had is tried again; only of what is tried first."),
    Key("or_else", "perk", NONE, f"What is given when it cannot be had; to {limits.MAX_OR_ELSE} perks in a chain."),
)

TAKE = (
    Key("perk", "code", NEEDED, "An item, a credit or points. The code alone may stand in place of the mapping."),
    Key("quantity", "1 to 1000, or an amount", "1", "Of items: how many; what lapses first is taken first."),
    Key("amount", "money, or an amount", NEEDED, "Of credits: how much, of credits in this currency."),
    Key("points", "whole number, or an amount", NEEDED, "Of points: how many, of points of this perk."),
    Key("short", "refuse, part or debt", "refuse", "What becomes of it where there is not enough."),
)

WAIT = (
    Key("from", "day before arrival", "at once", "When it is tried first; before that nothing is."),
    Key("every", "day or hour", "day", "How often it is tried; each day as the hotel day begins."),
    Key("until", "day before arrival, or length", NEEDED, "When trying ends; hours, days or weeks from the answer on."),
)

BEFORE = (
    Key("days_before", "0 to 365", NEEDED, "Days before arrival; 0 is the day of arrival."),
    Key("at", "time", "the hotel day begins", "Wall clock of that day at the property."),
)

CHOOSE = (
    Key("choose", "whole number", NEEDED, "How many the guest takes: fewer than there are."),
    Key("of", "list of perks", NEEDED, "The options."),
    Key("within", "days or weeks", "30 days", "How long the guest has to choose."),
    Key("by", "date", NONE, "In place of within: the last hotel day to choose, whenever it is offered."),
    Key("default", "code or place", "nothing", "Taken after that: an option by its code, or by its place in the list."),
)

EXTEND = (
    Key("perk", "code", NEEDED, "What the guest holds."),
    Key("rule", "name, or a list", "any", "Only what these rules gave."),
    Key("by", "length", "one of two", "It ends so much later."),
    Key("until", "date", "one of two", "It ends with this hotel day, unless it ends later already."),
)

COUNT_LIMIT = (
    Key("per", "guest, stay, property, rule", NEEDED, "Whom the limit counts for; `rule` is everybody."),
    Key("at_most", "whole number", NEEDED, "How often, at least 1; all that the rule gives at once counts once."),
    Key("every", "period", "ever", "stay, day, week, month, quarter, year, a length such as 90 days, or ever."),
)

BUDGET = (
    Key("budget", "money", NEEDED, "What the grants of this rule may cost together, by the unit costs of the perks."),
    Key("every", "calendar unit or ever", "ever", "When the budget comes back."),
    Key("per", "rule or property", "rule", "One budget for all, or one for each property."),
)

PERK = (
    Key("kind", "kind of perk", NEEDED, "Fixes the parameters that a rule may give."),
    Key("title", "texts", NEEDED, "What people call it, by language."),
    Key("cost", "money", NONE, "What one costs the house. Not of credits: they cost their amount."),
    Key("cost_by_brand", "money by brand", NONE, "What one costs at properties of a brand."),
    Key("cost_by_property", "money by code", NONE, "What one costs at a property; the nearest of the three counts."),
    Key("payer", "property or programme", "property", "Who pays."),
    Key(
        "stock",
        "unlimited, daily or nightly",
        "unlimited",
        "daily: the property sets how many there are for each hotel day; nightly: one of each night of the stay.",
    ),
    Key("valid", "validity", "30 days; points 100 years", "How long a grant can be used, unless the rule says."),
    Key("lapses", "idleness", NONE, "Of points: when they lapse, before their end, because nothing happened."),
)

LAPSES = (
    Key("after", "length", NEEDED, "So long without any of these."),
    Key("without", "list", NEEDED, "Series such as stays or custom:NAME; earning such points; spending any."),
    Key("paused", "dates", NONE, "Days that do not count."),
)

CASE = (
    Key("case", "text", NEEDED, "The name: what it shows."),
    Key("why", "text", NONE, "Why, where it is odd."),
    Key("rule", "name", NEEDED, "The rule it is about."),
    Key("moment", "moment", NEEDED, "The moment asked about."),
    Key(
        "as_of", "day or instant", NEEDED, "When, by the property's wall clock: 2026-11-22 (noon) or 2026-11-22T14:03."
    ),
    Key("property", "property", "Harbour Hotel", "Where."),
    Key("properties", "list of properties", NONE, "Other houses that activities name."),
    Key("enrolled", "date", "never", "The hotel day on which the guest joined."),
    Key("guest", "guest", NONE, "birthday, country, language, verified, attributes."),
    Key("activities", "list of activities", NONE, "What the guest did."),
    Key("others", "list of other guests", NONE, "Who else was there; only measures among guests look at them."),
    Key("grants", "list of grants", NONE, "What the guest was given before."),
    Key("stay", "stay", NONE, "The stay at hand, as the front desk states it."),
    Key("checkin", "{evidence, category}", NONE, "The check-in at hand."),
    Key("spend", "{amount, outlet}", NONE, "The purchase at hand."),
    Key("request", "request", NONE, "The request at hand."),
    Key("stock", "numbers by perk", "enough", "How many there are on the day of the case."),
    Key("then", "list of instants", NONE, "What becomes of what waits."),
    Key("covered", "true or false", "true", "Whether the history is complete; false without sources."),
    Key("known_from", "date", NONE, "In place of covered: the day from which it is complete."),
    Key("expect", "answer", NEEDED, "granted (given, or taken), waiting, pending, not_granted, withheld or unknown."),
    Key("perks", "list of codes", "any", "What is given; an empty list for nothing."),
    Key(
        "gives",
        "list of {perk, points}",
        "any",
        "What is given, how much of it, and until when.",
    ),
    Key("takes", "list of {perk, points}", "any", "What is taken and how much; an empty list for nothing."),
    Key("extends", "list of {perk, until}", "any", "All that can be used longer, and the last day of each."),
    Key("missing", "text", "any", "A piece of the English near miss."),
)

CASE_PROPERTY = (
    Key("code", "name", "harbour", "Its code."),
    Key("brand", "text", "harbour", "Its brand."),
    Key("city", "text", "Rotterdam", "Its city."),
    Key("country", "text", "NL", "Its country."),
    Key("zone", "text", "Europe/Amsterdam", "Its time zone, IANA."),
    Key("currency", "currency", "EUR", "Its currency."),
    Key("room_classes", "list of texts", "standard, superior, suite", "From the plainest to the best."),
    Key("kind", "text", "hotel", "What sort of house it is."),
    Key("rollover_hour", "0 to 12", "4", "The hour at which its hotel day changes."),
)

CASE_ACTIVITY = (
    Key("kind", "kind", NEEDED, "stay, visit, check_in, spend, payment, referral or custom."),
    Key("day", "date", "one of three", "The hotel day; of a stay its departure."),
    Key("at", "instant", "one of three", "The wall clock, where the hour matters."),
    Key("days_ago", "whole number", "one of three", "Days before the day of the case."),
    Key("times", "whole number", "1", "So many of them, each earlier than the one before …"),
    Key("days_apart", "whole number", "0", "… by so many days."),
    Key("nights", "whole number", "1 of a stay", "Nights of a stay."),
    Key("rooms", "whole number", "1", "Rooms of a stay."),
    Key("amount", "money", NONE, "What was paid."),
    Key("property", "name", "the case's", "Where; one of `properties`."),
    Key("place", "text", NONE, "A place outside the group, in place of a property."),
    Key("category", "text", NONE, "Outlet, place category, or the name of a custom activity."),
    Key("evidence", "evidence", "as usual", "What it rests on: witnessed of check-ins, recorded of all others."),
    Key("on_time", "true or false", NONE, "Of a payment."),
    Key("channel", "text", NONE, "How it was booked."),
    Key("rate_code", "text", NONE, "The rate."),
    Key("room_class", "text", NONE, "The room class."),
)

CASE_GRANT = (
    Key("day", "date", NEEDED, "The hotel day on which it was given."),
    Key("rule", "name", "the case's", "The rule that gave it."),
    Key("perk", "code", "the first of the rule", "What was given."),
    Key("quantity", "whole number", "1", "How much: points, items, minor units of a credit."),
    Key("used", "whole number", "0", "How much of it was used or spent already."),
    Key("until", "date", "for ever", "The last hotel day on which it can be used."),
    Key("property", "code", "the case's", "Where."),
)

CASE_LATER = (
    Key("at", "day or instant", NEEDED, "By when; each later than the one before."),
    Key("stock", "numbers by perk", "enough", "How many there are at each try since the instant before."),
    Key("expect", "answer", NEEDED, "granted, waiting or not_granted: given since, still waiting, or over."),
    Key("perks", "list of codes", "any", "What was given since; an empty list for nothing."),
    Key("back", "list of codes", "any", "Of what was taken for it what came back since."),
)

CASE_OTHER = (
    Key("guest", "text", NEEDED, "What the case calls them; no two alike."),
    Key("linked", "kind of link, or a list", NONE, "How they are linked with the guest who asks."),
    Key("activities", "list of activities", NONE, "What they did."),
    Key("times", "whole number", "1", "So many guests who did the same, numbered."),
)

CASE_STAY = (
    Key("reservation", "text", NONE, "The reservation."),
    Key("arrival", "date", NONE, "First hotel day."),
    Key("departure", "date", NONE, "Last hotel day."),
    Key("room_class", "text", NONE, "The class that was booked."),
    Key("channel", "text", NONE, "How it was booked."),
    Key("rate_code", "text", NONE, "The rate."),
    Key("rooms", "whole number", NONE, "Rooms."),
    Key("adults", "whole number", NONE, "Adults."),
    Key("children", "whole number", NONE, "Children."),
    Key("amount", "money", NONE, "Room revenue expected."),
    Key("purpose", "text", NONE, "leisure or business."),
    Key("free_classes", "list of texts", "not said", "Room classes that are free now, the best last."),
    Key("own_name", "true or false", "not said", "Whether it is booked in the guest's name."),
    Key("own_room", "true or false", "not said", "Whether the guest sleeps in the room asked about."),
    Key("own_email", "true or false", "not said", "Whether it was booked with an e-mail address of the guest."),
)

CASE_REQUEST = (
    Key("topic", "text", NONE, "What it is about."),
    Key("severity", "1 to 5", NONE, "How grave it is."),
    Key("points", "whole number", NONE, "The points that the desk asks for."),
    Key("amount", "money", NONE, "The money that the desk asks for."),
    Key("role", "role", "none", "The role of who asks."),
)
