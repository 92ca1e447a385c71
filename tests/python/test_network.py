"""Proxies, limits and what a client tells of its pace."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    ConfigurationError,
    ConnectionFailedError,
    InvalidArgumentError,
    RequestTimeoutError,
    StaticToken,
    Timeout,
)
from cyberark_identity.emulator import Emulator
from socks import socks_proxy

NOBODY = "http://127.0.0.1:1"

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
