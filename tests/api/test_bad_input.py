"""What cannot be right is refused with the field named, leaves nothing, and is never our failure. On both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.client import Answer, Api, stay_item
from tests.stage import question

KNOWN = "card:00412"
DEEP = b"[" * 100_000 + b"]" * 100_000
HUGE = b'{"guest": ' + b"9" * 5_000 + b"}"
INFINITE = "1e999"


@pytest.fixture(scope="module")
def api(settled: Api) -> Api:
    """The API with one guest, whom everything here concerns."""
    settled.stays(KNOWN, 10)
    return settled


def refused(api: Api, answer: Answer, before: dict[str, int]) -> tuple[int, str, str | None]:
    """A refusal that left nothing: status, code and field."""
    assert 400 <= answer.status < 500, (answer.status, answer.data)
    told = answer.json
    assert {"type", "code", "title", "status", "detail"} <= set(told)
    assert (told["status"], told["type"]) == (answer.status, f"urn:rewards:problem:{told['code']}")
    assert len(answer.data) < 20_000
    after = api.rows()
    assert {name: rows for name, rows in after.items() if name != "idempotency"} == before
    return answer.status, answer.code, told.get("field")


@pytest.fixture
def before(api: Api) -> dict[str, int]:
    return {name: rows for name, rows in api.rows().items() if name != "idempotency"}


def asked(**changes: Any) -> dict[str, Any]:
    return question(KNOWN) | changes


def stay(**changes: Any) -> dict[str, Any]:
    return question(KNOWN, stay=changes)


QUESTIONS: dict[str, tuple[Any, int, str, str | None]] = {
    "a list": ([], 422, "field_invalid", None),
    "nothing": (None, 422, "field_invalid", None),
    "a text": ("arrival", 422, "field_invalid", None),
    "no guest": ({"property": "harbour", "moment": "arrival", "mode": "commit"}, 422, "field_invalid", "guest"),
    "an unknown field": (asked(klout=99), 422, "field_invalid", "klout"),
    "an unknown field of the stay": (stay(suite=True), 422, "field_invalid", "stay.suite"),
    "a number for a guest": (asked(guest=412), 422, "field_invalid", "guest"),
    "an empty guest": (asked(guest=""), 422, "field_invalid", "guest"),
    "a guest without a kind": (asked(guest=":00412"), 422, "field_invalid", "guest"),
    "a guest without a value": (asked(guest="card:"), 422, "field_invalid", "guest"),
    "a kind with blanks": (asked(guest="my card:1", enrol=True), 422, "field_invalid", "guest"),
    "an influence account": (asked(guest="klout:ana", enrol=True), 422, "influence_refused", "guest"),
    "an unknown identity": (asked(guest="card:nobody"), 404, "guest_unknown", "guest"),
    "an unknown id": (asked(guest="gst_nobody"), 404, "guest_unknown", "guest"),
    "an unknown property": (asked(property="atlantis"), 404, "property_unknown", "property"),
    "an unknown mode": (asked(mode="maybe"), 422, "field_invalid", "mode"),
    "a moment with capitals": (asked(moment="Arrival"), 422, "field_invalid", "moment"),
    "a moment with a line end": (asked(moment="arrival\n"), 422, "field_invalid", "moment"),
    "an unknown language": (asked(language="fr"), 422, "field_invalid", "language"),
    "a text for a yes": (asked(enrol="yes"), 422, "field_invalid", "enrol"),
    "a NUL in the guest": (asked(guest="card:\x00"), 422, "field_invalid", "guest"),
    "half a character": (asked(guest="card:\ud800"), 422, "field_invalid", "guest"),
    "half a character in a name": (asked(**{"\udfff": 1}), 422, "field_invalid", None),
    "a control character": (stay(reservation="R\x07"), 422, "field_invalid", "stay.reservation"),
    "a line end": (stay(reservation="R-1\n"), 422, "field_invalid", "stay.reservation"),
    "a guest of 201 letters": (asked(guest="card:" + "x" * 196), 422, "field_invalid", "guest"),
    "negative nights": (stay(arrival="2026-11-24", departure="2026-11-22"), 422, "field_invalid", "stay.departure"),
    "a stay of years": (stay(departure="2028-11-22"), 422, "field_invalid", "stay.departure"),
    "an ancient stay": (stay(arrival="0001-01-01", departure="0001-01-02"), 422, "time_out_of_range", "stay.arrival"),
    "a stay at the end of time": (
        stay(arrival="9999-12-30", departure="9999-12-31"), 422, "time_out_of_range", "stay.arrival",
    ),
    "a day that is none": (stay(arrival="2026-02-30"), 422, "field_invalid", "stay.arrival"),
    "a day as a number": (stay(arrival=20261122), 422, "field_invalid", "stay.arrival"),
    "no rooms": (stay(rooms=0), 422, "field_invalid", "stay.rooms"),
    "half a room": (stay(rooms=1.5), 422, "field_invalid", "stay.rooms"),
    "one room as a fraction": (stay(rooms=1.0), 422, "field_invalid", "stay.rooms"),
    "a room as yes": (stay(rooms=True), 422, "field_invalid", "stay.rooms"),
    "a negative price": (stay(amount_minor=-1, currency="EUR"), 422, "field_invalid", "stay.amount_minor"),
    "a huge price": (stay(amount_minor=2**53 + 1), 422, "field_invalid", "stay.amount_minor"),
    "a price past all integers": (stay(amount_minor=2**70), 422, "field_invalid", "stay.amount_minor"),
    "a price in words": (stay(amount_minor="100"), 422, "field_invalid", "stay.amount_minor"),
    "a currency without a rate": (stay(amount_minor=100, currency="USD"), 422, "rate_unknown", "stay.currency"),
    "a currency that is none": (stay(amount_minor=100, currency="QQQ"), 422, "currency_unknown", "stay.currency"),
    "a currency in small letters": (stay(amount_minor=100, currency="eur"), 422, "field_invalid", "stay.currency"),
    "classes that are no list": (stay(free_classes="suite"), 422, "field_invalid", "stay.free_classes"),
    "too many classes": (stay(free_classes=["suite"] * 51), 422, "field_invalid", "stay.free_classes"),
    "as of another instant": (asked(as_of="2026-11-01T00:00:00Z"), 422, "field_invalid", "as_of"),
    "an unknown activity": (asked(activity="act_nothing"), 404, "activity_unknown", "activity"),
    "severity 6": (asked(severity=6), 422, "field_invalid", "severity"),
    "a hold of no minutes": (asked(mode="hold", hold_minutes=0), 422, "field_invalid", "hold_minutes"),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_cannot_be_right(api: Api, before: dict[str, int], name: str) -> None:
    body, status, code, field = QUESTIONS[name]
    told = refused(api, api.post("/decisions", data=json.dumps(body).encode()), before)
    assert told == (status, code, field)


PREVIEWS: dict[str, tuple[dict[str, Any], str]] = {
    "the year 1969": ({"as_of": "1969-12-31T23:59:59Z"}, "time_out_of_range"),
    "the year 1": ({"as_of": "0001-01-01T00:00:00+23:59"}, "time_out_of_range"),
    "the end of time": ({"as_of": "9999-12-31T23:59:59-23:59"}, "time_out_of_range"),
    "ten years ahead": ({"as_of": "2036-11-22T00:00:00Z"}, "time_out_of_range"),
    "no zone": ({"as_of": "2026-11-22T00:00:00"}, "field_invalid"),
    "a day": ({"as_of": "2026-11-22"}, "field_invalid"),
    "a number": ({"as_of": 1_795_000_000}, "field_invalid"),
}


@pytest.mark.parametrize("name", PREVIEWS)
def test_a_preview_as_of_an_impossible_instant(api: Api, before: dict[str, int], name: str) -> None:
    changes, code = PREVIEWS[name]
    told = refused(api, api.post("/decisions", asked(mode="preview", **changes)), before)
    assert told == (422, code, "as_of")


@pytest.mark.parametrize("as_of", ["1970-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "2031-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("moment", ["arrival", "checkout", "request", "scheduled"])
def test_a_preview_at_the_edges_of_time_is_answered(api: Api, as_of: str, moment: str) -> None:
    for known in ({}, {"known_at": "0001-01-01T00:00:00Z"}, {"known_at": "9999-12-31T00:00:00Z"}):
        body = question(KNOWN, mode="preview", moment=moment, as_of=as_of, **known)
        assert api.post("/decisions", body).status == 200


BYTES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "malformed_json"),
    "half an object": (b'{"guest": "card:1"', 400, "malformed_json"),
    "two values": (b"{} {}", 400, "malformed_json"),
    "a comma too many": (b'{"guest": "card:1",}', 400, "malformed_json"),
    "single quotes": (b"{'guest': 1}", 400, "malformed_json"),
    "NaN": (b'{"guest": NaN}', 400, "malformed_json"),
    "Infinity": (b'{"severity": -Infinity}', 400, "malformed_json"),
    "a line end in a text": (b'{"guest": "card:\n"}', 400, "malformed_json"),
    "a NUL byte": (b'{"guest": "card:\x00"}', 400, "malformed_json"),
    "a byte order mark": (b'\xef\xbb\xbf{"guest": "card:1"}', 400, "malformed_json"),
    "UTF-16": ('{"guest": "card:1"}'.encode("utf-16"), 400, "malformed_json"),
    "bytes that are no UTF-8": (b'{"guest": "card:\xff"}', 400, "malformed_json"),
    "half a character in UTF-8": (b'{"guest": "card:\xed\xa0\x80"}', 400, "malformed_json"),
    "thousands of digits": (HUGE, 400, "malformed_json"),
    "a key twice": (b'{"guest": "card:1", "guest": "card:2"}', 400, "duplicate_key"),
    "a key twice deep inside": (b'{"stay": {"rooms": 1, "rooms": 2}}', 400, "duplicate_key"),
    "half a character twice": (b'{"\\ud800": 1, "\\ud800": 2}', 400, "duplicate_key"),
    "33 levels": (b'{"guest": ' + b"[" * 33 + b"]" * 33 + b"}", 400, "body_too_deep"),
    "2 MB": (b'{"guest": "' + b"x" * 2_000_000 + b'"}', 413, "body_too_large"),
    "a hundred thousand levels": (DEEP, 413, "body_too_large"),
    "all levels that fit": (DEEP[:30_000] + DEEP[-30_000:], 400, "body_too_deep"),
}


@pytest.mark.parametrize("path", ["/decisions", "/guests"])
@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_body(api: Api, before: dict[str, int], name: str, path: str) -> None:
    data, status, code = BYTES[name]
    assert refused(api, api.post(path, data=data), before)[:2] == (status, code)


def test_a_hundred_thousand_levels_within_a_large_body(api: Api, before: dict[str, int]) -> None:
    for path in ("/activities", "/decisions/batch", "/rule-sets/check", "/rule-sets/publish"):
        assert refused(api, api.post(path, data=DEEP), before)[:2] == (400, "body_too_deep")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"]
)
def test_another_media_type(api: Api, before: dict[str, int], kind: str) -> None:
    for path in ("/decisions", "/activities", "/rule-sets/check"):
        answer = api.post(path, data=b"{}", headers={"Content-Type": kind})
        assert refused(api, answer, before)[:2] == (415, "media_type_unsupported")
    compressed = api.post("/decisions", data=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert refused(api, compressed, before)[:2] == (415, "media_type_unsupported")


def activity(**changes: Any) -> dict[str, Any]:
    return stay_item(KNOWN, 5) | {"key": "a-key-of-a-bad-fact"} | changes


def spend(**changes: Any) -> dict[str, Any]:
    return {
        "key": "a-key-of-a-bad-spend", "kind": "spend", "guest": KNOWN, "property": "harbour", "day": "2026-11-20",
        "amount_minor": 100, "currency": "EUR",
    } | changes  # fmt: skip


ACTIVITIES: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "an unknown kind": (activity(kind="tweet"), 422, "field_invalid", "activities.0.kind"),
    "a reversal by the back door": (activity(kind="reversal"), 422, "field_invalid", "activities.0.kind"),
    "followers": (activity(followers=12), 422, "field_invalid", "activities.0.followers"),
    "an influence account": (activity(guest="klout:ana"), 422, "influence_refused", "guest"),
    "an unknown property": (activity(property="atlantis"), 404, "property_unknown", "property"),
    "nights below zero": (activity(nights=-1), 422, "field_invalid", "activities.0.nights"),
    "a departure before the arrival": (activity(arrival="2026-11-21"), 422, "field_invalid", "departure"),
    "an ancient stay": (activity(arrival="0001-01-01", departure="0001-01-03"), 422, "time_out_of_range", "arrival"),
    "a stay to come": (activity(arrival="2026-12-24", departure="2026-12-26"), 422, "time_out_of_range", "arrival"),
    "the end of time": (activity(occurred_at="9999-12-31T23:59:59-23:59"), 422, "time_out_of_range", "occurred_at"),
    "the beginning": (activity(occurred_at="0001-01-01T00:00:00+23:59"), 422, "time_out_of_range", "occurred_at"),
    "no zone": (activity(occurred_at="2026-11-20T00:00:00"), 422, "field_invalid", "activities.0.occurred_at"),
    "no time at all": (activity(arrival=None, departure=None), 422, "field_invalid", "occurred_at"),
    "a spend of nothing said": (spend(amount_minor=None), 422, "field_invalid", "amount_minor"),
    "a spend below zero": (spend(amount_minor=-5), 422, "field_invalid", "activities.0.amount_minor"),
    "a fraction of a cent": (spend(amount_minor=0.5), 422, "field_invalid", "activities.0.amount_minor"),
    "no currency": (spend(currency=None), 422, "field_invalid", "currency"),
    "a currency that is none": (spend(currency="QQQ"), 422, "currency_unknown", "currency"),
    "a currency without a rate": (spend(currency="USD"), 422, "rate_unknown", "currency"),
    "a payment that says nothing": (activity(kind="payment"), 422, "field_invalid", "on_time"),
    "evidence by hearsay": (activity(evidence="hearsay"), 422, "field_invalid", "activities.0.evidence"),
    "an attribute of lists": (activity(attributes={"a": [1]}), 422, "field_invalid", "activities.0.attributes"),
    "an endless attribute": (activity(attributes={"a": 10**30}), 422, "field_invalid", "activities.0.attributes"),
    "a nameless attribute": (activity(attributes={"": 1}), 422, "field_invalid", "activities.0.attributes"),
    "an endless text": (activity(channel="x" * 201), 422, "field_invalid", "activities.0.channel"),
    "a control character": (activity(room_class="a\tb"), 422, "field_invalid", "activities.0.room_class"),
    "a NUL": (activity(room_class="a\x00b"), 422, "field_invalid", "activities.0.room_class"),
    "ten identities too many": (activity(identities=["a:b"] * 10), 422, "field_invalid", "activities.0.identities"),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIVITIES)
def test_an_activity_that_cannot_be_right_keeps_its_neighbours_out(api: Api, before: dict[str, int], name: str) -> None:
    bad, status, code, field = ACTIVITIES[name]
    alone = refused(api, api.post("/activities", {"activities": [bad]}), before)
    assert alone == (status, code, field)
    good = stay_item("card:neighbour", 3)
    beside = refused(api, api.post("/activities", {"activities": [good, bad]}), before)
    assert beside == (status, code, field.replace(".0.", ".1."))


def test_a_list_without_end_is_refused_before_it_is_read(api: Api, before: dict[str, int]) -> None:
    body = {"activities": [{}] * 200_000}
    assert refused(api, api.post("/activities", body), before) == (422, "field_invalid", "activities")
    assert refused(api, api.post("/decisions/batch", {"questions": [0] * 501}), before)[:2] == (422, "field_invalid")


OTHERS: dict[str, tuple[str, str, Any, int, str, str | None]] = {
    "stock below zero": (
        "PUT", "/stock", {"property": "harbour", "perk": "cake", "day": "2026-11-22", "quantity": -1}, 422,
        "field_invalid", "quantity",
    ),
    "stock of an ancient day": (
        "PUT", "/stock", {"property": "harbour", "perk": "cake", "day": "0001-01-01", "quantity": 1}, 422,
        "time_out_of_range", "day",
    ),
    "stock of no perk": (
        "PUT", "/stock", {"property": "harbour", "perk": "moon", "day": "2026-11-22", "quantity": 1}, 404,
        "perk_unknown", "perk",
    ),
    "stock of a day that is none": (
        "GET", "/stock?property=harbour&perk=cake&day=2026-02-30", None, 422, "field_invalid", "day",
    ),
    "stock of which day": ("GET", "/stock?property=harbour&perk=cake", None, 422, "field_invalid", "day"),
    "a guest born tomorrow": (
        "POST", "/guests", {"identities": ["card:x"], "birthday": "2026-11-23"}, 422, "time_out_of_range", "birthday",
    ),
    "a guest born in the year 1": (
        "POST", "/guests", {"identities": ["card:x"], "birthday": "0001-01-01"}, 422, "time_out_of_range", "birthday",
    ),
    "a guest without a name": ("POST", "/guests", {"identities": []}, 422, "field_invalid", "identities"),
    "a guest that is there": ("POST", "/guests", {"identities": [KNOWN]}, 409, "identity_taken", "identities"),
    "a guest of an influence account": (
        "POST", "/guests", {"identities": ["klout:1"]}, 422, "influence_refused", "guest",
    ),
    "a country of three letters": (
        "POST", "/guests", {"identities": ["card:x"], "country": "NLD"}, 422, "field_invalid", "country",
    ),
    "a zone that is a folder": (
        "PUT", "/properties/new", {"name": "New", "brand": "b", "zone": "Europe", "currency": "EUR"}, 422,
        "zone_unknown", "zone",
    ),
    "a zone outside": (
        "PUT", "/properties/new", {"name": "N", "brand": "b", "zone": "../../etc/passwd", "currency": "EUR"}, 422,
        "zone_unknown", "zone",
    ),
    "a property nowhere": (
        "PUT", "/properties/new", {"name": "New", "brand": "b", "zone": "Europe/Paris", "currency": "EUR"}, 422,
        "field_invalid", "city",
    ),
    "a property north of the pole": (
        "PUT", "/properties/new",
        {"name": "N", "brand": "b", "zone": "UTC", "currency": "EUR", "position": {"latitude": 91, "longitude": 0}},
        422, "field_invalid", "position.latitude",
    ),
    "a code in capitals": (
        "PUT", "/properties/NEW", {"name": "N", "brand": "b", "zone": "UTC", "currency": "EUR"}, 422,
        "field_invalid", "code",
    ),
    "an address without a geocoder": (
        "PUT", "/properties/new", {"name": "N", "brand": "b", "zone": "UTC", "currency": "EUR", "address": "Dam 1"},
        404, "address_unknown", "address",
    ),
    "coverage from the beginning of time": (
        "PUT", "/properties/harbour/coverage", {"kind": "stay", "known_from": "0001-01-01T00:00:00+23:59"}, 422,
        "time_out_of_range", "known_from",
    ),
    "coverage up to the end of time": (
        "PUT", "/properties/harbour/coverage",
        {"kind": "stay", "complete": True, "heard_at": "9999-12-31T23:59:59-23:59"}, 422, "time_out_of_range",
        "heard_at",
    ),
    "coverage from when": ("PUT", "/properties/harbour/coverage", {"kind": "stay"}, 422, "field_invalid", "known_from"),
    "a rate of nothing": (
        "POST", "/exchange-rates", {"base": "USD", "quote": "EUR", "day": "2026-11-01", "numerator": 1,
                                    "denominator": 0}, 422, "field_invalid", "denominator",
    ),
    "a rate of the future": (
        "POST", "/exchange-rates", {"base": "USD", "quote": "EUR", "day": "9999-12-31", "numerator": 1,
                                    "denominator": 1}, 422, "time_out_of_range", "day",
    ),
    "a rate of no currency": (
        "POST", "/exchange-rates", {"base": "QQQ", "quote": "EUR", "day": "2026-11-01", "numerator": 1,
                                    "denominator": 1}, 422, "currency_unknown", "base",
    ),
    "a scope that is none": ("POST", "/keys", {"name": "k", "scopes": ["all"]}, 422, "field_invalid", "scopes"),
    "a key to nowhere": (
        "POST", "/keys", {"name": "k", "scopes": ["admin"], "properties": ["atlantis"]}, 404, "property_unknown",
        "properties",
    ),
    "points below zero": (
        "POST", f"/guests/{KNOWN}/points/spend", {"points": -1, "reference": "r"}, 422, "field_invalid", "points",
    ),
    "more points than there are": (
        "POST", f"/guests/{KNOWN}/points/spend", {"points": 1, "reference": "r"}, 409, "balance_too_low", "points",
    ),
    "a union with oneself": (
        "POST", f"/guests/{KNOWN}/merge", {"absorbed": KNOWN, "reason": "r"}, 409, "merge_invalid", "absorbed",
    ),
    "the undoing of no union": ("POST", "/guests/unmerge", {"merge": "mrg_x"}, 409, "merge_invalid", "merge"),
    "a body where none is read": (
        "POST", f"/guests/{KNOWN}/enrol", {"enrol": True}, 422, "field_invalid", None,
    ),
    "a grant that is none": ("POST", "/grants/gnt_x/deliver", {}, 404, "grant_unknown", "grant"),
    "a decision that is none": ("POST", "/decisions/dec_x/confirm", None, 404, "decision_unknown", "decision"),
    "a job that is none": ("GET", "/jobs/job_x", None, 404, "not_found", "job"),
    "a rule set that is none": ("GET", "/rule-sets/99999999999999999999", None, 404, "rule_set_unknown", "version"),
    "a rule set in words": ("GET", "/rule-sets/newest", None, 404, "rule_set_unknown", "version"),
    "rules that are no text": (
        "POST", "/rule-sets/publish", {"rules": ["rule"], "perks": ""}, 422, "field_invalid", "rules",
    ),
    "rules with a NUL": (
        "POST", "/rule-sets/publish", {"rules": "rule: \x00", "perks": "{}"}, 422, "field_invalid", "rules",
    ),
    "progress at no property": ("GET", f"/guests/{KNOWN}/progress", None, 422, "field_invalid", "property"),
    "progress at an unknown one": (
        "GET", f"/guests/{KNOWN}/progress?property=atlantis", None, 404, "property_unknown", "property",
    ),
    "a parameter that is none": ("GET", "/guests?sort=name", None, 422, "field_invalid", "sort"),
    "a parameter twice": ("GET", "/guests?limit=1&limit=2", None, 422, "field_invalid", "limit"),
    "a parameter without end": ("GET", f"/decisions?guest={'x' * 501}", None, 422, "field_invalid", "guest"),
    "a NUL in a parameter": ("GET", "/decisions?guest=card:%00", None, 422, "field_invalid", "guest"),
    "a NUL in an address": ("GET", "/guests/card:%00", None, 404, "not_found", None),
    "bytes that are no text in an address": ("GET", "/guests/card:%FF", None, 404, "guest_unknown", "guest"),
    "an address too deep": ("GET", "/a/b/c/d/e/f/g", None, 404, "not_found", None),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_anything_else_that_cannot_be_right(api: Api, before: dict[str, int], name: str) -> None:
    method, path, body, status, code, field = OTHERS[name]
    assert refused(api, api.call(method, path, body), before) == (status, code, field)


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "ten", "", "0001009999", "١", "1e2"])
@pytest.mark.parametrize("path", ["/guests", "/decisions", "/audit", "/rule-sets", f"/guests/{KNOWN}/grants"])
def test_a_limit_that_is_none(api: Api, before: dict[str, int], path: str, limit: str) -> None:
    assert refused(api, api.get(f"{path}?limit={limit}"), before) == (422, "field_invalid", "limit")


@pytest.mark.parametrize(
    "cursor",
    ["", "!!!!", "gst_1", "Z3Vlc3Rz", "AAAA", "%00", "🦆", "a" * 300, "YXVkaXQtOTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ"],
)
@pytest.mark.parametrize(
    "path", ["/guests", "/decisions", "/audit", "/rule-sets", f"/guests/{KNOWN}/grants", f"/guests/{KNOWN}/activities"]
)
def test_a_cursor_that_we_never_gave(api: Api, before: dict[str, int], path: str, cursor: str) -> None:
    status, code, field = refused(api, api.get(f"{path}?cursor={cursor}"), before)
    assert (status, field) in {(400, "cursor"), (422, "cursor")}
    assert code in {"cursor_invalid", "field_invalid"}


def test_a_cursor_of_another_list(api: Api, before: dict[str, int]) -> None:
    for number in range(3):
        api.good("POST", "/decisions", question(KNOWN, mode="preview"), key="")
        api.stays(f"card:more-{number}", 20)
    link = api.get("/guests?limit=1").headers["Link"]
    cursor = link.partition("cursor=")[2].partition(">")[0]
    assert api.get(f"/guests?limit=1&cursor={cursor}").status == 200
    assert api.get(f"/decisions?cursor={cursor}").code == "cursor_invalid"
    assert api.get(f"/audit?cursor={cursor}").code == "cursor_invalid"


def test_a_flood_of_faults_is_told_in_part(api: Api, before: dict[str, int]) -> None:
    answer = api.post("/activities", {"activities": [{"x": "y" * 500}] * 400})
    assert refused(api, answer, before)[:2] == (422, "field_invalid")
    assert len(answer.json["details"]["errors"]) == 50
