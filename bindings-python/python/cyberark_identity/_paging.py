"""Lists read page by page, as far as somebody reads on.

What is promised: an item that moved to the next page while the list was read is given once; a list
ends where the service says that it does, or in an error. An item that is made or deleted meanwhile
may be missed.

These are no generators: one that has raised is over, and its next turn would look like the end of
the list. Here it asks for the page again.
"""

from __future__ import annotations

from ._native import Paging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from typing import Any, TypeVar

    from ._arguments import AsyncCall, Call
    from ._native import ListResponse, Operation, Record

    R = TypeVar("R", bound=Record)


def items(
    call: Call,
    operation: Operation[ListResponse[R]],
    arguments: dict[str, object],
    page_size: int,
    timeout: float | None,
    headers: Mapping[str, str] | None,
) -> Iterator[R]:
    """All items. `timeout` is that of each page."""

    def fetch(start: int, count: int) -> ListResponse[R]:
        asked = {**arguments, "start_index": start, "count": count}
        return call(operation, None, asked, timeout, headers)

    return _Items(Paging(operation, page_size), fetch)


def async_items(
    call: AsyncCall,
    operation: Operation[ListResponse[R]],
    arguments: dict[str, object],
    page_size: int,
    timeout: float | None,
    headers: Mapping[str, str] | None,
) -> AsyncIterator[R]:
    """All items. `timeout` is that of each page."""

    def fetch(start: int, count: int) -> Awaitable[ListResponse[R]]:
        asked = {**arguments, "start_index": start, "count": count}
        return call(operation, None, asked, timeout, headers)

    return _AsyncItems(Paging(operation, page_size), fetch)


class _Items:
    __slots__ = ("_fetch", "_lock", "_paging", "_ready")

    def __init__(self, paging: Paging, fetch: Callable[[int, int], ListResponse[Any]]) -> None:
        from threading import Lock

        self._paging = paging
        self._fetch = fetch
        # A page that two threads took note of would count twice, and hide the one after it.
        self._lock = Lock()
        self._ready: Iterator[Any] = iter(())

    def __iter__(self) -> _Items:
        return self

    def __next__(self) -> Any:
        with self._lock:
            while (item := next(self._ready, None)) is None:
                where = self._paging.next_page()
                if where is None:
                    raise StopIteration
                self._ready = _new(self._fetch(*where), self._paging)
            return item


class _AsyncItems:
    __slots__ = ("_fetch", "_lock", "_paging", "_ready")

    def __init__(
        self, paging: Paging, fetch: Callable[[int, int], Awaitable[ListResponse[Any]]]
    ) -> None:
        from asyncio import Lock

        self._paging = paging
        self._fetch = fetch
        self._lock = Lock()
        self._ready: Iterator[Any] = iter(())

    def __aiter__(self) -> _AsyncItems:
        return self

    async def __anext__(self) -> Any:
        async with self._lock:
            while (item := next(self._ready, None)) is None:
                where = self._paging.next_page()
                if where is None:
                    raise StopAsyncIteration
                self._ready = _new(await self._fetch(*where), self._paging)
            return item


def _new(page: ListResponse[R], paging: Paging) -> Iterator[R]:
    """The items of a page that were not on the one before."""
    known = zip(page, paging.accept(page), strict=True)
    return (item for item, is_new in known if is_new)
