"""HTTP/2: calls that are given up on a connection that others go on using, and clients that show
who they are.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from cyberark_identity import AsyncClient, Client, ConnectionFailedError, RequestTimeoutError
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


def test_a_server_that_asks_who_is_there_is_shown_the_certificate_of_the_client() -> None:
    async def not_sync(**settings: Any) -> str | None:
        async with AsyncClient(**settings) as client:
            return (await client.users.get("1")).name

    with serving("demand") as server:
        known: dict[str, Any] = {**server.settings, **server.certificate}
        with Client(server.url, **known) as client:
            assert client.users.get("1").name == "ana@acme.example"
        assert asyncio.run(not_sync(tenant_url=server.url, **known)) == "ana@acme.example"
        with (
            Client(server.url, **server.settings, max_retries=0) as client,
            pytest.raises(ConnectionFailedError, match="client_certificate"),
        ):
            client.users.get("1")
        assert server.until("requests", 2)["connections"] == 2
