"""The engine inside somebody else's Flask app."""

from __future__ import annotations

from flask import Flask

from rewards import settings as settings_module
from rewards.app import build_engine, mount
from rewards.clock import Clock
from rewards.settings import Settings


class Rewards:
    """Mounts the engine under `url_prefix` of a Flask app and touches nothing else of it.

    No error handler, configuration key or secret of the app is set or read: errors are handled on the engine's own
    blueprint. `settings` default to the environment's; the tables must be there (`rewards migrate`).
    """

    def __init__(
        self,
        app: Flask | None = None,
        url_prefix: str = "/loyalty",
        *,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.url_prefix = url_prefix.rstrip("/")
        self._settings = settings
        self._clock = clock
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Mount the engine in an app; `database_down` where its tables are not current."""
        app.register_blueprint(
            mount(build_engine(self._settings or settings_module.load(), self._clock), self.url_prefix)
        )
