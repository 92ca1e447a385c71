"""Calls from event loops. Imported with the first asynchronous call, because it needs asyncio."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future, get_running_loop
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ._native import Bridge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._native import Engine, Operation

# A bridge lives as long as its loop: no client is bound to a loop, and every `asyncio.run` gets
# its own.
_bridges: WeakKeyDictionary[AbstractEventLoop, Bridge] = WeakKeyDictionary()


def _bridge(loop: AbstractEventLoop) -> Bridge:
    bridge = _bridges.get(loop)
    if bridge is None or bridge.inherited:
        bridge = _bridges[loop] = Bridge(loop)
    return bridge


async def call(
    engine: Engine,
    operation: Operation[Any],
    body: object,
    arguments: dict[str, object],
    timeout: float | None,
    headers: Mapping[str, str] | None,
    raw: bool,
) -> Any:
    """Runs an operation. When the waiting task is cancelled, the request is ended, too."""
    loop = get_running_loop()
    future: Future[Any] = loop.create_future()
    task = engine.start(
        _bridge(loop), future, operation, body, arguments, timeout, headers, raw=raw
    )
    try:
        return await future
    except BaseException:
        task.abort()
        raise
