"""The doctor: checks what lies between a program and its tenant. Imported on demand."""

from __future__ import annotations

from . import _environment
from ._auth import Credentials, StaticToken
from ._client import Client
from ._generated.errors import ConfigurationError
from ._native import misconfigured_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeVar

    from ._async_client import AsyncClient

    ClientKind = TypeVar("ClientKind", Client, AsyncClient)


class Check:
    """The result of one check."""

    __slots__ = ("details", "hint", "message", "name", "status")
    __match_args__ = ("name", "status")

    def __init__(
        self,
        name: str,
        status: Literal["ok", "warning", "failed", "skipped"],
        message: str,
        hint: str | None,
        details: dict[str, Any],
    ) -> None:
        self.name = name
        """What was checked: `configuration`, `dns`, `proxy`, `connection`, `tls`, `clock`, `token`,
        `claims`, or the name of an operation.
        """
        self.status: Literal["ok", "warning", "failed", "skipped"] = status
        """The outcome: `ok`; `warning`, it works but may not be what was intended; `failed`, this
        has to be changed; `skipped`, because something before it failed or it does not apply.
        """
        self.message = message
        """What was found, in a sentence."""
        self.hint = hint
        """What to change, and where; None if there is nothing to change."""
        self.details = details
        """The facts behind the message. Never a secret."""

    def __repr__(self) -> str:
        return f"<Check {self.name}: {self.status}: {self.message}>"


class Report:
    """All checks, in order. `print()` and notebooks show it as a table."""

    __slots__ = ("_members", "_text", "checks", "ok", "tenant_url")

    def __init__(self, members: dict[str, Any], text: str) -> None:
        self._members = members
        self._text = text
        self.ok: bool = members["ok"]
        """Whether nothing failed. Warnings are not failures."""
        self.tenant_url: str | None = members["tenant_url"]
        """URL of the tenant; None if the settings do not give one."""
        self.checks = tuple(Check(**check) for check in members["checks"])
        """The checks."""

    @classmethod
    def _of(cls, members: dict[str, Any], text: str) -> Report:
        return cls(members, text)

    @property
    def exit_status(self) -> int:
        """The exit status for a program that prints this: 0 if nothing failed, otherwise 1."""
        return 0 if self.ok else 1

    def __getitem__(self, name: str) -> Check:
        """The check of that name."""
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data that can be written as JSON."""
        from copy import deepcopy

        return deepcopy(self._members)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        failed = [check.name for check in self.checks if check.status == "failed"]
        state = f"failed: {', '.join(failed)}" if failed else "ok"
        return f"<Report of {self.tenant_url}: {state}>"

    def _repr_html_(self) -> str:
        from ._html import table

        rows = [[one.name, one.status, one.message, one.hint or ""] for one in self.checks]
        return table(["check", "status", "found", "what to change"], rows)


def doctor(
    tenant_url: str | None = None, *, auth: Credentials | None = None, **settings: Any
) -> Report:
    """Checks everything between this program and its tenant, and says what to change: settings,
    DNS, proxy, TLS (naming a CA that inspects it), clocks, signing in, the claims of the token, and
    what the credential may call.

    It takes the settings of a `Client`, and whatever is not given from the environment, like
    `Client.from_env`. Mistakes in them appear in the report and are not raised; without
    credentials, the route to the tenant is still checked.

        print(doctor("https://abc1234.id.cyberark.cloud", auth=auth))

    Besides signing in, only reads are sent. Redirects are not followed, and a report never contains
    a secret.
    """
    try:
        client, lacking = _patient(Client, tenant_url, auth, settings)
    except ConfigurationError as error:
        return misconfigured_report(error.message, error.hint)
    with client:
        return client._engine.doctor(None, None, lacking)


async def async_doctor(
    tenant_url: str | None = None, *, auth: Credentials | None = None, **settings: Any
) -> Report:
    """Like `doctor`, for event loops, with the settings of an `AsyncClient`: the loop is not
    blocked, and functions that `auth` calls may be coroutine functions.

        print(await async_doctor("https://abc1234.id.cyberark.cloud", auth=auth))
    """
    from . import _bridges
    from ._async_client import AsyncClient

    try:
        client, lacking = _patient(AsyncClient, tenant_url, auth, settings)
    except ConfigurationError as error:
        return misconfigured_report(error.message, error.hint)
    async with client:
        return await _bridges.doctor(client._engine, None, None, lacking)


def _patient(
    kind: type[ClientKind],
    tenant_url: str | None,
    auth: Credentials | None,
    settings: dict[str, Any],
) -> tuple[ClientKind, tuple[str, str | None] | None]:
    """A client to examine, and the reason if it has no credentials."""
    lacking = None
    if auth is None:
        try:
            auth = _environment.auth()
        except ConfigurationError as error:
            lacking, auth = (error.message, error.hint), _stand_in()
    return kind.from_env(tenant_url, auth=auth, **settings), lacking


def _stand_in() -> StaticToken:
    """Takes the place of missing credentials. It is never sent."""
    return StaticToken("none")
