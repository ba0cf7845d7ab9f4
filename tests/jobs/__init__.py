"""Queue, workers, sweeper, private Valkey and supervisor: real processes, real kills, conditions instead of sleeps."""

import pytest

pytest.register_assert_rewrite("tests.jobs.job_store_contract")
