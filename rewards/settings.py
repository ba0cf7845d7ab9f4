"""Settings from the environment, read once and frozen.

Nothing else in the house reads the environment. Each setting carries its own documentation, so `rewards doctor`
and the operator's guide can list them all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from rewards.errors import SETTING_INVALID, RewardsError


def _setting(default: object, variable: str, about: str) -> object:
    return field(default=default, metadata={"variable": variable, "about": about})  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set.

    Relative paths are relative to the working directory. An empty `database_url` means SQLite in `home`; an empty
    `redis_url` means a private Valkey in `home`.
    """

    home: Path = _setting(Path("var"), "REWARDS_HOME", "Folder of the database, queue and logs")  # type: ignore[assignment]
    database_url: str = _setting("", "DATABASE_URL", "postgresql://… ; empty: SQLite in the home folder")  # type: ignore[assignment]
    redis_url: str = _setting("", "REDIS_URL", "redis:// or unix://… ; empty: a private Valkey")  # type: ignore[assignment]
    host: str = _setting("127.0.0.1", "HOST", "Address the web server listens on")  # type: ignore[assignment]
    port: int = _setting(8000, "PORT", "Port the web server listens on")  # type: ignore[assignment]
    workers: int = _setting(2, "REWARDS_WORKERS", "Web worker processes, 1 to 64")  # type: ignore[assignment]
    programme_zone: str = _setting("Europe/Amsterdam", "REWARDS_ZONE", "Time zone of group-wide windows")  # type: ignore[assignment]
    programme_currency: str = _setting("EUR", "REWARDS_CURRENCY", "Currency of group-wide sums (ISO 4217)")  # type: ignore[assignment]
    programme_rollover_hour: int = _setting(4, "REWARDS_ROLLOVER_HOUR", "Hour at which the programme's day rolls over")  # type: ignore[assignment]
    sqlite_synchronous: str = _setting("FULL", "REWARDS_SQLITE_SYNCHRONOUS", "FULL (default) or NORMAL (may lose commits on power loss)")  # type: ignore[assignment]
    hold_minutes: int = _setting(30, "REWARDS_HOLD_MINUTES", "Minutes a hold lasts unless the call says otherwise")  # type: ignore[assignment]
    stale_after_hours: int = _setting(48, "REWARDS_STALE_AFTER_HOURS", "Hours of silence after which a source's kinds count as unheard")  # type: ignore[assignment]
    rate_limit_per_minute: int = _setting(60_000, "REWARDS_RATE_LIMIT", "Calls a minute that one API key may make")  # type: ignore[assignment]
    nominatim_url: str = _setting("", "REWARDS_NOMINATIM_URL", "Base address of the geocoder; empty: adding by address is off")  # type: ignore[assignment]
    plugins_dir: str = _setting("", "REWARDS_PLUGINS_DIR", "An operator's own folder of plugins")  # type: ignore[assignment]
    rules_dir: str = _setting("", "REWARDS_RULES_DIR", "An operator's own folder of rule packs")  # type: ignore[assignment]
    geocoder_timeout_s: int = _setting(5, "REWARDS_GEOCODER_TIMEOUT", "Seconds to wait for the geocoder")  # type: ignore[assignment]
    log_level: str = _setting("INFO", "REWARDS_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR")  # type: ignore[assignment]
    test_failpoint: str = _setting("", "REWARDS_FAILPOINT", "name:kill|exit|raise[@n]; only with REWARDS_TEST=1")  # type: ignore[assignment]
    test_mode: bool = _setting(False, "REWARDS_TEST", "1 allows failpoints; never in production")  # type: ignore[assignment]

    def sqlalchemy_url(self) -> str:
        """The database address: the one that is set, else SQLite in the home folder."""
        return self.database_url or f"sqlite:///{(self.home / 'rewards.db').resolve()}"


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """One setting as documentation shows it."""

    variable: str
    default: str
    about: str


def documented() -> tuple[SettingDoc, ...]:
    """Every setting with its variable, default and purpose."""
    return tuple(SettingDoc(f.metadata["variable"], str(f.default), f.metadata["about"]) for f in fields(Settings))


def _parse(name: str, default: object, text: str) -> object:
    try:
        if isinstance(default, bool):
            return {"0": False, "1": True, "false": False, "true": True}[text.lower()]
        if isinstance(default, int):
            return int(text)
        return Path(text) if isinstance(default, Path) else text
    except (KeyError, ValueError):
        raise RewardsError(
            SETTING_INVALID,
            f"{name} is “{text}”.",
            hint=f"Write a value like {default}.",
            field=name,
        ) from None


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment` (default: the process's); `setting_invalid` names the variable and its value."""
    source = os.environ if environment is None else environment
    given = {
        f.name: _parse(f.metadata["variable"], f.default, source[f.metadata["variable"]])
        for f in fields(Settings)
        if source.get(f.metadata["variable"])
    }
    settings = Settings(**given)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    ranges = {"port": (0, 65535), "workers": (1, 64), "programme_rollover_hour": (0, 12), "hold_minutes": (1, 44_640)}
    for name, (low, high) in ranges.items():
        value = getattr(settings, name)
        if not low <= value <= high:
            raise RewardsError(SETTING_INVALID, f"{name} is {value}.", hint=f"Choose {low} to {high}.", field=name)
    if settings.sqlite_synchronous not in {"FULL", "NORMAL"}:
        raise RewardsError(
            SETTING_INVALID,
            f"REWARDS_SQLITE_SYNCHRONOUS is “{settings.sqlite_synchronous}”.",
            hint="Choose FULL or NORMAL.",
            field="sqlite_synchronous",
        )
