"""The synchronous client, and what it shares with the asynchronous one."""

from __future__ import annotations

from ._auth import Credentials
from ._generated.client import Groups
from ._generated.errors import ConfigurationError
from ._generated.operations import BY_NAME
from ._native import Engine, TokenCache, __version__, find_operation, request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from os import PathLike
    from types import TracebackType
    from typing import Any, TypeVar

    from typing_extensions import Self

    from ._arguments import Body
    from ._doctor import Report
    from ._drift import DriftReport
    from ._native import CallEnd, CallStart, Limits, Operation, Response, Source, Timeout

    T = TypeVar("T")


_OWN_NAME = f"cyberark-identity-python/{__version__}"


class _Base:
    """What both clients have."""

    def __init__(
        self,
        tenant_url: str,
        *,
        domain: str | None = None,
        auth: Credentials | None = None,
        token_cache: TokenCache | None = None,
        ca_file: str | PathLike[str] | None = None,
        allow_plain_http: Iterable[str] = (),
        timeout: float | None = None,
        connect_timeout: float | None = None,
        read_timeout: float | None = None,
        max_retries: int | None = None,
        max_retry_after: float | None = None,
        max_concurrency: int | None = None,
        max_response_size: int | None = None,
        proxy: str | None = None,
        no_proxy: Iterable[str] = (),
        client_certificate: str | PathLike[str] | None = None,
        client_key: str | PathLike[str] | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str | None = None,
        record: str | PathLike[str] | None = None,
        correlation_header: str | None = None,
        before: Callable[[CallStart], object] | None = None,
        after: Callable[[CallEnd], object] | None = None,
        watch_drift: bool = False,
    ) -> None:
        """Checks the settings. No connection is opened yet.

        Args:
            tenant_url: `https://` URL of the tenant, its host name, or its id, such as `abc1234`.
            domain: Domain that completes a tenant id, such as `my.idaptive.app`;
                `id.cyberark.cloud` by default.
            auth: How to sign in: `ClientCredentials`, `PlatformToken`, `UserLogin`,
                `AuthorizationCode`, `TokenFunction` or `StaticToken`. Clients may share one.
            token_cache: Where tokens are kept between processes. By default they are only in
                memory.
            ca_file: Certificates (PEM) to trust in addition to those of the operating system.
            allow_plain_http: Hosts to which plain http is allowed; loopback always is.
            timeout: Seconds for a whole call, with all attempts and the waits between them; 60 by
                default.
            connect_timeout: Seconds for making a connection; 10 by default.
            read_timeout: Longest silence in seconds, before the answer and within it; 30 by
                default.
            max_retries: How often a request is retried where that is safe; 2 by default.
            max_retry_after: Longest wait in seconds that the service may ask for; 60 by default.
            max_concurrency: Highest number of concurrent requests; 256 by default. Within it, the
                client learns how many the service can take: see `limits`. 0 turns pacing off.
            max_response_size: Largest size of an answer in bytes, decompressed; 64 MiB by default.
            proxy: Proxy for everything, sign-in included: `http://`, `https://`, `socks5://` or
                `socks5h://`, optionally with `user:password@`. By default the environment's
                proxies apply, except for a tenant on loopback. An empty string means none.
            no_proxy: Hosts, domains, addresses or networks to reach without `proxy`.
            client_certificate: Certificate (PEM file) that identifies this client.
            client_key: Its private key (PEM file, not encrypted).
            headers: Headers to send with every call.
            user_agent: What to append to this package's own `User-Agent`.
            record: A new file to which every request and answer is written, without secrets: a
                tape, which `replay` plays. Only the user can read it. If something cannot be
                written, nothing more is sent.
            correlation_header: Header in which the id of each call (`call_id`) is sent. By
                default it is not sent: no source says that the service accepts such a header
                (confidence: low).
            before: Called before each call, with a `CallStart`; it may add headers. What it
                returns is awaited if it is awaitable. If it raises, that is logged and the call
                goes on. Calls that it makes itself are not reported.
            after: Called after each call, with a `CallEnd`, even if the call failed or was
                cancelled. Otherwise like `before`.
            watch_drift: Whether to compare every answer with what is known about its operation:
                see `drift`. Each answer is then parsed once more; nothing fails because of it.

        Raises:
            ConfigurationError: A setting cannot work.
        """
        if token_cache is not None and not isinstance(token_cache, TokenCache):
            raise ConfigurationError(
                f"`token_cache` is a {type(token_cache).__name__}",
                hint="pass TokenCache.file(path), or another TokenCache",
            )
        _check_hooks(before=before, after=after)
        self._engine = Engine(
            {
                "tenant_url": tenant_url,
                "domain": domain,
                "auth": _source(auth),
                "token_cache": token_cache,
                "ca_file": ca_file,
                "allow_plain_http": _several(allow_plain_http),
                "timeout": timeout,
                "connect_timeout": connect_timeout,
                "read_timeout": read_timeout,
                "max_retries": max_retries,
                "max_retry_after": max_retry_after,
                "max_concurrency": max_concurrency,
                "max_response_size": max_response_size,
                "proxy": proxy,
                "no_proxy": _several(no_proxy),
                "client_certificate": client_certificate,
                "client_key": client_key,
                "headers": dict(headers or {}),
                "user_agent": f"{_OWN_NAME} {user_agent}" if user_agent else _OWN_NAME,
                "record": record,
                "correlation_header": correlation_header,
                "before": before,
                "after": after,
                "watch_drift": watch_drift,
            }
        )
        self._add_groups()

    def _add_groups(self) -> None:
        raise NotImplementedError

    @classmethod
    def from_env(
        cls,
        tenant_url: str | None = None,
        *,
        auth: Credentials | None = None,
        ca_file: str | PathLike[str] | None = None,
        **settings: Any,
    ) -> Self:
        """Makes a client from the environment: `CYBERARK_IDENTITY_TENANT_URL` with `_APP_ID`,
        `_CLIENT_ID`, `_CLIENT_SECRET` and optionally `_SCOPE`, or `_TOKEN`, and `_CA_FILE`.
        Arguments override the environment.

        Raises:
            ConfigurationError: A variable is missing; the message names it.
        """
        from . import _environment  # most programs do without

        return cls(
            tenant_url or _environment.need("TENANT_URL"),
            auth=auth or _environment.auth(),
            ca_file=ca_file or _environment.read("CA_FILE"),
            **settings,
        )

    @classmethod
    def replay(
        cls,
        tape: str | PathLike[str],
        *,
        auth: Credentials | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        max_retry_after: float | None = None,
        before: Callable[[CallStart], object] | None = None,
        after: Callable[[CallEnd], object] | None = None,
    ) -> Self:
        """Makes a client that replays a tape, recorded with `record` in any language: nothing is
        sent, and nobody is asked to sign in.

        Equal requests are answered at once, in the order in which they were recorded. A request
        that is not on the tape is a `ConfigurationError` that names the closest one.

        Args:
            tape: Path of the tape.
            auth: Only to replay signing in as well. By default no credentials are needed.
            timeout: Seconds for a whole call; 60 by default.
            max_retries: How often a request is retried where that is safe; 2 by default.
            max_retry_after: Longest wait in seconds that the service may ask for; 60 by default.
            before: Called before each call, as in a client that sends requests.
            after: Called after each call.

        Raises:
            ConfigurationError: A hook is not a function, or the file cannot be read, is not a
                tape, or has a later version.
        """
        _check_hooks(before=before, after=after)
        client = cls.__new__(cls)
        client._engine = Engine(
            {
                "replay": tape,
                "auth": _source(auth),
                "timeout": timeout,
                "max_retries": max_retries,
                "max_retry_after": max_retry_after,
                "before": before,
                "after": after,
                "user_agent": _OWN_NAME,
            }
        )
        client._add_groups()
        return client

    @property
    def tenant_url(self) -> str:
        """URL of the tenant."""
        return self._engine.tenant_url

    @property
    def limits(self) -> Limits:
        """Pacing of this client: its current limit, the load, and the last refusal."""
        return self._engine.limits()

    def drift(self) -> DriftReport | None:
        """How the answers so far differ from what is known about their operations; None unless the
        client was created with `watch_drift=True`.
        """
        from ._drift import report

        return report(self._engine.drift())

    def __repr__(self) -> str:
        state = " (closed)" if self._engine.closed else ""
        return f"<{type(self).__name__} of {self.tenant_url}{state}>"

    def __reduce__(self) -> Any:
        raise TypeError(
            f"{type(self).__name__} is not pickled, because a pickle would show its secret: "
            "make one in each process, for instance with from_env()"
        )


class Client(_Base, Groups):
    """A synchronous client of one tenant.

    It may be used from any number of threads, and after a fork. Close it, or use it in a `with`
    statement.
    """

    def _add_groups(self) -> None:
        Groups.__init__(self, self._engine)

    def call(
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
        return self._engine.call(_find(name_or_id), arguments or {}, {}, timeout, extra_headers)

    def call_raw(
        self,
        name_or_id: str,
        arguments: Body | None = None,
        *,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Like `call`, but returns status, headers and body along with the value."""
        return self._engine.call(
            _find(name_or_id), arguments or {}, {}, timeout, extra_headers, raw=True
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Sends a request that no operation describes, with token, retries and proof of success.

        Args:
            method: GET, POST, PUT, PATCH or DELETE. Only GET counts, and is retried, as a read.
            path: Path on the tenant, such as `/CDirectoryService/GetUser`.
            query: Query parameters; a list gives one parameter per item.
            body: What to send as JSON.
            timeout: Seconds for the whole call, instead of the client's, or a `Timeout`.
            extra_headers: Headers in addition to the client's own.

        Returns:
            The answer. Its `value` is JSON: the SCIM body, or the `Result` of the platform's
            envelope.
        """
        operation = request(method, path, _pairs(query), body)
        return self._engine.call(operation, None, {}, timeout, extra_headers, raw=True)

    def revoke(
        self,
        *,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> None:
        """Ends the token and its refresh token at the service, and forgets both. The next call
        signs in again, where that is possible. Nothing is sent if there is no token.

        A token issued by an application is revoked (RFC 7009) with the credentials of the client;
        for any other, the session is logged out, which ends a `StaticToken` for everybody who
        uses it. Confidence: medium; whether a client without a secret may revoke was not
        recorded.

        Args:
            timeout: Seconds for the whole of it, instead of the client's.
            extra_headers: Headers in addition to the client's own.

        Raises:
            AuthenticationError: The service refused. The token is then kept.
        """
        self._engine.revoke(timeout, extra_headers)

    def doctor(
        self,
        *,
        timeout: float | Timeout | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Report:
        """Checks everything between this program and its tenant, and says what to change. For
        settings that make no client, there is `cyberark_identity.doctor`.

        Args:
            timeout: Seconds for each request, instead of the client's.
            extra_headers: Headers in addition to the client's own.
        """
        return self._engine.doctor(timeout, extra_headers)

    def close(self) -> None:
        """Closes the connections. Calls in progress on other threads end in
        `ClientClosedError`.
        """
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _source(auth: Credentials | None) -> Source | None:
    if auth is None:
        return None
    if not isinstance(auth, Credentials):
        raise ConfigurationError(
            f"`auth` is a {type(auth).__name__}", hint="pass ClientCredentials or StaticToken"
        )
    return auth._source


def _check_hooks(**hooks: Callable[..., object] | None) -> None:
    for name, hook in hooks.items():
        if hook is not None and not callable(hook):
            raise ConfigurationError(
                f"`{name}` is a {type(hook).__name__}", hint="pass a function of one argument"
            )


def _several(given: Iterable[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _pairs(query: Mapping[str, object] | None) -> list[tuple[str, str]]:
    """Query parameters as strings, without those that are None."""
    pairs = []
    for name, value in (query or {}).items():
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if item is not None:
                text = str(item).lower() if isinstance(item, bool) else str(item)
                pairs.append((name, text))
    return pairs


def _find(name_or_id: str) -> Operation[Any]:
    return BY_NAME[find_operation(name_or_id)]
