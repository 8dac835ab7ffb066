"""A world per test: both sandboxes, and the settings of a product between them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenario.house import World, world_of


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world_of(database_url, tmp_path / "data", human_read=False) as world:
        yield world


@pytest.fixture
async def desk(world: World) -> AsyncIterator[World]:
    """The world with the product running in it."""
    async with world.open():
        yield world
