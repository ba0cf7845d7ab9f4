"""For the tests of sources: a house that is real, stories told to it, and the contract that every source keeps.

Needs pytest, which is no dependency of the engine. Nothing of the engine imports this package.
"""

import pytest

pytest.register_assert_rewrite("rewards.sdk.testing.contract")

from rewards.sdk.testing.cases import Call, Case, Fact, Recorded, Step  # noqa: E402
from rewards.sdk.testing.contract import Contract  # noqa: E402
from rewards.sdk.testing.house import House, Standing  # noqa: E402

__all__ = ["Call", "Case", "Contract", "Fact", "House", "Recorded", "Standing", "Step"]
