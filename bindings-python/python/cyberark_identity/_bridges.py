"""Calls from event loops. Imported with the asynchronous client, because it needs asyncio."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future, get_running_loop
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary, ref

from ._native import Bridge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._doctor import Report
    from ._native import AsyncItems, Engine, Operation, Record, Task, Timeout

    R = TypeVar("R", bound=Record)

T = TypeVar("T")

# A bridge lives as long as its loop: no client is bound to a loop, and every `asyncio.run` gets
# its own.
_bridges: WeakKeyDictionary[AbstractEventLoop, Bridge] = WeakKeyDictionary()


# The one that was used last, which is nearly always the only one: to ask `_bridges` takes longer
# than many a step of a call.
_last: tuple[ref[AbstractEventLoop], Bridge] | None = None


def _bridge(loop: AbstractEventLoop) -> Bridge:
    global _last
    if _last is not None and _last[0]() is loop and not _last[1].inherited:
        return _last[1]
    bridge = _bridges.get(loop)
    if bridge is None or bridge.inherited:
        bridge = _bridges[loop] = Bridge(loop)
    _last = ref(loop), bridge
    return bridge


async def given(item: T) -> T:
    """An item that is there. A coroutine costs less than any other awaitable."""
    return item


async def next_item(items: AsyncItems[R]) -> R:
    """The next item, when its page is not there yet. Nothing is lost when the wait is cancelled."""
    while (item := items.take()) is None:
        if not await advance(items):
            raise StopAsyncIteration
    return item


async def advance(items: AsyncItems[Any]) -> bool:
    """Waits for the next page. False at the end of the list."""
    loop = get_running_loop()
    future: Future[bool] = loop.create_future()
    return await _outcome(future, items.advance(_bridge(loop), future))


async def call(
    engine: Engine,
    operation: Operation[Any],
    body: object,
    arguments: dict[str, object],
    timeout: float | Timeout | None,
    headers: Mapping[str, str] | None,
    raw: bool,
) -> Any:
    """Runs an operation. When the waiting task is cancelled, the request is ended, too."""
    loop = get_running_loop()
    future: Future[Any] = loop.create_future()
    task = engine.start(
        _bridge(loop), future, operation, body, arguments, timeout, headers, raw=raw
    )
    # As in `_outcome`: one coroutine less for every call.
    try:
        return await future
    except BaseException:
        task.abort()
        raise


async def revoke(
    engine: Engine, timeout: float | Timeout | None, headers: Mapping[str, str] | None
) -> None:
    """Ends the token of a client."""
    loop = get_running_loop()
    future: Future[None] = loop.create_future()
    await _outcome(future, engine.start_revoking(_bridge(loop), future, timeout, headers))


async def doctor(
    engine: Engine,
    timeout: float | Timeout | None,
    headers: Mapping[str, str] | None,
    lacking: tuple[str, str | None] | None = None,
) -> Report:
    """Looks at a client and its tenant. `lacking` is why its credentials are none."""
    loop = get_running_loop()
    future: Future[Report] = loop.create_future()
    task = engine.start_doctor(_bridge(loop), future, timeout, headers, lacking)
    return await _outcome(future, task)


async def _outcome(future: Future[T], task: Task) -> T:
    try:
        return await future
    except BaseException:
        task.abort()
        raise
