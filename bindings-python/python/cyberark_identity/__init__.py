"""CyberArk Identity for Python: SCIM 2.0 and the platform calls, typed, synchronous and
asynchronous.

    from cyberark_identity import Client, ClientCredentials

    auth = ClientCredentials("my-app", "svc@example.com", "secret")
    with Client("https://abc1234.id.cyberark.cloud", auth=auth) as client:
        print(client.users.get_by_name("ana@example.com").state)

Records are in `cyberark_identity.models`, a tenant for tests in `cyberark_identity.emulator`.
"""

from ._auth import ClientCredentials, StaticToken
from ._catalogue import operations
from ._client import AsyncClient, Client
from ._diff import diff
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
    Items,
    ListResponse,
    NotGiven,
    OperationInfo,
    Record,
    Response,
    Rows,
    Table,
    __version__,
)

__all__ = [
    "NOT_GIVEN",
    "AsyncClient",
    "AsyncItems",
    "AuthenticationError",
    "Client",
    "ClientClosedError",
    "ClientCredentials",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "IdentityError",
    "InvalidArgumentError",
    "InvalidRequestError",
    "Items",
    "ListResponse",
    "NotFoundError",
    "NotGiven",
    "OperationInfo",
    "PermissionDeniedError",
    "RateLimitedError",
    "Record",
    "RejectedError",
    "RequestTimeoutError",
    "Response",
    "Rows",
    "ServerError",
    "ServiceError",
    "StaticToken",
    "Table",
    "UnexpectedResponseError",
    "__version__",
    "diff",
    "operations",
]
