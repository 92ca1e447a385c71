"""Awaiting what functions of the caller return. Imported with the first such function."""

from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any


def run(awaitable: Awaitable[Any]) -> Any:
    """Awaits it in a loop of its own, on a thread where no loop is running."""
    return asyncio.run(_outcome(awaitable))


def schedule(
    awaitable: Awaitable[Any], done: Callable[[asyncio.Task[Any]], object]
) -> asyncio.Task[Any]:
    """Awaits it in the running loop."""
    task = asyncio.ensure_future(_outcome(awaitable))
    task.add_done_callback(done)
    return task


async def _outcome(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
