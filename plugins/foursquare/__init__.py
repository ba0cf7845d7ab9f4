"""Check-ins of Foursquare's Swarm: for now a guest's own export."""

from __future__ import annotations

from .export import SwarmExport

file_source = SwarmExport()
source = file_source
