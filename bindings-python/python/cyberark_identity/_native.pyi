"""The native half: a client's engine, records as views, and the embedded tenant."""

import os
from asyncio import AbstractEventLoop, Future
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Literal, TypeVar, final, overload

from typing_extensions import Self, disjoint_base

_T = TypeVar("_T")
_R = TypeVar("_R", bound=Record)
_R_co = TypeVar("_R_co", bound=Record, covariant=True)

__all__ = [
    "NOT_GIVEN",
    "AsyncItems",
    "Bridge",
    "Engine",
    "Field",
    "Items",
    "ListResponse",
    "NotGiven",
    "Operation",
    "OperationInfo",
    "Page",
    "Record",
    "Response",
    "Rows",
    "Task",
    "Tenant",
    "__version__",
    "anything",
    "boolean",
    "diff",
    "each",
    "file",
    "find_operation",
    "integer",
    "mapping",
    "operation",
    "operations",
    "record",
    "request",
    "restore",
    "restore_page",
    "run_emulator",
    "stop_worker",
    "text",
    "timestamp",
]
__version__: str
NOT_GIVEN: NotGiven

@final
class NotGiven:
    """Stands for an argument that was left out, while None is sent as null."""

    def __bool__(self) -> Literal[False]: ...

@final
class Field:
    """A field of a record: its name on the wire, and what it holds."""

    @property
    def wire(self) -> str: ...
    def __set_name__(self, class_: type, name: str) -> None: ...

def text(wire: str) -> Any: ...
def boolean(wire: str) -> Any: ...
def integer(wire: str) -> Any: ...
def timestamp(wire: str) -> Any: ...
def file(wire: str) -> Any: ...
def anything(wire: str) -> Any: ...
def mapping(wire: str) -> Any: ...
def record(wire: str, class_: type[Record], /) -> Any: ...
def each(item: Any) -> Any: ...

@disjoint_base
class Record:
    """An object of the service: attributes by their Python names, `record["wireName"]` for
    exactly what was sent.
    """

    __match_args__: ClassVar[tuple[str, ...]]

    def __new__(cls, *handle: Any, **fields: Any) -> Self: ...
    @property
    def extra(self) -> MappingProxyType[str, Any]: ...
    def replace(self, **changes: Any) -> Self: ...
    def __replace__(self, **changes: Any) -> Self: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: object) -> Self: ...
    def to_dict(self, *, wire: bool = False) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getitem__(self, wire: str, /) -> Any: ...
    def __contains__(self, wire: object, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@disjoint_base
class Page(Sequence[_R_co]):
    """What lists of records have in common."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> _R_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[_R_co]: ...
    def __iter__(self) -> Iterator[_R_co]: ...
    def __contains__(self, value: object, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def index(self, value: Any, start: int = 0, stop: int = ...) -> int: ...
    def count(self, value: Any) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: object) -> Self: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> Any: ...
    def to_dicts(self, *, wire: bool = False) -> list[dict[str, Any]]: ...
    def _repr_html_(self) -> str: ...

@final
class Rows(Page[_R_co]):
    """Rows of a platform query: a sequence of records."""

    @property
    def full_count(self) -> int | None: ...

@final
class ListResponse(Page[_R_co]):
    """One page of a SCIM list: a sequence of records."""

    @property
    def total_results(self) -> int | None: ...
    @property
    def start_index(self) -> int | None: ...
    @property
    def items_per_page(self) -> int | None: ...

@final
class Operation(Generic[_T]):
    """An operation of the service, with the type of its result."""

    @property
    def name(self) -> str: ...

def operation(
    name: str, item: type[Record] | None = None, /, **arguments: Any
) -> Operation[Any]: ...
def operations() -> list[OperationInfo]: ...
def diff(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]: ...
def find_operation(name_or_id: str) -> str: ...
def request(
    method: str, path: str, query: list[tuple[str, str]], body: object
) -> Operation[Any]: ...

@final
class Items(Iterator[_R]):
    """All items of a list, one after the other. While the items of a page are read, the next
    pages are under way.
    """

    def __next__(self) -> _R: ...

@final
class AsyncItems(AsyncIterator[_R]):
    """All items of a list for asyncio, one after the other. While the items of a page are read,
    the next pages are under way.
    """

    def __anext__(self) -> Awaitable[_R]: ...
    def take(self) -> _R | None: ...
    def advance(self, bridge: Bridge, future: Future[bool]) -> Task: ...

@final
class OperationInfo:
    """What is known about an operation."""

    @property
    def name(self) -> str: ...
    @property
    def ids(self) -> list[str]: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def access(self) -> str: ...
    @property
    def retry(self) -> str: ...
    @property
    def permission(self) -> str: ...
    @property
    def confidence(self) -> str: ...
    @property
    def doubt(self) -> str: ...
    @property
    def doc(self) -> str: ...

@final
class Response:
    """The result of a call together with the answer it was read from."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def request_id(self) -> str | None: ...
    @property
    def value(self) -> Any: ...

@final
class Engine:
    """The native half of a client."""

    def __new__(cls, settings: Mapping[str, Any]) -> Self: ...
    @property
    def tenant_url(self) -> str: ...
    @property
    def closed(self) -> bool: ...
    def close(self) -> None: ...
    @overload
    def call(
        self,
        operation: Operation[_T],
        body: object,
        arguments: dict[str, object],
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        raw: Literal[False] = False,
    ) -> _T: ...
    @overload
    def call(
        self,
        operation: Operation[Any],
        body: object,
        arguments: dict[str, object],
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        raw: Literal[True],
    ) -> Response: ...
    def start(
        self,
        bridge: Bridge,
        future: Future[Any],
        operation: Operation[Any],
        body: object,
        arguments: dict[str, object],
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        raw: bool = False,
    ) -> Task: ...
    def items(
        self,
        operation: Operation[ListResponse[_R]],
        arguments: dict[str, object],
        page_size: int,
        concurrency: int,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Items[_R]: ...
    def async_items(
        self,
        operation: Operation[ListResponse[_R]],
        arguments: dict[str, object],
        page_size: int,
        concurrency: int,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncItems[_R]: ...

@final
class Bridge:
    """Serves one event loop."""

    def __new__(cls, event_loop: AbstractEventLoop) -> Self: ...
    @property
    def inherited(self) -> bool: ...

@final
class Task:
    """A call under way."""

    def abort(self) -> None: ...

@final
class Tenant:
    """A running tenant."""

    def __new__(
        cls,
        *,
        seed_users: int,
        tls: bool,
        faults: str | None,
        token_lifetime: float,
        port: int,
        host: str,
        state: str | os.PathLike[str] | None,
    ) -> Self: ...
    def description(self) -> dict[str, Any]: ...
    def requests(self) -> list[dict[str, Any]]: ...
    def clear_requests(self) -> None: ...
    def add_faults(self, faults: str) -> None: ...
    def clear_faults(self) -> None: ...
    def advance_clock(self, by: float) -> None: ...
    def expire_tokens(self) -> None: ...
    def stop(self) -> None: ...

def run_emulator(arguments: list[str]) -> int: ...
def restore(class_: type[Record], json: bytes) -> Record: ...
def restore_page(kind: type[Page[Any]], class_: type[Record], json: bytes) -> Page[Any]: ...
def stop_worker() -> None: ...
