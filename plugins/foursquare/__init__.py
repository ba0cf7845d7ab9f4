"""Check-ins of Foursquare's Swarm: of guests who connect it, and a guest's own export."""

from __future__ import annotations

from .export import SwarmExport
from .live import Foursquare

source = Foursquare()
file_source = SwarmExport()
