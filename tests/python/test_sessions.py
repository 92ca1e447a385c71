"""The end of a session, in ways that the scenarios cannot tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from cyberark_identity import (
    AsyncClient,
    AuthenticationError,
    Client,
    ClientClosedError,
    InvalidArgumentError,
    RequestTimeoutError,
)
from cyberark_identity.emulator import Emulator

REVOKE = "/oauth2/revoke/"
REFUSED = {"status": 400, "body": {"error": "invalid_client"}}


def count(tenant: Emulator, part: str) -> int:
    return sum(part in one["path"] for one in tenant.requests())


def test_what_could_not_be_revoked_is_kept(tenant: Emulator, client: Client) -> None:
    client.security.whoami()
    tenant.add_faults({"match": {"path": REVOKE, "times": 1}, "action": REFUSED})
    with pytest.raises(AuthenticationError, match="revoking the token failed") as refused:
        client.revoke()
    assert (refused.value.operation, refused.value.code) == ("oauth2.revoke", "invalid_client")
    client.security.whoami()
    assert count(tenant, "/oauth2/token/") == 1
    client.revoke()
    client.security.whoami()
    assert (count(tenant, REVOKE), count(tenant, "/oauth2/token/")) == (2, 2)


def test_revoking_takes_no_longer_than_it_may(tenant: Emulator, client: Client) -> None:
    client.security.whoami()
    tenant.add_faults({"match": {"path": REVOKE, "times": 1}, "action": "hang"})
    with pytest.raises(RequestTimeoutError, match="was not revoked"):
        client.revoke(timeout=2)
    with pytest.raises(InvalidArgumentError, match="timeout"):
        client.revoke(timeout=0)


def test_a_closed_client_revokes_nothing(tenant: Emulator) -> None:
    client = Client(tenant.url, auth=tenant.credentials)
    client.security.whoami()
    client.close()
    with pytest.raises(ClientClosedError):
        client.revoke()
    assert count(tenant, REVOKE) == 0


def test_event_loops_revoke_and_log_out(tenant: Emulator) -> None:
    async def signs_in_anew(
        client: AsyncClient, end: Callable[[], Awaitable[None]]
    ) -> tuple[int, int]:
        await client.security.whoami()
        tokens, calls = count(tenant, "/oauth2/token/"), count(tenant, "WhoAmI")
        await end()
        await client.security.whoami()
        return count(tenant, "/oauth2/token/") - tokens, count(tenant, "WhoAmI") - calls

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            assert await signs_in_anew(client, client.revoke) == (1, 1)
            assert await signs_in_anew(client, client.security.logout) == (1, 1)
            tenant.add_faults({"match": {"path": REVOKE, "times": 1}, "action": REFUSED})
            with pytest.raises(AuthenticationError):
                await client.revoke()

    asyncio.run(main())
    assert (count(tenant, REVOKE), count(tenant, "Logout")) == (2, 1)
