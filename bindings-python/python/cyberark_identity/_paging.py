"""Lists read page by page, as far as somebody reads on.

What is promised: an item that moved to the next page while the list was read is given once; a list
ends where the service says that it does, or in an error. An item that is made or deleted meanwhile
may be missed.
"""

from __future__ import annotations

from ._native import Paging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from typing import TypeVar

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
    # Not in the generator: a wrong size has to be told at once.
    paging = Paging(operation, page_size)

    def read() -> Iterator[R]:
        while where := paging.next_page():
            start, count = where
            asked = {**arguments, "start_index": start, "count": count}
            page = call(operation, None, asked, timeout, headers)
            for item, is_new in zip(page, paging.accept(page), strict=True):
                if is_new:
                    yield item

    return read()


def async_items(
    call: AsyncCall,
    operation: Operation[ListResponse[R]],
    arguments: dict[str, object],
    page_size: int,
    timeout: float | None,
    headers: Mapping[str, str] | None,
) -> AsyncIterator[R]:
    """All items. `timeout` is that of each page."""
    paging = Paging(operation, page_size)

    async def read() -> AsyncIterator[R]:
        while where := paging.next_page():
            start, count = where
            asked = {**arguments, "start_index": start, "count": count}
            page = await call(operation, None, asked, timeout, headers)
            for item, is_new in zip(page, paging.accept(page), strict=True):
                if is_new:
                    yield item

    return read()
