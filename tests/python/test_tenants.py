"""Several tenants in one process: what belongs to one does not reach another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cyberark_identity import AsyncClient, AuthenticationError, Client, RateLimitedError
from cyberark_identity.emulator import Emulator
from support import calls

ADMIN = "admin@acme.example"
LIMITED = {"match": {"path": "GetUserByName"}, "action": {"status": 429, "retry_after": 30}}
KINDS = pytest.mark.parametrize("kind", [Client, AsyncClient])


@pytest.fixture
def other() -> Iterator[Emulator]:
    with Emulator() as other:
        yield other


def look(client: Client | AsyncClient) -> Callable[[], str | None]:
    """Reads the name of a user, whichever client it is."""
    if isinstance(client, Client):
        return lambda: client.users.get_by_name(ADMIN).name

    async def ask() -> str | None:
        return (await client.users.get_by_name(ADMIN)).name

    return lambda: asyncio.run(ask())


@KINDS
def test_a_token_is_not_taken_to_another_tenant(
    tenant: Emulator, other: Emulator, kind: Any
) -> None:
    """Even where one object says how to sign in to both."""
    auth = tenant.credentials
    first, second = look(kind(tenant.url, auth=auth)), look(kind(other.url, auth=auth))
    assert first() == ADMIN
    with pytest.raises(AuthenticationError):
        second()
    assert first() == ADMIN
    assert len(tenant.requests()) == 3
    assert calls(other) == []
    assert len(other.requests()) == 1


@KINDS
def test_a_tenant_that_is_busy_holds_up_no_other(
    tenant: Emulator, other: Emulator, kind: Any
) -> None:
    tenant.add_faults(LIMITED)
    held = kind(tenant.url, auth=tenant.credentials, max_retries=0)
    free = kind(other.url, auth=other.credentials)
    with pytest.raises(RateLimitedError):
        look(held)()
    assert [look(free)() for _ in range(3)] == [ADMIN] * 3
    assert held.limits.held_for > 0
    assert free.limits.held_for is None
    assert (len(tenant.requests()), len(other.requests())) == (2, 4)
