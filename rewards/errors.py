"""One tree of errors with stable codes.

Every refusal that leaves a room of the house is a `RewardsError`: a code that programs may rely on, a sentence for
people, and a hint that says what would be right. Faces (API, pages, command line) translate the code; no room
invents its own error shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """How a face answers: the HTTP status class and the exit status follow from it."""

    MALFORMED = "malformed"  # 400: cannot be read
    UNAUTHENTICATED = "unauthenticated"  # 401
    FORBIDDEN = "forbidden"  # 403
    MISSING = "missing"  # 404
    CONFLICT = "conflict"  # 409: a business refusal
    TOO_LARGE = "too_large"  # 413
    UNSUPPORTED = "unsupported"  # 415
    INVALID = "invalid"  # 422: readable, but not allowed
    TOO_MANY = "too_many"  # 429
    UNAVAILABLE = "unavailable"  # 503: try again


@dataclass(frozen=True, slots=True)
class Code:
    """A stable code: its name, how faces answer it, and its title in English."""

    name: str
    category: Category
    title: str


_CODES: dict[str, Code] = {}


def _code(name: str, category: Category, title: str) -> Code:
    code = Code(name, category, title)
    _CODES[name] = code
    return code


MALFORMED_JSON = _code("malformed_json", Category.MALFORMED, "The body is not the JSON we can read")
MESSAGE_INVALID = _code("message_invalid", Category.MALFORMED, "The message cannot be read")
BODY_TOO_DEEP = _code("body_too_deep", Category.MALFORMED, "The body is nested too deeply")
DUPLICATE_KEY = _code("duplicate_key", Category.MALFORMED, "A key stands twice in one object")
IDEMPOTENCY_KEY_MISSING = _code("idempotency_key_missing", Category.MALFORMED, "The Idempotency-Key header is missing")
IDEMPOTENCY_KEY_INVALID = _code(
    "idempotency_key_invalid", Category.MALFORMED, "The Idempotency-Key header is not valid"
)
CURSOR_INVALID = _code("cursor_invalid", Category.MALFORMED, "The cursor is not one that we gave")
UNAUTHENTICATED = _code("unauthenticated", Category.UNAUTHENTICATED, "No valid API key")
MESSAGE_REFUSED = _code("message_refused", Category.UNAUTHENTICATED, "The message does not prove its sender")
SCOPE_MISSING = _code("scope_missing", Category.FORBIDDEN, "The key lacks a scope")
ROLE_MISSING = _code("role_missing", Category.FORBIDDEN, "The key lacks the role that this takes")
APPROVAL_OWN = _code("approval_own", Category.FORBIDDEN, "Who asked for it may not approve it")
PROPERTY_FORBIDDEN = _code("property_forbidden", Category.FORBIDDEN, "The key is not bound to this property")
NOT_FOUND = _code("not_found", Category.MISSING, "There is nothing here")
GUEST_UNKNOWN = _code("guest_unknown", Category.MISSING, "No guest has this identity")
PROPERTY_UNKNOWN = _code("property_unknown", Category.MISSING, "No property has this code")
DECISION_UNKNOWN = _code("decision_unknown", Category.MISSING, "No decision has this id")
WAIT_UNKNOWN = _code("wait_unknown", Category.MISSING, "Nothing waits under this id")
GRANT_UNKNOWN = _code("grant_unknown", Category.MISSING, "No grant has this id or code")
ACTIVITY_UNKNOWN = _code("activity_unknown", Category.MISSING, "No activity has this id")
PERK_UNKNOWN = _code("perk_unknown", Category.MISSING, "No perk has this code")
RULE_SET_UNKNOWN = _code("rule_set_unknown", Category.MISSING, "No rule set has this version")
ADDRESS_UNKNOWN = _code("address_unknown", Category.MISSING, "The geocoder found no such address")
MAPPING_UNKNOWN = _code("mapping_unknown", Category.MISSING, "No mapping has this name")
METHOD_NOT_ALLOWED = _code("method_not_allowed", Category.INVALID, "This address does not take this method")
BODY_TOO_LARGE = _code("body_too_large", Category.TOO_LARGE, "The body is too large")
MEDIA_TYPE_UNSUPPORTED = _code("media_type_unsupported", Category.UNSUPPORTED, "The body must be application/json")
FIELD_INVALID = _code("field_invalid", Category.INVALID, "A field is not valid")
TIME_OUT_OF_RANGE = _code("time_out_of_range", Category.INVALID, "A time lies outside the range we accept")
CURRENCY_UNKNOWN = _code("currency_unknown", Category.INVALID, "No such ISO 4217 currency")
RATE_UNKNOWN = _code("rate_unknown", Category.INVALID, "There is no exchange rate for this day")
POSITION_OUT_OF_RANGE = _code("position_out_of_range", Category.INVALID, "A position lies outside the globe")
ZONE_UNKNOWN = _code("zone_unknown", Category.INVALID, "No such time zone")
INFLUENCE_REFUSED = _code("influence_refused", Category.INVALID, "Influence scores have no place in a rule")
RULES_INVALID = _code("rules_invalid", Category.INVALID, "The rule document has errors; nothing was published")
NO_RULE_SET = _code("no_rule_set", Category.CONFLICT, "No rule set is live")
IDEMPOTENCY_KEY_REUSED = _code("idempotency_key_reused", Category.INVALID, "The key was used for another request")
ACTIVITY_CONFLICT = _code("activity_conflict", Category.CONFLICT, "The same source key came with other content")
ALREADY_EXISTS = _code("already_exists", Category.CONFLICT, "It exists already")
ALREADY_REVERSED = _code("already_reversed", Category.CONFLICT, "The activity is already reversed in full")
REVERSAL_TOO_LARGE = _code("reversal_too_large", Category.CONFLICT, "More would be taken back than there was")
IDENTITY_TAKEN = _code("identity_taken", Category.CONFLICT, "The identity belongs to another guest")
MERGE_INVALID = _code("merge_invalid", Category.CONFLICT, "These guests cannot be merged or parted so")
STOCK_GONE = _code("stock_gone", Category.CONFLICT, "Nothing is left of this perk")
BUDGET_SPENT = _code("budget_spent", Category.CONFLICT, "The budget is spent")
BALANCE_TOO_LOW = _code("balance_too_low", Category.CONFLICT, "The balance does not cover this")
WAIT_NOT_OPEN = _code("wait_not_open", Category.CONFLICT, "What waited was had, has ended or was cancelled")
HOLD_NOT_OPEN = _code("hold_not_open", Category.CONFLICT, "The hold is confirmed, cancelled or expired")
APPROVAL_NOT_OPEN = _code("approval_not_open", Category.CONFLICT, "The grant waits for no approval")
GRANT_NOT_REDEEMABLE = _code("grant_not_redeemable", Category.CONFLICT, "The grant cannot be used so now")
RATE_LIMITED = _code("rate_limited", Category.TOO_MANY, "Too many requests")
DATABASE_BUSY = _code("database_busy", Category.UNAVAILABLE, "The database is busy")
DATABASE_DOWN = _code("database_down", Category.UNAVAILABLE, "The database does not answer")
SOURCE_BUSY = _code("source_busy", Category.UNAVAILABLE, "The source cannot answer now")
GEOCODER_DOWN = _code("geocoder_down", Category.UNAVAILABLE, "The geocoder does not answer")
SETTING_INVALID = _code("setting_invalid", Category.INVALID, "A setting is not valid")
PLUGIN_INVALID = _code("plugin_invalid", Category.INVALID, "A plugin cannot be loaded")
FILE_INVALID = _code("file_invalid", Category.INVALID, "The file is not what this source reads")
VALKEY_LOCKED = _code("valkey_locked", Category.CONFLICT, "Another Valkey runs on this directory")
INTERNAL = _code("internal", Category.UNAVAILABLE, "Something went wrong on our side")


class RewardsError(Exception):
    """A refusal with a stable code.

    `code` is one of the `Code` constants above; `message` a whole sentence with the value that was wrong; `hint`
    what would be right, or None; `field` a dotted path into the input (`stay.nights`), or None; `details` further
    machine-readable values (JSON types only). `retry_after_s` is set where trying again makes sense.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        hint: str | None = None,
        field: str | None = None,
        details: dict[str, object] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.field = field
        self.details = details or {}
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"


def key_reused() -> RewardsError:
    """The refusal of an idempotency key that named another request before."""
    return RewardsError(
        IDEMPOTENCY_KEY_REUSED, "This key was used for another request.", hint="A new intent has a new key."
    )


def all_codes() -> tuple[Code, ...]:
    """Every stable code, in the order of declaration; documentation and tests read it."""
    return tuple(_CODES.values())
