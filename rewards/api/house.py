"""What a face needs of the engine, put together by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from rewards.api.limits import RateLimiter
from rewards.clock import Clock
from rewards.desk.desk import Desk
from rewards.geo import Geocoder
from rewards.intake.receive import Intake
from rewards.pluginhost.host import SourceHost
from rewards.settings import Settings
from rewards.storage.engine import SqlDatabase


@dataclass(frozen=True, slots=True)
class House:
    """The engine's parts that routes call. `geocoder` is None where no service is configured."""

    settings: Settings
    clock: Clock
    database: SqlDatabase
    desk: Desk
    intake: Intake
    limiter: RateLimiter
    sources: SourceHost
    geocoder: Geocoder | None = None
