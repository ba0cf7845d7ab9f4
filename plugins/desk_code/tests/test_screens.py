"""The screen in the lobby and what leads to it: shown to those who have its address, and never by the guests' link."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno

from plugins.desk_code import pages
from rewards.pluginhost import connections
from rewards.sdk.testing import Call, House
from rewards.sdk.testing.house import Told
from rewards.storage.sources import ConnectionRow

from .people import SECRET, code, guests, key

NEW = {"secret": "harbour secret of 2027, long enough"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    guests(made)
    yield made
    made.close()


@pytest.fixture
def desk(house: House) -> ConnectionRow:
    return house.connect(SECRET)


def get(house: House, desk: ConnectionRow, path: str, **headers: str) -> Told:
    return house.send(desk, Call(headers=headers, method="GET", path=path))


def setup(house: House, desk: ConnectionRow) -> dict[str, str]:
    found: dict[str, str] = json.loads(get(house, desk, "/setup/harbour", **key(house, desk.id, ["admin"])).body)
    return found


def path_of(desk: ConnectionRow, url: str) -> str:
    return urlsplit(url).path.removeprefix(f"/v1/sources/desk-code/{desk.address}")


def drawn_modules(text: str) -> set[tuple[int, int]]:
    """The dark modules of the QR code on a page, without its quiet zone of four."""
    found = re.search(r'stroke="#000" d="([^"]+)"', text)
    assert found is not None
    dark, x, y = set(), 0, 0
    for letter, numbers in re.findall(r"([Mmh])([-0-9. ]+)", found.group(1)):
        away = [int(float(number) // 1) for number in numbers.split()]
        if letter == "h":
            dark |= {(x + step - 4, y - 4) for step in range(away[0])}
            x += away[0]
        elif letter == "m":
            x, y = x + away[0], y + away[1]
        else:
            x, y = away[0], away[1]
    return dark


def test_the_screen_shows_the_code_as_digits_and_as_a_link(house: House, desk: ConnectionRow) -> None:
    house.clock.advance(timedelta(seconds=12))
    told = get(house, desk, path_of(desk, setup(house, desk)["screen"]))
    text, number = told.body.decode(), code(SECRET, house.clock.now())
    assert told.status == 200
    assert f"{number[:3]} {number[3:]}" in text
    link = f"http://localhost/v1/sources/desk-code/{desk.address}/here/harbour?c={number}"
    assert drawn_modules(text) == {
        (x, y)
        for y, row in enumerate(segno.make(link, error="m", micro=False).matrix)
        for x, dark in enumerate(row)
        if dark
    }
    assert told.headers["Cache-Control"] == "no-store"


def test_it_asks_for_itself_again_when_the_code_is_over(house: House, desk: ConnectionRow) -> None:
    path = path_of(desk, setup(house, desk)["screen"])
    house.clock.advance(timedelta(seconds=12))
    text = get(house, desk, path).body.decode()
    assert '<noscript><meta http-equiv="refresh" content="19"></noscript>' in text
    assert 'data-left="18"' in text
    first = re.search(r'class="code">([^<]+)<', text)
    house.clock.advance(timedelta(seconds=18))
    second = re.search(r'class="code">([^<]+)<', get(house, desk, path).body.decode())
    assert first is not None
    assert second is not None
    assert first.group(1) != second.group(1)


def test_only_its_own_script_runs_on_it(house: House, desk: ConnectionRow) -> None:
    told = get(house, desk, path_of(desk, setup(house, desk)["screen"]))
    script = re.search(r"<script>(.*?)</script>", told.body.decode(), re.DOTALL)
    assert script is not None
    mark = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode()
    policy = told.headers["Content-Security-Policy"]
    assert f"script-src 'sha256-{mark}'" in policy
    assert policy.startswith("default-src 'none'")


def test_the_address_that_guests_know_leads_to_no_screen(house: House, desk: ConnectionRow) -> None:
    token = path_of(desk, setup(house, desk)["screen"]).rpartition("/")[2]
    for path in ("/screen/harbour/x", f"/screen/seaside/{token}", f"/screen/harbour/{token[:-1]}"):
        told = get(house, desk, path)
        assert told.status == 401
        assert code(SECRET, house.clock.now()).encode() not in told.body
    assert get(house, desk, "/screen/harbour").status == 404


def test_a_screen_moves_on_by_itself_while_the_secret_is_replaced(house: House, desk: ConnectionRow) -> None:
    path = path_of(desk, setup(house, desk)["screen"])
    with house.engine.database.writing() as store:
        connections.change(house.engine.sources, store, desk.id, settings=NEW, keep_old_hours=1, by="test")
    text = get(house, desk, path).body.decode()
    onward = re.search(r'data-next="([^"]+)"', text)
    assert onward is not None
    assert f'content="31;url={onward.group(1)}"' in text
    house.clock.advance(timedelta(hours=2))
    assert get(house, desk, path).status == 401
    moved = get(house, desk, path_of(desk, onward.group(1)))
    assert moved.status == 200
    assert "data-next=" not in moved.body.decode()


def test_a_screen_of_the_hotels_own_is_told_the_code(house: House, desk: ConnectionRow) -> None:
    mine = key(house, "key_sign", ["activities:write"], ["harbour"])
    told = json.loads(get(house, desk, "/code/harbour", **mine).body)
    assert told["code"] == code(SECRET, house.clock.now())
    assert datetime.fromisoformat(told["from"]) <= house.clock.now() < datetime.fromisoformat(told["until"])
    assert told["link"].endswith(f"/here/harbour?c={told['code']}")
    assert get(house, desk, "/code/seaside", **mine).status == 403
    assert get(house, desk, "/code/harbour").status == 401
    assert get(house, desk, "/setup/harbour", **mine).status == 403, "the key of the codes is the administrator's"


def test_the_page_behind_the_link_has_the_code_in_it_and_behind_a_tag_has_none(
    house: House, desk: ConnectionRow
) -> None:
    number = code(SECRET, house.clock.now())
    found = house.send(desk, Call(method="GET", path="/here/harbour", query={"c": number}))
    assert f'value="{number}"' in found.body.decode()
    tag = get(house, desk, path_of(desk, setup(house, desk)["tag"]), **{"Accept-Language": "nl"})
    assert 'value=""' in tag.body.decode()
    assert "Zes cijfers op het scherm" in tag.body.decode()
    hostile = house.send(desk, Call(method="GET", path="/here/harbour", query={"c": '"><b>'}))
    assert "<b>" not in hostile.body.decode()
    assert "frame-ancestors 'none'" in hostile.headers["Content-Security-Policy"]


def test_the_code_may_lead_to_the_guests_own_page(house: House) -> None:
    desk = house.connect({**SECRET, "guest_page": "https://me.harbour.example/stay", "typed": "refused"})
    assert setup(house, desk)["tag"] == "https://me.harbour.example/stay?property=harbour"
    text = get(house, desk, "/here/harbour").body.decode()
    assert "https://me.harbour.example/stay?property=harbour" in text
    assert "<form" not in text


def test_behind_a_proxy_links_are_what_guests_reach(house: House) -> None:
    desk = house.connect({**SECRET, "public_url": "https://loyalty.harbour.example/desk"})
    assert setup(house, desk)["screen"].startswith("https://loyalty.harbour.example/desk/screen/harbour/")


def test_every_page_is_complete_in_both_languages() -> None:
    from plugins.desk_code import words

    reasons = [getattr(words, name) for name in ("NOT_RIGHT", "POSTER", "NO_CODE", "TOO_MANY", "NO_TYPED", "NO_HOUSE")]
    for reason in reasons:
        assert words.refusal(reason, "nl") not in (words.refusal(reason, "en"), words.refusal("another", "nl"))
    for texts in words.PAGE.values():
        assert set(texts) == set(words.LANGUAGES)
        assert texts["en"] != texts["nl"]
    assert b'lang="nl"' in pages.said("Ja.", "nl", 200).body
