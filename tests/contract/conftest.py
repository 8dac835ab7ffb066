"""The stand-in for Meta's Graph API, a desk that takes its webhooks, and a business that calls it."""

from collections.abc import AsyncIterator

import pytest

from sandbox.graph import GraphSandbox
from tests.contract.graph_desk import Business, Desk, open_business, open_desk, quick


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as opened:
        yield opened


@pytest.fixture
async def graph(desk: Desk) -> AsyncIterator[GraphSandbox]:
    async with GraphSandbox.start(callback=desk.url) as started:
        quick(started)
        yield started


@pytest.fixture
async def business(graph: GraphSandbox) -> AsyncIterator[Business]:
    async with open_business(graph) as opened:
        yield opened
