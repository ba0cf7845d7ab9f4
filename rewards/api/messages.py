"""Where other systems send their messages: `/v1/sources/{source}/{address}`, with a source's own addresses below it.

The address is the connection's own and cannot be guessed; the source proves the sender. Whatever a message holds, the
answer is the source's or a problem, and never a failure of ours.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from flask import Blueprint, Response, request

from rewards.api.bodies import unstorable
from rewards.api.house import House
from rewards.api.problems import PROBLEM, nothing_here, problem, problem_body
from rewards.errors import (
    BODY_TOO_LARGE,
    MESSAGE_INVALID,
    MESSAGE_REFUSED,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    RATE_LIMITED,
    SOURCE_BUSY,
    Code,
    RewardsError,
)
from rewards.pluginhost.host import Plugin, SourceHost
from rewards.pluginhost.receiving import receive, refusal
from rewards.pluginhost.routes import answer_route, find_route
from rewards.pluginhost.turning import Turned
from rewards.sdk.messages import MAX_BODY, Answer, RawMessage
from rewards.storage.sources import ConnectionRow

log = logging.getLogger("rewards.sources")

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CODES: dict[int, Code] = {
    401: MESSAGE_REFUSED, 404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 413: BODY_TOO_LARGE, 429: RATE_LIMITED,
    503: SOURCE_BUSY,
}  # fmt: skip


def add_message_routes(api: Blueprint, house: House) -> None:
    """Add the addresses of all connections to the API's blueprint."""

    @api.route("/sources/<source>/<address>", defaults={"rest": ""}, methods=METHODS)
    @api.route("/sources/<source>/<address>/<path:rest>", methods=METHODS)
    def message(source: str, address: str, rest: str) -> Response:
        host = house.sources
        if unstorable(source) or unstorable(address) or unstorable(rest):
            raise nothing_here(request.path)
        with host.database.reading() as store:
            connection = store.connections.at(source, address)
        if connection is None:
            raise nothing_here(f"/v1/sources/{source[:40]}/…")
        plugin = _plugin(host, source)
        raw = _raw(host, f"/{rest}" if rest else "")
        try:
            return _sent(_answered(host, plugin, connection, raw))
        except Turned as turned:
            return _turned(host, plugin, raw, turned)
        except RewardsError as error:
            return _refused(host, plugin, raw, error)


def _plugin(host: SourceHost, source: str) -> Plugin:
    """The source; one that fails is our affair, so its sender is to try again."""
    try:
        return host.plugin(source)
    except RewardsError as error:
        raise RewardsError(SOURCE_BUSY, f"The source {source} cannot be run.", retry_after_s=300) from error


def _raw(host: SourceHost, path: str) -> RawMessage:
    """The call as it arrived; its body is cut where it is too long, by one byte more than is taken."""
    length = request.content_length or 0
    body = b"" if length > MAX_BODY else request.stream.read(MAX_BODY + 1)
    return RawMessage(
        method=request.method,
        path=path,
        query=request.args.to_dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body if length <= MAX_BODY else b" " * (MAX_BODY + 1),
        received_at=host.clock.now(),
        url=request.base_url,
        sender=request.remote_addr or "",
    )


def _answered(host: SourceHost, plugin: Plugin, connection: ConnectionRow, raw: RawMessage) -> Answer:
    if len(raw.body) > MAX_BODY:
        raise Turned(413, f"the body is over {MAX_BODY} bytes")
    route = find_route(plugin, raw.method, raw.path)
    if route is not None:
        own, parts = route
        return answer_route(host, plugin, connection, own, replace(raw, parts=parts))
    if raw.path:
        raise Turned(404, "the source has no such address")
    if raw.method != "POST":
        raise Turned(405, "messages come by POST")
    return receive(host, plugin, connection, raw)


def _sent(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, content_type=answer.content_type)
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def _turned(host: SourceHost, plugin: Plugin, raw: RawMessage, turned: Turned) -> Response:
    log.info("a message to %s is turned away (%d): %s", plugin.manifest.name, turned.status, turned.reason)
    own = refusal(host, plugin, raw, turned)
    if own is not None:
        return _sent(own)
    error = RewardsError(_CODES.get(turned.status, MESSAGE_INVALID), f"{turned.reason[:1].upper()}{turned.reason[1:]}.")
    error.retry_after_s = turned.retry_after_s
    response = problem(error)
    if response.status_code != turned.status:
        response = _of_status(error, turned.status)
    if turned.status == 401:
        # The proof is the source's affair; our own keys open nothing here.
        del response.headers["WWW-Authenticate"]
    return response


def _of_status(error: RewardsError, status: int) -> Response:
    body = {**problem_body(error), "status": status}
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype=PROBLEM)


def _refused(host: SourceHost, plugin: Plugin, raw: RawMessage, error: RewardsError) -> Response:
    """A refusal of the house inside a source's call: in the source's words where it has some."""
    response = problem(error)
    own = refusal(host, plugin, raw, Turned(response.status_code, error.code.title))
    return response if own is None else _sent(own)
