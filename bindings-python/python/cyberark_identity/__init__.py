"""CyberArk Identity for Python: SCIM 2.0 and the platform calls, typed, synchronous and
asynchronous.

    from cyberark_identity import Client, ClientCredentials

    auth = ClientCredentials("my-app", "svc@example.com", "secret")
    with Client("https://abc1234.id.cyberark.cloud", auth=auth) as client:
        print(client.users.get_by_name("ana@example.com").state)

Records are in `cyberark_identity.models`, a tenant for tests in `cyberark_identity.emulator`.
"""

from ._auth import (
    AuthorizationCode,
    ClientCredentials,
    Credentials,
    PlatformToken,
    StaticToken,
    TokenFunction,
    UserLogin,
)
from ._client import Client
from ._errors import IdentityError, ServiceError
from ._generated.errors import (
    AuthenticationError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RejectedError,
    RequestTimeoutError,
    ServerError,
    UnexpectedResponseError,
)
from ._native import (
    NOT_GIVEN,
    AsyncItems,
    CallEnd,
    CallStart,
    Items,
    Limits,
    ListResponse,
    NotGiven,
    OperationInfo,
    Record,
    Response,
    Rows,
    Table,
    Timeout,
    TokenCache,
    __version__,
)
from ._prompt import Choice, Question, terminal_prompt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async_client import AsyncClient
    from ._catalogue import operations
    from ._diff import diff
    from ._doctor import Check, Report, async_doctor, doctor
    from ._drift import Drift, DriftReport

__all__ = [
    "NOT_GIVEN",
    "AsyncClient",
    "AsyncItems",
    "AuthenticationError",
    "AuthorizationCode",
    "CallEnd",
    "CallStart",
    "Check",
    "Choice",
    "Client",
    "ClientClosedError",
    "ClientCredentials",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "Credentials",
    "Drift",
    "DriftReport",
    "IdentityError",
    "InvalidArgumentError",
    "InvalidRequestError",
    "Items",
    "Limits",
    "ListResponse",
    "NotFoundError",
    "NotGiven",
    "OperationInfo",
    "PermissionDeniedError",
    "PlatformToken",
    "Question",
    "RateLimitedError",
    "Record",
    "RejectedError",
    "Report",
    "RequestTimeoutError",
    "Response",
    "Rows",
    "ServerError",
    "ServiceError",
    "StaticToken",
    "Table",
    "Timeout",
    "TokenCache",
    "TokenFunction",
    "UnexpectedResponseError",
    "UserLogin",
    "__version__",
    "async_doctor",
    "diff",
    "doctor",
    "operations",
    "terminal_prompt",
]


_ON_DEMAND = {
    "AsyncClient": "_async_client",
    "Check": "_doctor",
    "Drift": "_drift",
    "DriftReport": "_drift",
    "Report": "_doctor",
    "async_doctor": "_doctor",
    "diff": "_diff",
    "doctor": "_doctor",
    "operations": "_catalogue",
}


def __getattr__(name: str) -> object:
    module = _ON_DEMAND.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
