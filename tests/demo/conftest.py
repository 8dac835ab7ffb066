"""One demo for all tests here: each makes customers of its own, so that none meets another's."""

from collections.abc import Iterator

import pytest

from tests.demo.running import Demo, demo


@pytest.fixture(scope="session")
def running_demo() -> Iterator[Demo]:
    with demo("--port", "0") as found:
        yield found
