"""Settings from the environment."""

from __future__ import annotations

import os

from ._auth import ClientCredentials, StaticToken
from ._generated.errors import ConfigurationError

PREFIX = "CYBERARK_IDENTITY_"


def read(name: str) -> str | None:
    """The variable of that name behind the prefix; an empty one counts as missing."""
    return os.environ.get(PREFIX + name, "").strip() or None


def need(name: str) -> str:
    value = read(name)
    if value is None:
        raise ConfigurationError(
            f"the environment variable {PREFIX}{name} is not set", hint="set it, or pass the value"
        )
    return value


def auth() -> ClientCredentials | StaticToken:
    """A token if there is one, and client credentials otherwise."""
    token = read("TOKEN")
    if token is not None:
        return StaticToken(token)
    return ClientCredentials(
        need("APP_ID"), need("CLIENT_ID"), need("CLIENT_SECRET"), scope=read("SCOPE")
    )
