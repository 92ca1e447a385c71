"""How to sign in. These objects never show their secrets."""

from __future__ import annotations

from ._generated.errors import ConfigurationError
from ._native import Source
from ._prompt import terminal_prompt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import NoReturn, TypeAlias

    from ._prompt import Question

    Prompt: TypeAlias = Callable[[Question], str | Awaitable[str | None] | None]


def _check(name: str, value: object) -> None:
    """Refuses anything but a string, without showing it."""
    if not isinstance(value, str):
        raise ConfigurationError(
            f"credentials: `{name}` has to be text, not {type(value).__name__}",
            hint="pass it, or set its environment variable",
        )


def _check_function(name: str, value: object) -> None:
    if not callable(value):
        raise ConfigurationError(
            f"credentials: `{name}` has to be a function, not {type(value).__name__}",
            hint="pass a function, or a coroutine function",
        )


class Credentials:
    """A way to sign in. Clients created with the same object share its token, one per tenant, and
    renew it once for all.

    Printing does not show its secrets, and it cannot be pickled.
    """

    __slots__ = ("_source", "_values")

    _source: Source
    _values: object

    def _hold(self, source: Source, values: object) -> None:
        object.__setattr__(self, "_source", source)
        object.__setattr__(self, "_values", values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("credentials do not change: make new ones")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("credentials do not change: make new ones")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values == getattr(other, "_values", None)

    def __hash__(self) -> int:
        return hash((type(self), self._values))

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} is not pickled, because a pickle would show the secret: "
            "read it from the environment where it is needed"
        )

    def __copy__(self) -> Credentials:
        return self

    def __deepcopy__(self, memo: object) -> Credentials:
        return self


class ClientCredentials(Credentials):
    """Signs in as a service user through an OAuth2 client application of the tenant (RFC 6749,
    section 4.4). Confidence: high.

    Args:
        app_id: Application id of the OAuth2 client in the tenant.
        client_id: Login name of the service user, with suffix.
        client_secret: Its password.
        scope: Scopes that the application defines, separated by spaces.
        in_body: Send id and secret in the form instead of a Basic header, if a gateway needs that
            header for itself.

    Raises:
        ConfigurationError: An argument is missing or not a string.
    """

    __slots__ = ()

    _values: tuple[str, str, str, str | None, bool]

    def __init__(
        self,
        app_id: str,
        client_id: str,
        client_secret: str,
        scope: str | None = None,
        *,
        in_body: bool = False,
    ) -> None:
        _check("app_id", app_id)
        _check("client_id", client_id)
        _check("client_secret", client_secret)
        _check("scope", scope or "")
        values = (app_id, client_id, client_secret, scope, in_body)
        self._hold(Source.client_credentials(*values), values)

    def __repr__(self) -> str:
        app_id, client_id, _, scope, _ = self._values
        return (
            f"ClientCredentials(app_id={app_id!r}, client_id={client_id!r}, "
            f"client_secret='***', scope={scope!r})"
        )


class PlatformToken(Credentials):
    """Signs in as a service user for the shared services of the platform, at
    `/oauth2/platformtoken`, which needs no application. The tenant's own calls accept this token,
    too. Confidence: high; its lifetime was not recorded.

    Args:
        client_id: Login name of the service user, with suffix.
        client_secret: Its password.

    Raises:
        ConfigurationError: An argument is missing or not a string.
    """

    __slots__ = ()

    _values: tuple[str, str]

    def __init__(self, client_id: str, client_secret: str) -> None:
        _check("client_id", client_id)
        _check("client_secret", client_secret)
        values = (client_id, client_secret)
        self._hold(Source.platform_token(*values), values)

    def __repr__(self) -> str:
        return f"PlatformToken(client_id={self._values[0]!r}, client_secret='***')"


class StaticToken(Credentials):
    """Uses a bearer token that was obtained elsewhere. It is not renewed.

    Raises:
        ConfigurationError: It is missing, not a string, or cannot be a token.
    """

    __slots__ = ()

    def __init__(self, token: str) -> None:
        _check("token", token)
        self._hold(Source.static_token(token), token)

    def __repr__(self) -> str:
        return "StaticToken('***')"


class TokenFunction(Credentials):
    """Gets the token from a function: from a vault, another library, or a file that something else
    keeps up to date. It is called again when the token's claims say that it has expired, and once
    after the service has refused it.

    Args:
        function: Returns a token as a string, or an awaitable for one. A synchronous client calls
            it on the waiting thread; for an asynchronous one it is called on a separate thread,
            and an awaitable is awaited on the event loop of the call.

    What it raises becomes the `__cause__` of an `AuthenticationError`; an `IdentityError` is passed
    on unchanged.
    """

    __slots__ = ()

    def __init__(self, function: Callable[[], str | Awaitable[str]]) -> None:
        _check_function("function", function)
        self._hold(Source.token_function(function), function)

    def __repr__(self) -> str:
        return "TokenFunction(...)"


class AuthorizationCode(Credentials):
    """Lets a person sign in with a browser, through an OAuth2 or OpenID Connect application of the
    tenant, and receives the code on a port of this machine (RFC 6749, section 4.1, with PKCE,
    RFC 7636). Confidence: high.

    The token is renewed without asking again if the application issues refresh tokens. A call that
    finds no token waits up to five minutes for the person; its own time-out starts afterwards.

    Args:
        app_id: Application id in the tenant.
        client_id: The application's client id.
        scope: Scopes that the application defines, separated by spaces.
        client_secret: The secret of a confidential application.
        redirect_uri: Where the browser delivers the code: an address of this machine that the
            application's settings list as well; `http://127.0.0.1:8400/callback` by default.
            Port 0 picks a free port, for applications that allow any.
        prompt: Receives one `Question`, of the kind `visit`, and shows or opens its `url`.

    Raises:
        ConfigurationError: An argument is missing, or the address is not one of this machine.
    """

    __slots__ = ()

    _values: tuple[str, str, str, str | None, str | None, Prompt]

    def __init__(
        self,
        app_id: str,
        client_id: str,
        scope: str,
        *,
        client_secret: str | None = None,
        redirect_uri: str | None = None,
        prompt: Prompt = terminal_prompt,
    ) -> None:
        _check("app_id", app_id)
        _check("client_id", client_id)
        _check("scope", scope)
        _check("client_secret", client_secret or "")
        _check("redirect_uri", redirect_uri or "")
        _check_function("prompt", prompt)
        values = (app_id, client_id, scope, client_secret, redirect_uri, prompt)
        self._hold(Source.authorization_code(*values), values)

    def __repr__(self) -> str:
        app_id, client_id, scope, secret, *_ = self._values
        shown = "" if secret is None else ", client_secret='***'"
        return (
            f"AuthorizationCode(app_id={app_id!r}, client_id={client_id!r}, scope={scope!r}{shown})"
        )


class UserLogin(Credentials):
    """Signs in as a person, with `StartAuthentication` and `AdvanceAuthentication`: password, codes
    by mail, text message or authenticator app, approval on a device, or another identity provider.
    Confidence: high.

    The token is renewed without asking again for as long as the service allows. A call that finds
    no token waits up to five minutes for the person; its own time-out starts afterwards.

    Args:
        user: Login name, with suffix.
        password: Answers the request for the password, once; if it is wrong, nobody is asked for
            another.
        prompt: Answers everything else: receives a `Question` and returns the answer, or an
            awaitable for it. With None, a sign-in that needs more than the password ends in an
            `AuthenticationError` with the `code` `mfa_required`.

    Raises:
        ConfigurationError: An argument is missing or not a string.
    """

    __slots__ = ()

    _values: tuple[str, str | None, Prompt | None]

    def __init__(
        self, user: str, *, password: str | None = None, prompt: Prompt | None = terminal_prompt
    ) -> None:
        _check("user", user)
        _check("password", password or "")
        if prompt is not None:
            _check_function("prompt", prompt)
        values = (user, password, prompt)
        self._hold(Source.user_login(*values), values)

    def __repr__(self) -> str:
        user, password, _ = self._values
        shown = "" if password is None else ", password='***'"
        return f"UserLogin(user={user!r}{shown})"
