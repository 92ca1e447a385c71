"""The client for asyncio. Imported on demand, because that takes as long as everything else."""

from __future__ import annotations

from . import _bridges
from ._client import _Base, _find, _pairs
from ._generated.async_client import AsyncGroups
from ._native import request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from types import TracebackType
    from typing import Any, TypeVar

    from typing_extensions import Self

    from ._arguments import Body
    from ._doctor import Report
    from ._native import Engine, Operation, Response, Timeout

    T = TypeVar("T")


class AsyncClient(_Base, AsyncGroups):
    """A client of one tenant for asyncio.

    It is not bound to an event loop: the same client works in several, one after the other or at
    once. Close it, or use it in an `async with` statement.
    """

    def _add_groups(self) -> None:
        AsyncGroups.__init__(self, _AsyncCalls(self._engine))

    async def call(
        self,
        name_or_id: str,
        arguments: Body | None = None,
        *,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Runs an operation by its name, such as `users.get`, or by its id in the integration
        catalogue.

        Returns what the typed method returns.
        """
        operation = _find(name_or_id)
        return await _bridges.call(
            self._engine, operation, arguments or {}, {}, timeout, extra_headers, False
        )

    async def call_raw(
        self,
        name_or_id: str,
        arguments: Body | None = None,
        *,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Like `call`, but returns status, headers and body along with the value."""
        operation = _find(name_or_id)
        response: Response = await _bridges.call(
            self._engine, operation, arguments or {}, {}, timeout, extra_headers, True
        )
        return response

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Sends a request that no operation describes: see `Client.request`."""
        operation = request(method, path, _pairs(query), body)
        response: Response = await _bridges.call(
            self._engine, operation, None, {}, timeout, extra_headers, True
        )
        return response

    async def revoke(
        self,
        *,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> None:
        """Ends the token at the service and forgets it: see `Client.revoke`."""
        await _bridges.revoke(self._engine, timeout, extra_headers)

    async def doctor(
        self,
        *,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Report:
        """Checks everything between this program and its tenant: see `Client.doctor`."""
        return await _bridges.doctor(self._engine, timeout, extra_headers)

    async def aclose(self) -> None:
        """Closes the connections. Calls in progress end in `ClientClosedError`."""
        self._engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


class _AsyncCalls:
    """What the groups hold instead of their client, so that client and groups make no cycle."""

    __slots__ = ("_engine", "items")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.items = engine.async_items

    def call(
        self,
        operation: Operation[T],
        body: object,
        arguments: dict[str, object],
        timeout: float | Timeout | None = None,
        headers: Mapping[str, str] | None = None,
        /,
    ) -> Coroutine[Any, Any, T]:
        return _bridges.call(self._engine, operation, body, arguments, timeout, headers, False)
