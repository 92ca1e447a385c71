"""HTTP/2: calls that are given up on a connection that others go on using, and clients that show
who they are.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    ClientCredentials,
    ConnectionFailedError,
    RequestTimeoutError,
)
from http2_server import Server, serving


def test_a_cancelled_task_ends_its_stream_and_no_other() -> None:
    async def main(server: Server) -> None:
        async with AsyncClient(server.url, **server.settings) as client:
            await client.users.get("1")
            given_up, other = (asyncio.create_task(client.users.get("1")) for _ in range(2))
            await asyncio.to_thread(server.until, "requests", 3)
            given_up.cancel()
            await asyncio.to_thread(server.until, "resets", 1)
            await client.users.get("1")
            assert not other.done(), "it is still held"
            server.release()
            assert (await other).name == "ana@acme.example"

    with serving("answer", "hold", "hold") as server:
        asyncio.run(main(server))
        last = server.until("requests", 4)
    assert last == {"connections": 1, "requests": 4, "resets": 1}


def test_a_synchronous_call_out_of_time_takes_its_connection_with_it() -> None:
    """Nobody else uses that: each thread that waits has one of its own."""
    with serving("answer", "hold") as server, Client(server.url, **server.settings) as client:
        client.users.get("1")
        with pytest.raises(RequestTimeoutError):
            client.users.get("1", timeout=2)
        client.users.get("1")
        assert server.until("requests", 3)["connections"] == 2


async def not_sync(server: Server, **settings: Any) -> str | None:
    async with AsyncClient(server.url, **{**server.settings, **settings}) as client:
        return (await client.users.get("1")).name


def sync(server: Server, **settings: Any) -> str | None:
    with Client(server.url, **{**server.settings, **settings}) as client:
        return client.users.get("1").name


def test_a_server_that_asks_who_is_there_is_shown_the_certificate_of_the_client() -> None:
    with serving("demand") as server:
        assert sync(server, **server.certificate) == "ana@acme.example"
        assert asyncio.run(not_sync(server, **server.certificate)) == "ana@acme.example"
        assert server.until("requests", 2)["connections"] == 2


def sign_in() -> ClientCredentials:
    return ClientCredentials("app", "svc@acme.example", "made-up")


def test_the_certificate_of_the_client_is_shown_to_sign_in_too() -> None:
    """The token is asked for first, so its request makes the connection."""
    with serving("demand") as server:
        known = server.certificate
        assert sync(server, auth=sign_in(), **known) == "ana@acme.example"
        assert asyncio.run(not_sync(server, auth=sign_in(), **known)) == "ana@acme.example"
        assert server.until("requests", 4)["connections"] == 2


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_who_has_no_certificate_is_told_that_one_was_asked_for(kind: str) -> None:
    """The server hangs up without a word, so the client has to remember it."""
    with serving("demand") as server:
        unknown: dict[str, Any] = {"auth": sign_in(), "max_retries": 0}
        with pytest.raises(ConnectionFailedError, match="asks for a certificate") as raised:
            asyncio.run(not_sync(server, **unknown)) if kind == "async" else sync(server, **unknown)
        assert raised.value.operation == "oauth2.token"
        assert "`client_certificate`" in (raised.value.hint or "")
        # Nothing of that was let in: what it counts is the next.
        asyncio.run(not_sync(server, **server.certificate))
        assert server.until("requests", 1) == {"connections": 1, "requests": 1, "resets": 0}
