"""Jobs: what runs in the background, and how far it is."""

from __future__ import annotations

from marshmallow import fields

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Choice, StrictSchema
from rewards.api.replies import Reply
from rewards.clock import from_us, isoformat
from rewards.errors import NOT_FOUND, RewardsError


class JobReply(StrictSchema):
    """A job: `due` waits or runs, `done` and `dead` are over."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    state = Choice(("due", "done", "dead"), required=True)
    due_at = fields.String(required=True)
    attempt = fields.Integer(required=True)
    max_attempts = fields.Integer(required=True)
    last_error = fields.String(required=True, allow_none=True)


def show(call: Call) -> Reply:
    """One job."""
    call.key.require_group("a job")
    job = call.store.jobs.get(call.path["job"])
    if job is None:
        raise RewardsError(NOT_FOUND, f"No job “{call.path['job'][:60]}”.", field="job")
    return Reply(
        {
            "id": job.id,
            "name": job.name,
            "state": job.state,
            "due_at": isoformat(from_us(job.due_us)),
            "attempt": job.attempt,
            "max_attempts": job.max_attempts,
            "last_error": job.last_error,
        }
    )


ENDPOINTS = (Endpoint("GET", "/jobs/<job>", show, "admin", "One job", reply=JobReply, tag="jobs"),)
