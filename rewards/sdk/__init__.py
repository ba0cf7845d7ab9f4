"""The only names a plugin may import.

A source turns its own messages or files into drafts of activities; everything after that (deduplication, guests,
hotel days, digests, coverage) is the engine's. A plugin imports from here, the standard library and its own
dependencies, and nothing else of the engine.
"""

from rewards.domain.activity import Evidence, Kind
from rewards.domain.guest import Identity
from rewards.domain.link import LinkKind
from rewards.domain.property import Position, Property
from rewards.domain.stay import StayInHand
from rewards.errors import FILE_INVALID, RewardsError
from rewards.money import Money, parse_decimal
from rewards.sdk.drafts import Draft, DraftLink
from rewards.sdk.files import FileRow, FileSource, Known, csv_rows, open_text

__all__ = [
    "FILE_INVALID",
    "Draft",
    "DraftLink",
    "Evidence",
    "FileRow",
    "FileSource",
    "Identity",
    "Kind",
    "Known",
    "LinkKind",
    "Money",
    "Position",
    "Property",
    "RewardsError",
    "StayInHand",
    "csv_rows",
    "open_text",
    "parse_decimal",
]
