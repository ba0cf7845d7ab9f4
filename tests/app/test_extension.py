"""The engine inside somebody else's Flask app, beside one that stands alone, in one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from rewards import Rewards, create_app
from rewards.api.keys import hash_secret, new_secret
from rewards.app import build_engine
from rewards.clock import FrozenClock
from rewards.errors import DATABASE_DOWN, RewardsError
from rewards.pluginhost import seeding
from rewards.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class House:
    """A home folder with the demonstration's cast, and a key to it."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home)
        self.clock = FrozenClock(NOON)
        self.secret = new_secret()
        engine = build_engine(self.settings, self.clock)
        engine.database.migrate()
        seeding.prepare(engine.database, self.clock, self.settings, guests=10)
        with engine.database.writing() as store:
            store.keys.add("key_test", hash_secret(self.secret), "test", ["decisions:write"], [], NOON)
        engine.database.close()

    def ask(self, client: FlaskClient, prefix: str) -> dict[str, object]:
        """What Ana gets."""
        question = {
            "guest": "card:00412",
            "property": "harbour",
            "moment": "arrival",
            "mode": "commit",
            "stay": {"reservation": "R-4711", "room_class": "standard", "channel": "direct"},
        }
        headers = {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": "arrival-R-4711-2026"}
        answer = client.post(f"{prefix}/v1/decisions", json=question, headers=headers)
        assert answer.status_code == 201, answer.text
        return json.loads(answer.data)  # type: ignore[no-any-return]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "home")


@pytest.fixture
def other(tmp_path: Path) -> House:
    """Another hotel group altogether."""
    return House(tmp_path / "other")


def shop() -> Flask:
    """Somebody's own app: a page, a page for what is not there, settings of its own."""
    app = Flask("shop")
    app.config["SHOP"] = "open"

    @app.get("/")
    def front() -> str:
        return "the shop"

    @app.errorhandler(404)
    def lost(error: Exception) -> tuple[str, int]:
        return "the shop has no such shelf", 404

    @app.errorhandler(500)
    def broken(error: Exception) -> tuple[str, int]:
        return "the shop is sorry", 500

    return app


def test_mounted_and_alone_both_answer_a_decision_in_one_process(house: House, other: House) -> None:
    app = shop()
    Rewards(app, settings=house.settings, clock=house.clock)
    alone = create_app(other.settings, other.clock)
    mounted_answer = house.ask(app.test_client(), "/loyalty")
    alone_answer = other.ask(alone.test_client(), "")
    for answer in (mounted_answer, alone_answer):
        perks = answer["perks"]
        assert isinstance(perks, list)
        assert "room-upgrade" in {perk["perk"] for perk in perks}
    assert mounted_answer["decision"] != alone_answer["decision"]


def test_the_app_keeps_its_pages_settings_and_secret(house: House) -> None:
    app = shop()
    before = dict(app.config)
    handlers = {code: dict(each) for code, each in app.error_handler_spec[None].items()}
    Rewards(app, url_prefix="/loyalty", settings=house.settings, clock=house.clock)
    assert dict(app.config) == before
    assert app.secret_key is None
    assert {code: dict(each) for code, each in app.error_handler_spec[None].items()} == handlers
    client = app.test_client()
    assert client.get("/").text == "the shop"
    assert client.get("/nowhere").text == "the shop has no such shelf"
    assert client.post("/").status_code == 405


def test_what_is_not_there_under_the_mount_is_a_problem_and_not_a_page(house: House) -> None:
    app = shop()
    Rewards(app, settings=house.settings, clock=house.clock)
    client = app.test_client()
    gone = client.get("/loyalty/v1/nowhere")
    assert (gone.status_code, gone.mimetype) == (404, "application/problem+json")
    refused = client.get("/loyalty/v1/perks")
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    assert client.get("/v1/perks").text == "the shop has no such shelf"


def test_documents_speak_of_the_place_they_are_mounted_at(house: House) -> None:
    app = shop()
    Rewards(app, url_prefix="/points/", settings=house.settings, clock=house.clock)
    client = app.test_client()
    document = client.get("/points/openapi.json").get_json()
    assert document["servers"][0]["url"].startswith("/points")
    assert "/points/" in client.get("/points/docs").text
    assert client.get("/points/healthz").get_json() == {"status": "up"}


def test_an_extension_can_be_made_before_its_app(house: House) -> None:
    extension = Rewards(settings=house.settings, clock=house.clock)
    for app in (shop(), shop()):
        extension.init_app(app)
        assert app.test_client().get("/loyalty/healthz").status_code == 200


@pytest.mark.parametrize("mounted", [True, False])
def test_tables_of_another_version_refuse_to_start(tmp_path: Path, mounted: bool) -> None:
    settings = Settings(home=tmp_path / "empty")
    with pytest.raises(RewardsError, match="rewards migrate") as refused:
        Rewards(shop(), settings=settings) if mounted else create_app(settings)
    assert refused.value.code is DATABASE_DOWN


def test_the_module_for_wsgi_servers_makes_the_application(house: House) -> None:
    look = "from wsgi import app; print(app.test_client().get('/healthz').get_json())"
    environment = {**os.environ, "REWARDS_HOME": str(house.settings.home), "DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", look], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "{'status': 'up'}"


def test_the_packages_head_imports_no_flask_until_it_is_asked() -> None:
    look = (
        "import sys, rewards, rewards.desk.desk; before = 'flask' in sys.modules; "
        "rewards.create_app; print(before, 'flask' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["False", "True"]
