"""Proxies, limits and what a client tells of its pace."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

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
from socks import socks_proxy
from support import SECONDS, wait_for_requests

NOBODY = "http://127.0.0.1:1"
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


def test_loopback_is_reached_without_the_proxy_of_the_environment() -> None:
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), NOBODY)
    environment = {name: value for name, value in os.environ.items() if name != "NO_PROXY"}
    done = subprocess.run(
        [sys.executable, "-c", READ_FROM_A_TENANT],
        env={**environment, **proxies},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "admin@acme.example", done.stderr


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_holds_for_sign_in_too(name: str) -> None:
    unwanted = {"no_proxy", "https_proxy"}
    environment = {key: value for key, value in os.environ.items() if key.lower() not in unwanted}
    with closed_proxy() as (url, targets):
        done = subprocess.run(
            [sys.executable, "-c", READ_BEHIND_A_PROXY],
            env={**environment, name: url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.stdout, done.stderr) == ("oauth2.token\n" * 2, "")
    assert targets == ["abc1234.id.cyberark.cloud:443"] * 2


@contextmanager
def closed_proxy() -> Iterator[tuple[str, list[str]]]:
    """An HTTP proxy that lets nobody through, and where its clients wanted to go."""
    targets: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            targets.append(self.path)
            self.send_error(502)

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", targets
        finally:
            server.shutdown()
            thread.join()


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
