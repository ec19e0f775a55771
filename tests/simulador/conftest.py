"""The simulator's tests."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def callado() -> Iterator[None]:
    """Without logs: they would take longer than what they tell of."""
    antes = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    yield
    structlog.configure(**antes)
