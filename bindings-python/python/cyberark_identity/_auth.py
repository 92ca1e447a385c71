"""How to sign in. These objects never show their secrets."""

from __future__ import annotations

from ._generated.errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def _check(name: str, value: object) -> None:
    """Refuses what is no text, without showing it."""
    if not isinstance(value, str):
        raise ConfigurationError(
            f"credentials: `{name}` has to be text, not {type(value).__name__}",
            hint="pass it, or set its environment variable",
        )


class _Credentials:
    """Frozen, and neither printed nor pickled with what it holds."""

    __slots__ = ("_values",)

    _values: object

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

    def __copy__(self) -> _Credentials:
        return self

    def __deepcopy__(self, memo: object) -> _Credentials:
        return self


class ClientCredentials(_Credentials):
    """Signs in as a service user by an OAuth2 client application of the tenant.

    Args:
        app_id: Application id of the OAuth2 client in the tenant.
        client_id: Login name of the service user, with suffix.
        client_secret: Its password.
        scope: Names of scopes that the application defines, separated by blanks.
    """

    __slots__ = ()

    _values: tuple[str, str, str, str | None]

    def __init__(
        self, app_id: str, client_id: str, client_secret: str, scope: str | None = None
    ) -> None:
        _check("app_id", app_id)
        _check("client_id", client_id)
        _check("client_secret", client_secret)
        _check("scope", scope or "")
        object.__setattr__(self, "_values", (app_id, client_id, client_secret, scope))

    def __repr__(self) -> str:
        app_id, client_id, _, scope = self._values
        return (
            f"ClientCredentials(app_id={app_id!r}, client_id={client_id!r}, "
            f"client_secret='***', scope={scope!r})"
        )


class StaticToken(_Credentials):
    """Uses a bearer token that was got elsewhere. It is not renewed."""

    __slots__ = ()

    def __init__(self, token: str) -> None:
        _check("token", token)
        object.__setattr__(self, "_values", token)

    def __repr__(self) -> str:
        return "StaticToken('***')"
