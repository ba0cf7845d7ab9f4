"""A question and its answer as documents describe them.

The routes that ask are answered by `asking`, without a schema library; a test holds their published schema to the
struct.
"""

from __future__ import annotations

from marshmallow import fields

from rewards.api.fields import Choice, Code, Currency, Day, Instant, Items, StrictSchema, Text, Whole, YesNo
from rewards.api.language import LANGUAGES
from rewards.domain.grant import GrantState
from rewards.ledger.take_rows import TakeState
from rewards.ledger.waits import WaitState


class StayBody(StrictSchema):
    """The stay at hand; what is not known is left out. Money in minor units."""

    reservation = Text(allow_none=True)
    arrival = Day(allow_none=True)
    departure = Day(allow_none=True)
    room_class = Text(high=60, allow_none=True)
    channel = Text(high=60, allow_none=True)
    rate_code = Text(high=60, allow_none=True)
    rooms = Whole(low=1, high=1_000, allow_none=True)
    adults = Whole(low=0, high=10_000, allow_none=True)
    children = Whole(low=0, high=10_000, allow_none=True)
    amount_minor = Whole(low=0, allow_none=True)
    currency = Currency(allow_none=True)
    purpose = Text(high=60, allow_none=True)
    free_classes = Items(Text(high=60), high=50, allow_none=True)
    own_name = YesNo(allow_none=True)
    own_room = YesNo(allow_none=True)
    email = Text(allow_none=True)


class AskedBody(StrictSchema):
    """What the desk asks for on the guest's behalf: points, or an amount of money."""

    points = Whole(low=1, allow_none=True)
    amount_minor = Whole(low=0, allow_none=True)
    currency = Currency(allow_none=True)


class QuestionBody(StrictSchema):
    """What does this guest get, here, now?

    `guest` is an identity (`card:00412`) or an id (`gst_…`). `preview` writes nothing, `hold` promises for
    `hold_minutes`, `commit` gives. `as_of` and `known_at` are for previews. `enrol` makes a guest of an unknown
    identity.
    """

    guest = Text(required=True)
    property = Text(required=True, high=40)
    moment = Code("[a-z][a-z_]{0,39}", "a moment, such as arrival", high=40, required=True)
    mode = Choice(("preview", "hold", "commit"), load_default="preview")
    stay = fields.Nested(StayBody, allow_none=True)
    activity = Text(allow_none=True)
    topic = Text(high=60, allow_none=True)
    severity = Whole(low=1, high=5, allow_none=True)
    request = fields.Nested(AskedBody, allow_none=True)
    as_of = Instant(allow_none=True)
    known_at = Instant(allow_none=True)
    enrol = YesNo(load_default=False)
    language = Choice(LANGUAGES, allow_none=True)
    hold_minutes = Whole(low=1, high=44_640, allow_none=True)


class WhyReply(StrictSchema):
    """A condition that holds; numbers of money only for keys with `spend:read`, with their `unit`."""

    condition = fields.String(required=True)
    needed = fields.Raw()
    actual = fields.Raw()
    unit = fields.String()


class ApprovalAsked(StrictSchema):
    """Who has to approve a perk that is pending, the role of an API key, until when, and that in words."""

    by = fields.String(required=True)
    until = fields.String(required=True)
    text = fields.String(required=True)


class PerkGiven(StrictSchema):
    """A perk with the words to say and why; beside these what it consists of (`levels`, `to`, `until`, `amount`).

    `approval` stands while somebody has to say yes. `reckoned` tells of each parameter that is not fixed what it was
    reckoned from.
    """

    class Meta:
        """marshmallow's settings: a perk's own parameters stand beside the fields."""

        unknown = "include"

    grant = fields.String(required=True, allow_none=True)
    perk = fields.String(required=True)
    title = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    quantity = fields.Integer(required=True)
    valid_until = fields.String(required=True)
    state = Choice(tuple(state.value for state in GrantState), required=True)
    rule = fields.String(required=True)
    say = fields.String(required=True)
    why = fields.List(fields.Nested(WhyReply), required=True)
    reckoned = fields.Dict(keys=fields.String(), values=fields.String())
    approval = fields.Nested(ApprovalAsked)


class PerkTaken(StrictSchema):
    """What the guest pays or forfeits, with the words to say; of `quantity` `owed` points were not there.

    `quantity` is pieces of an item, minor units of a credit in `currency`, points. `state` is `taken`, or `held` as
    long as the decision is a hold; what was given back is not told any more.
    """

    take = fields.String(required=True, allow_none=True)
    perk = fields.String(required=True)
    title = fields.String(required=True)
    quantity = fields.Integer(required=True)
    currency = fields.String()
    owed = fields.Integer()
    state = Choice(tuple(state.value for state in TakeState), required=True)
    rule = fields.String(required=True)
    say = fields.String(required=True)
    reckoned = fields.Dict(keys=fields.String(), values=fields.String())


class ExtendedReply(StrictSchema):
    """Something the guest holds that can be used longer, with the words to say and why.

    `extension` names the extension itself (null in a preview): voiding it takes the extension back.
    """

    extension = fields.String(required=True, allow_none=True)
    grant = fields.String(required=True)
    perk = fields.String(required=True)
    title = fields.String(required=True)
    was_valid_until = fields.String(required=True)
    valid_until = fields.String(required=True)
    rule = fields.String(required=True)
    say = fields.String(required=True)
    why = fields.List(fields.Nested(WhyReply), required=True)


class NearMissReply(StrictSchema):
    """A rule that nearly gave: what is missing, in words and numbers, and the last day that helps."""

    rule = fields.String(required=True)
    perk = fields.String(required=True)
    condition = fields.String(required=True)
    missing = fields.String(required=True)
    needed = fields.Raw()
    actual = fields.Raw()
    by = fields.String(allow_none=True)
    unit = fields.String()


class WithheldReply(StrictSchema):
    """What is not given, with its reason as a code and in words; beside these the values that explain it."""

    class Meta:
        """marshmallow's settings: the reason's values stand beside the fields."""

        unknown = "include"

    rule = fields.String(required=True)
    perk = fields.String(required=True)
    reason = fields.String(required=True)
    text = fields.String(required=True)


class WaitingReply(StrictSchema):
    """A perk that is tried again, from when, how often and until when; `wait` is null for a preview."""

    wait = fields.String(required=True, allow_none=True)
    perk = fields.String(required=True)
    title = fields.String(required=True)
    rule = fields.String(required=True)
    state = Choice((WaitState.WAITING.value, WaitState.HELD.value), required=True)
    every = Choice(("day", "hour"), required=True)
    from_ = fields.String(required=True, data_key="from")
    until = fields.String(required=True)
    text = fields.String(required=True)


class DecisionReply(StrictSchema):
    """What the guest gets, what is nearly there, and what is withheld and why. `decision` is null for a preview.

    `taken` is there only where the guest pays or forfeits something, `waiting` where something is tried again.
    """

    decision = fields.String(required=True, allow_none=True)
    as_of = fields.String(required=True)
    rule_set = fields.String(required=True)
    guest = fields.String(required=True)
    property = fields.String(required=True)
    moment = fields.String(required=True)
    mode = fields.String(required=True)
    perks = fields.List(fields.Nested(PerkGiven), required=True)
    near_misses = fields.List(fields.Nested(NearMissReply), required=True)
    withheld = fields.List(fields.Nested(WithheldReply), required=True)
    taken = fields.List(fields.Nested(PerkTaken))
    waiting = fields.List(fields.Nested(WaitingReply))
    extended = fields.List(fields.Nested(ExtendedReply))
    hold_expires_at = fields.String()
