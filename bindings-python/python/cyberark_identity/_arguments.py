"""Types of arguments. For type checkers only; nothing imports this at run time.

For a body or a nested object, you can pass a record, a mapping with Python's or the wire's names,
or a dataclass.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from os import PathLike
from typing import Any, BinaryIO, ClassVar, Protocol, TypeAlias, TypeVar

from ._native import AsyncItems, Items, ListResponse, Operation, Record, Timeout

T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Dataclass(Protocol):
    """Any dataclass. A field that is None counts as left out."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Like: TypeAlias = T | Mapping[str, Any] | Dataclass
Body: TypeAlias = Like[Record]
Upload: TypeAlias = bytes | bytearray | memoryview | PathLike[str] | BinaryIO | Mapping[str, Any]
"""A file: its content, its path, an open file, or a mapping with `path` or `content` and
optionally `name` and `type`. A file given by its path is read while it is sent, never into memory
as a whole."""


class Calls(Protocol):
    """Runs operations."""

    def call(
        self,
        operation: Operation[T],
        body: object,
        arguments: dict[str, object],
        timeout: float | Timeout | None = None,
        headers: Mapping[str, str] | None = None,
        /,
    ) -> T: ...

    def items(
        self,
        operation: Operation[ListResponse[R]],
        arguments: dict[str, object],
        page_size: int,
        concurrency: int,
        timeout: float | Timeout | None = None,
        headers: Mapping[str, str] | None = None,
        /,
    ) -> Items[R]: ...


class AsyncCalls(Protocol):
    """Runs operations in the running event loop."""

    def call(
        self,
        operation: Operation[T],
        body: object,
        arguments: dict[str, object],
        timeout: float | Timeout | None = None,
        headers: Mapping[str, str] | None = None,
        /,
    ) -> Awaitable[T]: ...

    def items(
        self,
        operation: Operation[ListResponse[R]],
        arguments: dict[str, object],
        page_size: int,
        concurrency: int,
        timeout: float | Timeout | None = None,
        headers: Mapping[str, str] | None = None,
        /,
    ) -> AsyncItems[R]: ...
