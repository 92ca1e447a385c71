"""Proxies, limits and what a client tells of its pace."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    ClientClosedError,
    ConfigurationError,
    ConnectionFailedError,
    InvalidArgumentError,
    RateLimitedError,
    RequestTimeoutError,
    StaticToken,
    Timeout,
)
from cyberark_identity.emulator import Emulator
from proxies import closed_proxy, proxy_of_any_name, socks_proxy
from support import SECONDS, in_a_thread, run, wait_for_requests

NOBODY = "http://127.0.0.1:1"
NOWHERE = f"{'tenant' * 11}.example"
"""A name that has no address: its first label is longer than names may have, so that no resolver is
asked.
"""
BUSY = {"status": 429, "retry_after": 5}

READ_BEHIND_A_PROXY = """
import asyncio
from cyberark_identity import AsyncClient, Client, ClientCredentials, ConnectionFailedError

auth = ClientCredentials("app", "svc@acme.example", "made-up")
try:
    Client("abc1234", auth=auth, max_retries=0).users.list()
except ConnectionFailedError as error:
    print(error.operation)
try:
    asyncio.run(AsyncClient("abc1234", auth=auth, max_retries=0).users.list())
except ConnectionFailedError as error:
    print(error.operation)
"""

READ_FROM_NOWHERE = """
import asyncio, sys
from cyberark_identity import AsyncClient, Client, ClientCredentials, ConnectionFailedError

host, *credentials = sys.argv[1:]

def settings():
    auth = ClientCredentials(*credentials)
    return {"auth": auth, "allow_plain_http": [host], "max_retries": 0}

def read():
    with Client(f"http://{host}", **settings()) as client:
        return client.users.list()

async def not_sync():
    async with AsyncClient(f"http://{host}", **settings()) as client:
        return await client.users.list()

for ask in (read, lambda: asyncio.run(not_sync())):
    try:
        print("read" if ask() else "nothing")
    except ConnectionFailedError as error:
        print(error.operation, error.delivery)
"""

READ_FROM_A_TENANT = """
from cyberark_identity import Client
from cyberark_identity.emulator import Emulator

with Emulator() as tenant, Client(tenant.url, auth=tenant.credentials) as client:
    print(client.users.get_by_name("admin@acme.example").name)
"""


def test_a_proxy_that_is_named_holds_for_sign_in_too() -> None:
    with Emulator() as tenant:
        auth = tenant.credentials
        with (
            Client(tenant.url, auth=auth, proxy=NOBODY, max_retries=0) as client,
            pytest.raises(ConnectionFailedError) as raised,
        ):
            client.users.list()
        assert raised.value.operation == "oauth2.token"
        with Client(tenant.url, auth=auth, proxy=NOBODY, no_proxy="127.0.0.1") as client:
            assert client.users.list()
        with Client(tenant.url, auth=auth, proxy="") as client:
            assert client.users.list()


def environment(**proxies: str) -> dict[str, str]:
    """That of this process, with these proxies and no others."""
    ours = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    return ours | proxies


def test_loopback_is_reached_without_the_proxy_of_the_environment() -> None:
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy")
    out = run(READ_FROM_A_TENANT, env=environment(**dict.fromkeys(names, NOBODY)))
    assert out == "admin@acme.example\n"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_holds_for_sign_in_too(name: str) -> None:
    with closed_proxy() as (url, targets):
        out = run(READ_BEHIND_A_PROXY, env=environment(**{name: url}))
    assert out == "oauth2.token\n" * 2
    assert targets == ["abc1234.id.cyberark.cloud:443"] * 2


def ask_nowhere(tenant: Emulator, **proxies: str) -> str:
    """Reads from a tenant of that name, synchronously and not."""
    arguments = (NOWHERE, tenant.app_id, tenant.client_id, tenant.client_secret)
    return run(READ_FROM_NOWHERE, *arguments, env=environment(**proxies))


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_plain_http_goes_through_the_proxy_of_the_environment_with_every_request(name: str) -> None:
    with Emulator() as tenant, proxy_of_any_name(tenant.url) as (url, targets):
        assert ask_nowhere(tenant, **{name: url}) == "read\n" * 2
        assert len(tenant.requests()) == 4, "two tokens, and two lists"
    assert {urlsplit(target).netloc for target in targets} == {NOWHERE}


@pytest.mark.parametrize(
    "exception",
    [
        {"NO_PROXY": NOWHERE},
        {"no_proxy": ".example"},
        {"NO_PROXY": "elsewhere.example,example"},
        {"NO_PROXY": "*"},
    ],
)
def test_hosts_that_the_environment_excepts_are_not_asked_of_its_proxy(
    exception: dict[str, str],
) -> None:
    with Emulator() as tenant, proxy_of_any_name(tenant.url) as (url, targets):
        assert ask_nowhere(tenant, HTTP_PROXY=url, **exception) == "oauth2.token not_sent\n" * 2
        assert (targets, tenant.requests()) == ([], [])
        assert ask_nowhere(tenant, HTTP_PROXY=url, NO_PROXY="elsewhere.example") == "read\n" * 2
        assert targets


def refused_write(kind: str, tenant_url: str, **settings: Any) -> ConnectionFailedError:
    """The error of a write, synchronous or not, that is sent once at the most."""
    settings = {"auth": StaticToken("made-up"), "max_retries": 0, **settings}

    async def not_sync() -> None:
        async with AsyncClient(tenant_url, **settings) as client:
            await client.scim.users.create(user_name="ana@acme.example")

    def sync() -> None:
        with Client(tenant_url, **settings) as client:
            client.scim.users.create(user_name="ana@acme.example")

    with pytest.raises(ConnectionFailedError) as raised:
        asyncio.run(not_sync()) if kind == "async" else sync()
    assert raised.value.operation == "scim.users.create"
    assert raised.value.delivery == "not_sent"
    return raised.value


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_proxy_that_asks_who_is_there_is_an_error_and_nothing_goes_around_it(
    kind: str, tls: bool
) -> None:
    with Emulator(tls=tls) as tenant, closed_proxy(407) as (url, targets):
        named = url.replace("//", "//me:wr0ng@")
        error = refused_write(kind, tenant.url, proxy=named, ca_file=tenant.ca_file)
        assert "proxy authorization required" in str(error)
        assert "the URL of the `proxy`" in (error.hint or "")
        assert "wr0ng" not in f"{error!r} {error}"
        assert len(targets) == 1
        assert tenant.requests() == []


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_handshake_that_breaks_is_an_error_and_nothing_is_sent(kind: str, answer: bytes) -> None:
    received = []

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            record = self.rfile.read(5)
            self.rfile.read(int.from_bytes(record[3:], "big"))
            self.wfile.write(answer)
            self.connection.shutdown(socket.SHUT_WR)
            received.append((record[:1], self.rfile.read()))

    with in_a_thread(ThreadingTCPServer(("127.0.0.1", 0), Handler)) as address:
        error = refused_write(kind, f"https://{address}")
    assert "no connection: " in str(error)
    handshake, alert = b"\x16", b"\x15"
    assert [first for first, _ in received] == [handshake]
    assert all(rest[:1] in (b"", alert) for _, rest in received)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"proxy": "ftp://me:hunter2@proxy"}, "proxy"),
        ({"client_certificate": "cert.pem"}, "`client_key`"),
        ({"client_certificate": "missing.pem", "client_key": "missing.pem"}, "missing.pem"),
        ({"read_timeout": 0}, "time-out of 0 s"),
        ({"headers": {"Authorization": "Bearer hunter2"}}, "`Authorization` is set by the client"),
        ({"headers": {"x team": "1"}}, "`x team` is not the name of a header"),
        ({"headers": {"x-team": "a\nhunter2"}}, "`x-team` has characters"),
    ],
)
def test_settings_that_cannot_work(settings: dict[str, object], words: str) -> None:
    with Emulator(tls=True) as tenant, pytest.raises(ConfigurationError, match=words) as raised:
        Client(tenant.url, auth=tenant.credentials, **settings)  # type: ignore[arg-type]
    assert "hunter2" not in str(raised.value)


def test_what_a_client_tells_of_its_pace() -> None:
    with Emulator() as tenant, Client(tenant.url, auth=tenant.credentials) as client:
        assert client.limits.requests == 0
        tenant.add_faults({"match": {"path": "GetUsers", "times": 1}, "action": {"status": 429}})
        client.users.list()
        limits = client.limits
        assert (limits.requests, limits.retries, limits.retries_refused) == (2, 1, 0)
        assert (limits.limited_status, limits.limited_retry_after) == (429, None)
        assert limits.limit is not None
        assert limits.limit < 16
        assert limits.in_flight == limits.waiting == 0
        with Client(tenant.url, auth=tenant.credentials, max_concurrency=0) as unpaced:
            unpaced.users.list()
            assert unpaced.limits.limit is None


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_no_more_requests_are_under_way_than_the_settings_allow(kind: str) -> None:
    def sync(tenant: Emulator) -> None:
        client = Client(tenant.url, auth=StaticToken(tenant.token), max_concurrency=1)
        with ThreadPoolExecutor(2) as pool, client:
            hung = pool.submit(client.users.list)
            wait_for_requests(tenant.url, path="GetUsers", outcome="pending")
            other = pool.submit(client.users.list)
            while not (client.limits.waiting or other.done()):
                time.sleep(0)
            limits = client.limits
            client.close()
            for call in (hung, other):
                with pytest.raises(ClientClosedError):
                    call.result(SECONDS)
        assert (limits.limit, limits.in_flight) == (1, 1)

    async def not_sync(tenant: Emulator) -> None:
        auth = StaticToken(tenant.token)
        async with AsyncClient(tenant.url, auth=auth, max_concurrency=1) as client:
            hung = asyncio.create_task(client.users.list())
            await asyncio.to_thread(
                wait_for_requests, tenant.url, path="GetUsers", outcome="pending"
            )
            other = asyncio.create_task(client.users.list())
            while not (client.limits.waiting or other.done()):
                await asyncio.sleep(0)
            assert (client.limits.limit, client.limits.in_flight) == (1, 1)
            hung.cancel()
            assert await other
            assert client.limits.waits == 1

    with Emulator() as tenant:
        tenant.add_faults({"match": {"path": "GetUsers", "times": 1}, "action": "hang"})
        if kind == "sync":
            sync(tenant)
            assert len(tenant.requests()) == 1
        else:
            asyncio.run(not_sync(tenant))
            assert len(tenant.requests()) == 2


def test_for_how_long_the_service_may_ask_to_wait_is_a_setting() -> None:
    async def not_sync(tenant: Emulator, **settings: Any) -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials, **settings) as client:
            await client.users.list()

    settings: dict[str, Any] = {"max_retry_after": 4}
    with Emulator() as tenant:
        tenant.add_faults({"match": {"path": "GetUsers"}, "action": BUSY})
        with (
            Client(tenant.url, auth=tenant.credentials, **settings) as client,
            pytest.raises(RateLimitedError) as raised,
        ):
            client.users.list()
        assert (raised.value.retry_after, raised.value.attempts) == (5, 1)
        with pytest.raises(RateLimitedError) as raised:
            asyncio.run(not_sync(tenant, **settings))
        assert (raised.value.retry_after, raised.value.attempts) == (5, 1)
        assert len(tenant.requests()) == 4


def test_a_lost_create_is_found_and_says_so() -> None:
    lost = {
        "match": {"method": "POST", "path": "/scim/Users", "times": 1},
        "action": {"close_before": True, "apply": True},
    }
    with Emulator() as tenant, Client(tenant.url, auth=tenant.credentials) as client:
        tenant.add_faults(lost)
        response = client.call_raw("scim.users.create", {"user_name": "lost@acme.example"})
        assert response.recovered
        assert response.value.user_name == "lost@acme.example"
        again = client.call_raw("scim.users.get", {"id": response.value.id})
        assert not again.recovered


def test_a_call_has_time_outs_of_its_own() -> None:
    with Emulator() as tenant:
        client = Client(tenant.url, auth=tenant.credentials, max_retries=0)
        tenant.add_faults({"match": {"path": "GetUsers", "times": 1}, "action": "hang"})
        with client, pytest.raises(RequestTimeoutError, match=r"nothing came for 0\.2 s"):
            client.users.list(timeout=Timeout(read=0.2))


def test_a_call_has_less_time_for_its_connection(silent_service: str) -> None:
    async def not_sync(client: AsyncClient) -> object:
        async with client:
            return await client.users.list(timeout=Timeout(connect=0.2))

    settings: dict[str, Any] = {"auth": StaticToken("made-up"), "max_retries": 0}
    with (
        Client(silent_service, **settings) as client,
        pytest.raises(RequestTimeoutError, match=r"within 0\.2 s") as raised,
    ):
        client.users.list(timeout=Timeout(connect=0.2))
    assert raised.value.delivery == "not_sent"
    with pytest.raises(RequestTimeoutError, match=r"within 0\.2 s"):
        asyncio.run(not_sync(AsyncClient(silent_service, **settings)))


def test_all_calls_of_a_client_have_less_time_for_their_connections(silent_service: str) -> None:
    async def not_sync(client: AsyncClient) -> object:
        async with client:
            return await client.users.list()

    settings: dict[str, Any] = {"auth": StaticToken("made-up"), "max_retries": 0}
    settings.update(connect_timeout=0.2, timeout=5)
    with (
        Client(silent_service, **settings) as client,
        pytest.raises(RequestTimeoutError, match="no connection") as raised,
    ):
        client.users.list()
    assert raised.value.delivery == "not_sent"
    with pytest.raises(RequestTimeoutError, match="no connection"):
        asyncio.run(not_sync(AsyncClient(silent_service, **settings)))


@pytest.mark.parametrize(
    ("timeout", "field"),
    [
        (0, "timeout"),
        (Timeout(connect=0), "timeout.connect"),
        (Timeout(read=-1), "timeout.read"),
        (Timeout(connect=11), "connect_timeout"),
    ],
)
def test_time_outs_that_cannot_work(timeout: Any, field: str) -> None:
    with Emulator() as tenant, Client(tenant.url, auth=tenant.credentials) as client:
        with pytest.raises(InvalidArgumentError) as raised:
            client.users.list(timeout=timeout)
        assert raised.value.field == field
        assert tenant.requests() == []
    assert repr(Timeout(5, read=1.5)) == "Timeout(5, connect=None, read=1.5)"


@pytest.fixture
def silent_service() -> Iterator[str]:
    """Takes connections, and says nothing in the handshake."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"https://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("tls", [False, True])
def test_everything_goes_through_a_socks_proxy_sign_in_included(scheme: str, tls: bool) -> None:
    async def not_sync(tenant: Emulator, proxy: str) -> object:
        settings: dict[str, Any] = {"proxy": proxy, "ca_file": tenant.ca_file}
        async with AsyncClient(tenant.url, auth=tenant.credentials, **settings) as client:
            return await client.users.list()

    with Emulator(tls=tls) as tenant, socks_proxy() as (address, targets):
        proxy = f"{scheme}://me:hunter2@{address}"
        settings: dict[str, Any] = {"proxy": proxy, "ca_file": tenant.ca_file}
        with Client(tenant.url, auth=tenant.credentials, **settings) as client:
            assert client.users.list()
        through = len(targets)
        assert through >= 1
        assert asyncio.run(not_sync(tenant, proxy))
        assert len(targets) > through
        assert {f"{tenant.url.split(':')[0]}://{target}" for target in targets} == {tenant.url}


def test_a_socks_proxy_that_does_not_know_us() -> None:
    with Emulator() as tenant, socks_proxy() as (address, targets):
        proxy = f"socks5h://me:wr0ng@{address}"
        settings: dict[str, Any] = {"proxy": proxy, "max_retries": 0}
        with (
            Client(tenant.url, auth=tenant.credentials, **settings) as client,
            pytest.raises(ConnectionFailedError) as raised,
        ):
            client.users.list()
        assert raised.value.operation == "oauth2.token"
        assert "wr0ng" not in f"{raised.value!r} {raised.value}"
        assert not targets
        assert not tenant.requests()
