"""Generated calls, right and wrong, of every operation: never our failure, and always as the document says."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from rewards.api.blueprint import ENDPOINTS
from rewards.api.calls import Endpoint
from tests.api.client import Api
from tests.stage import question

EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# A batch is answered as a whole: what is wrong with an item is told in its own result. Documents past their length are
# past the body's, and that refusal (413) is not among those that the check takes for one.
LENIENT = {
    "post_decisions_batch", "post_rule_sets_check", "post_rule_sets_explain", "post_rule_sets_publish",
}  # fmt: skip
KNOWN = "card:00412"


@pytest.fixture(scope="module")
def names(settled: Api) -> dict[str, str]:
    """What stands in addresses, so that calls come further than to an unknown name."""
    activity = settled.stays(KNOWN, 10, 40, 70)[0]
    decision = settled.ask(KNOWN, mode="hold")
    return {
        "guest": KNOWN, "activity": activity, "decision": decision["decision"], "code": "harbour", "version": "1",
        "grant": decision["perks"][0]["grant"], "job": "job_x", "key": "key_x", "connection": "src_x",
        "source": "files", "name": "bar", "kind": "friend", "other": "card:00413",
    }  # fmt: skip


@pytest.fixture(scope="module")
def schema(settled: Api) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", settled.app)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_generated_calls(
    settled: Api, schema: Any, names: dict[str, str], endpoint: Endpoint, mode: GenerationMode
) -> None:
    path = "/v1" + endpoint.rule.replace("<", "{").replace(">", "}")
    operation = schema[path][endpoint.method]
    headers = {"Authorization": f"Bearer {settled.secret}"}
    asked = CHECKS if endpoint.name in LENIENT else [*CHECKS, checks.negative_data_rejection]
    known = {name: value for name, value in names.items() if f"<{name}>" in endpoint.rule}

    @seed(20_261_122)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), real=...)
    def call(case: Any, real: bool) -> None:
        if real and known and mode is GenerationMode.POSITIVE:
            case.path_parameters = dict(known)
        case.call_and_validate(headers=headers, checks=asked)

    call()
    assert settled.violations() == []


def test_the_engine_is_well_after_all_that(settled: Api) -> None:
    assert settled.ask("card:after", enrol=True, stay={"reservation": "R-after"})["perks"]
    assert settled.post("/decisions", question(KNOWN, mode="preview")).status == 200
