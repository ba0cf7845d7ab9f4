"""Mappings of exports through the API: saved, shown, tried on a piece of a file, removed; refused by their part."""

from __future__ import annotations

import base64
from typing import Any

from tests.api.client import Api

PATH = "/sources/files/mappings"
BAR: dict[str, Any] = {
    "kind": "spend",
    "columns": {"guest.card": "Card", "at": "When", "amount": "Total"},
    "constants": {"property": "harbour", "currency": "EUR"},
    "key": ["Receipt"],
}
ROWS = "Receipt,Card,When,Total\nA1,00412,2026-03-05 20:00,40.00\nA2,00412,05-03-2026,1.00\n"


def content(text: str) -> dict[str, str]:
    return {"content": base64.b64encode(text.encode()).decode()}


def test_a_mapping_is_saved_once_shown_changed_and_removed(api: Api) -> None:
    first = api.put(f"{PATH}/bar", {"mapping": BAR})
    assert (first.status, first.json["mapping"]["namespace"]) == (201, "bar")
    assert api.put(f"{PATH}/bar", {"mapping": {**BAR, "corrections": True}}).status == 200
    twice = api.put(f"{PATH}/bar", {"mapping": {**BAR, "key": ["Receipt", "Card"]}})
    assert (twice.status, twice.code, twice.json["field"]) == (409, "already_exists", "key")
    shown = api.good("GET", f"{PATH}/bar")
    assert (shown["name"], shown["mapping"]["corrections"]) == ("bar", True)
    assert list(shown["mapping"]["columns"]) == ["guest.card", "at", "amount"]
    assert [one["name"] for one in api.good("GET", PATH)["mappings"]] == ["bar"]
    assert api.good("DELETE", f"{PATH}/bar") == {"removed": "bar"}
    assert api.get(f"{PATH}/bar").code == "mapping_unknown"
    actions = [line["action"] for line in api.good("GET", "/audit")["audit"]]
    assert [action for action in actions if action.startswith("mapping.")] == ["mapping.put"] * 2 + ["mapping.remove"]


def test_the_first_rows_are_shown_in_the_callers_language_and_nothing_is_recorded(api: Api) -> None:
    api.good("PUT", f"{PATH}/bar", {"mapping": BAR})
    before = api.rows()
    seen = api.good("POST", f"{PATH}/bar/preview", content(ROWS), headers={"Accept-Language": "nl"})["rows"]
    assert seen[0]["drafts"] == [
        {
            "kind": "spend", "source_key": "bar/spend/A1", "identities": ["card:00412"], "property": "harbour",
            "occurred_at": "2026-03-05T19:00:00+00:00", "amount_minor": 4000, "currency": "EUR",
        }
    ]  # fmt: skip
    assert (seen[1]["line"], seen[1]["column"]) == (3, "When")
    assert seen[1]["rejected"] == "regel 3, kolom “When”: “05-03-2026” is geen datum zoals iso die schrijft."
    assert api.rows() == before


def test_what_cannot_be_is_refused_and_leaves_nothing(desk: Api) -> None:
    for path, body, status, code, field in (
        (f"{PATH}/bar", {"mapping": {**BAR, "dates": "d/m"}}, 422, "field_invalid", "dates"),
        (f"{PATH}/bar", {"mapping": {**BAR, "key": []}}, 422, "field_invalid", "key"),
        (f"{PATH}/bar", {"mapping": []}, 422, "field_invalid", "mapping"),
        (f"{PATH}/B", {"mapping": BAR}, 422, "field_invalid", "name"),
        ("/sources/cdnow-orders/mappings/bar", {"mapping": BAR}, 422, "field_invalid", "mapping"),
        ("/sources/nowhere/mappings/bar", {"mapping": BAR}, 404, "not_found", None),
    ):
        answer = desk.put(path, body)
        assert (answer.status, answer.code, answer.json.get("field")) == (status, code, field), path
    assert desk.good("GET", PATH) == {"mappings": []}
    assert desk.call("DELETE", f"{PATH}/bar").code == "mapping_unknown"
    assert desk.post(f"{PATH}/bar/preview", content(ROWS)).code == "mapping_unknown"


def test_a_preview_of_what_is_no_such_file_is_a_refusal(desk: Api) -> None:
    desk.good("PUT", f"{PATH}/bar", {"mapping": BAR})
    desk.good("PUT", f"{PATH}/book", {"mapping": {**BAR, "file": {"format": "xlsx"}}})
    for name, body, code in (
        ("bar", {"content": "not base 64!"}, "field_invalid"),
        ("bar", content("Receipt;Card\n"), "file_invalid"),
        ("bar", {"content": base64.b64encode(b"Receipt,Card,When,Total\n\xff\xfe\n").decode()}, "file_invalid"),
        ("book", content("PK no workbook"), "file_invalid"),
    ):
        answer = desk.post(f"{PATH}/{name}/preview", body)
        assert (answer.status, answer.code) == (422, code), body


def test_only_a_key_with_the_scope_and_all_hotels_may(desk: Api) -> None:
    assert desk.again(["rules:read"]).get(PATH).code == "scope_missing"
    assert desk.again(properties=["harbour"]).put(f"{PATH}/bar", {"mapping": BAR}).code == "property_forbidden"
