"""Records for `logging`, and hooks around calls. Imported when there is somebody to tell."""

from __future__ import annotations

import logging
from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Awaitable, Callable
    from typing import Any

_PACKAGE = "cyberark_identity"

# As libraries are to have: without it, warnings of programs that set up no logging would go to
# stderr.
logging.getLogger(_PACKAGE).addHandler(logging.NullHandler())

_loggers = {
    topic: logging.getLogger(f"{_PACKAGE}.{topic}")
    for topic in ("call", "retry", "auth", "pace", "hooks")
}
_calls = _loggers["call"]

_inside: ContextVar[bool] = ContextVar("cyberark_identity_inside", default=False)
"""Whether this is a handler or a hook, or a task that one has started."""

is_inside = _inside.get


def is_detailed() -> bool:
    """Whether somebody wants to know what every call does."""
    return _calls.isEnabledFor(logging.DEBUG)


def emit(
    topic: str,
    level: int,
    message: str,
    attributes: dict[str, object],
    raised: BaseException | None,
) -> None:
    """Hands over a record. Whatever handlers do happens here, on the thread of the caller."""
    logger = _loggers[topic]
    if not logger.isEnabledFor(level):
        return
    token = _inside.set(True)
    try:
        logger.log(level, message, extra=attributes, exc_info=raised)
    finally:
        _inside.reset(token)


def run_hook(hook: Callable[[Any], Any], given: object) -> object:
    """Calls a hook. What it returns is to be awaited if it can be."""
    token = _inside.set(True)
    try:
        returned = hook(given)
    finally:
        _inside.reset(token)
    return _awaited(returned) if hasattr(returned, "__await__") else None


async def _awaited(returned: Awaitable[object]) -> None:
    _inside.set(True)  # in the context of its own task
    await returned


_under_way: set[Task[None]] = set()


def finish_hook(returned: Any) -> None:
    """Sees to what is to be awaited of a hook, for a call that nobody waits for any more."""
    if returned is None:
        return
    import asyncio

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(returned)
        return
    task = loop.create_task(returned)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
