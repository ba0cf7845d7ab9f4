"""The front desk's question on the hot route, and a day's arrivals at once.

No schema library here: bodies are read strictly, turned into a struct, and the answer's bytes pass through. Neither
route holds a transaction around the desk's own.
"""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, request

from rewards.api.bodies import MAX_BATCH, raw_body, read_json
from rewards.api.calls import guarded
from rewards.api.house import House
from rewards.api.keys import Key
from rewards.api.language import preferred_language
from rewards.api.once import Named, checked_key, fingerprint, idempotency_key, is_kept, keep_refusal
from rewards.api.problems import PROBLEM, problem_bytes, status_of
from rewards.api.resources.decisions import ASK, BATCH, HOT, MAX_QUESTIONS, SCOPE
from rewards.desk.ask import Answered, Asked
from rewards.desk.ask import Key as DeskKey
from rewards.desk.reply import Reader
from rewards.desk.wire import Question, read_question
from rewards.errors import FIELD_INVALID, RewardsError, key_reused


def _reader(key: Key, question: Question) -> Reader:
    return Reader(question.language or preferred_language(), key.allows("spend:read"), key.id, key.role)


def _named(key: Key, value: Any, name: str) -> Named:
    """The same question under the same key is one intent, asked alone or in a batch."""
    return Named(f"{key.id} POST {HOT}", name, fingerprint(f"POST {HOT}", value))


def _desk_key(named: Named) -> DeskKey:
    return DeskKey(named.scope, named.key, named.mark)


def _ask_one(house: House, key: Key, value: Any, name: str | None) -> Answered:
    """Answer one question; `name` is the caller's name of a hold or commit."""
    question = read_question(value)
    key.require_property(question.property)
    reader = _reader(key, question)
    if name is None or question.mode == "preview":
        return house.desk.ask(question, reader)
    named = _named(key, value, name)
    try:
        return house.desk.ask(question, reader, _desk_key(named))
    except RewardsError as error:
        return _answered(house, named, error)


def _answered(house: House, named: Named, error: RewardsError) -> Answered:
    """A business refusal is an answer too, kept under the key; any other is raised."""
    if not is_kept(error):
        raise error
    first = keep_refusal(house, named, error)
    if first is None:
        return Answered(status_of(error), problem_bytes(error))
    if first.fingerprint != named.mark:
        raise key_reused()
    return Answered(first.status, first.body, replayed=True)


def add_asking_routes(blueprint: Blueprint, house: House) -> None:
    """POST /v1/decisions and POST /v1/decisions/batch: they hold no transaction around the desk's own."""

    def ask_route() -> Response:
        return guarded(house, SCOPE, lambda key: _ask(house, key))

    def batch_route() -> Response:
        return guarded(house, SCOPE, lambda key: _batch(house, key))

    blueprint.add_url_rule(HOT, ASK.name, ask_route, methods=["POST"])
    blueprint.add_url_rule(BATCH.rule, BATCH.name, batch_route, methods=["POST"])


def _ask(house: House, key: Key) -> Response:
    value = read_json(raw_body(request))
    preview = not isinstance(value, dict) or value.get("mode", "preview") == "preview"
    answered = _ask_one(house, key, value, None if preview else idempotency_key())
    response = Response(answered.body, answered.status)
    response.content_type = PROBLEM if answered.status >= 400 else "application/json"
    if answered.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _batch(house: House, key: Key) -> Response:
    items = [_Item(item) for item in _items(read_json(raw_body(request, MAX_BATCH)))]
    for item in items:
        item.read(house, key)
    waiting = [item for item in items if item.asked is not None]
    answers = house.desk.ask_all([item.asked for item in waiting if item.asked is not None])
    for item, answer in zip(waiting, answers, strict=True):
        item.take(house, answer)
    return Response(msgspec.json.encode({"results": [item.result() for item in items]}), mimetype="application/json")


class _Item:
    """One question of a batch on its way to its result; what is wrong with it is no matter of the others."""

    def __init__(self, sent: Any) -> None:
        self._sent = sent
        self._named: Named | None = None
        self._answered: Answered | None = None
        self.asked: Asked | None = None

    def read(self, house: House, key: Key) -> None:
        """Take it apart: a preview is answered at once, a hold or commit waits for its turn (`asked`)."""
        try:
            self._read(house, key, _question_of(self._sent), checked_key(self._sent["key"], "key"))
        except RewardsError as error:
            self._refuse(error)

    def _read(self, house: House, key: Key, value: Any, name: str) -> None:
        question = read_question(value)
        key.require_property(question.property)
        reader = _reader(key, question)
        if question.mode == "preview":
            self._answered = house.desk.ask(question, reader)
            return
        self._named = _named(key, value, name)
        self.asked = Asked(question, reader, _desk_key(self._named))

    def take(self, house: House, answer: Answered | RewardsError) -> None:
        """Its answer, or its refusal."""
        if isinstance(answer, Answered):
            self._answered = answer
            return
        try:
            self._answered = _answered(house, self._named, answer) if self._named else None
        except RewardsError as error:
            self._refuse(error)

    def _refuse(self, error: RewardsError) -> None:
        self._answered = Answered(status_of(error), problem_bytes(error))

    def result(self) -> dict[str, Any]:
        """The status and the body that it would have got alone."""
        if self._answered is None:
            raise RuntimeError("a question of a batch was passed over")
        name = self._sent.get("key") if isinstance(self._sent, dict) else None
        body = "problem" if self._answered.status >= 400 else "decision"
        return {
            "key": name if isinstance(name, str) else None,
            "status": self._answered.status,
            "replayed": self._answered.replayed,
            body: msgspec.Raw(self._answered.body),
        }


def _items(value: Any) -> list[Any]:
    if not isinstance(value, dict) or set(value) != {"questions"}:
        raise RewardsError(FIELD_INVALID, "A batch is an object with `questions`, and nothing else.", field="questions")
    items = value["questions"]
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_QUESTIONS:
        raise RewardsError(
            FIELD_INVALID, "It is not a list of questions.", hint=f"Send 1 to {MAX_QUESTIONS}.", field="questions"
        )
    return items


def _question_of(item: Any) -> Any:
    if not isinstance(item, dict) or set(item) != {"key", "question"} or not isinstance(item["key"], str):
        raise RewardsError(FIELD_INVALID, "A question of a batch has `key` (a text) and `question`.", field="questions")
    return item["question"]
