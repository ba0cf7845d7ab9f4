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


def _doc(variable: str, about: str) -> dict[str, str]:
    return {"variable": variable, "about": about}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set.

    Relative paths are relative to the working directory. An empty `database_url` means SQLite in `home`; an empty
    `redis_url` means a private Valkey in `home`.
    """

    home: Path = field(default=Path("var"), metadata=_doc("REWARDS_HOME", "Folder of the database, queue and logs"))
    database_url: str = field(
        default="", metadata=_doc("DATABASE_URL", "postgresql://… ; empty: SQLite in the home folder")
    )
    redis_url: str = field(default="", metadata=_doc("REDIS_URL", "redis:// or unix://… ; empty: a private Valkey"))
    host: str = field(default="127.0.0.1", metadata=_doc("HOST", "Address the web server listens on"))
    port: int = field(default=8000, metadata=_doc("PORT", "Port the web server listens on"))
    workers: int = field(default=2, metadata=_doc("REWARDS_WORKERS", "Web worker processes, 1 to 64"))
    programme_zone: str = field(
        default="Europe/Amsterdam", metadata=_doc("REWARDS_ZONE", "Time zone of group-wide windows")
    )
    programme_currency: str = field(
        default="EUR", metadata=_doc("REWARDS_CURRENCY", "Currency of group-wide sums (ISO 4217)")
    )
    programme_rollover_hour: int = field(
        default=4, metadata=_doc("REWARDS_ROLLOVER_HOUR", "Hour at which the programme's day rolls over")
    )
    sqlite_synchronous: str = field(
        default="FULL",
        metadata=_doc("REWARDS_SQLITE_SYNCHRONOUS", "FULL (default) or NORMAL (may lose commits on power loss)"),
    )
    hold_minutes: int = field(
        default=30, metadata=_doc("REWARDS_HOLD_MINUTES", "Minutes a hold lasts unless the call says otherwise")
    )
    stale_after_hours: int = field(
        default=48,
        metadata=_doc("REWARDS_STALE_AFTER_HOURS", "Hours of silence after which a source's kinds count as unheard"),
    )
    rate_limit_per_minute: int = field(
        default=60_000, metadata=_doc("REWARDS_RATE_LIMIT", "Calls a minute that one API key may make")
    )
    nominatim_url: str = field(
        default="",
        metadata=_doc("REWARDS_NOMINATIM_URL", "Base address of the geocoder; empty: adding by address is off"),
    )
    plugins_dir: str = field(default="", metadata=_doc("REWARDS_PLUGINS_DIR", "An operator's own folder of plugins"))
    source_hosts: str = field(
        default="",
        metadata=_doc(
            "REWARDS_SOURCE_HOSTS",
            "Hosts with a comma between them that may be private or without TLS when we call them",
        ),
    )
    geocoder_timeout_s: int = field(
        default=5, metadata=_doc("REWARDS_GEOCODER_TIMEOUT", "Seconds to wait for the geocoder")
    )
    log_level: str = field(default="INFO", metadata=_doc("REWARDS_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR"))
    test_failpoint: str = field(
        default="", metadata=_doc("REWARDS_FAILPOINT", "name:kill|exit|raise[@n]; only with REWARDS_TEST=1")
    )
    test_mode: bool = field(default=False, metadata=_doc("REWARDS_TEST", "1 allows failpoints; never in production"))

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


def variable(name: str) -> str:
    """The value of a variable that a setting of a source names (`env:NAME`), "" where it is not set."""
    return os.environ.get(name, "")


def for_children(settings: Settings) -> dict[str, str]:
    """The environment of processes that work on the same installation: ours, with the home folder as we see it."""
    return {**os.environ, "REWARDS_HOME": str(settings.home.resolve())}


def _check(settings: Settings) -> None:
    ranges = {"port": (0, 65535), "workers": (1, 64), "programme_rollover_hour": (0, 12), "hold_minutes": (1, 44_640)}
    for name, (low, high) in ranges.items():
        value = getattr(settings, name)
        if not low <= value <= high:
            raise RewardsError(SETTING_INVALID, f"{name} is {value}.", hint=f"Choose {low} to {high}.", field=name)
    words = {"sqlite_synchronous": ("FULL", "NORMAL"), "log_level": ("DEBUG", "INFO", "WARNING", "ERROR")}
    for name, known in words.items():
        value = getattr(settings, name)
        if value not in known:
            variable = next(f.metadata["variable"] for f in fields(Settings) if f.name == name)
            hint = f"Choose {', '.join(known[:-1])} or {known[-1]}."
            raise RewardsError(SETTING_INVALID, f"{variable} is “{value}”.", hint=hint, field=name)
