"""Calls by name or id, raw answers, and options of a single call."""

from __future__ import annotations

import asyncio
import json
from types import MappingProxyType

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    ClientClosedError,
    RequestTimeoutError,
    Response,
)
from cyberark_identity.emulator import Emulator
from cyberark_identity.models import DirectoryUser, User

HANG = {"match": {"path": "GetUsers"}, "action": "hang"}


@pytest.mark.parametrize("name", ["users.get_by_name", "post_user_details_by_name"])
@pytest.mark.parametrize("argument", ["user_name", "username", "UserName"])
def test_by_name_and_by_catalogue_id(client: Client, name: str, argument: str) -> None:
    user = client.call(name, {argument: "admin@acme.example"})
    assert isinstance(user, DirectoryUser)
    assert user == client.users.get_by_name("admin@acme.example")


def test_by_name_without_arguments(client: Client) -> None:
    assert client.call("users.list") == client.users.list()


def test_raw_answers_have_everything(client: Client) -> None:
    response = client.call_raw("users.get_by_name", {"user_name": "admin@acme.example"})
    assert isinstance(response, Response)
    assert response.status == 200
    assert response.headers["content-type"].startswith("application/json")
    assert response.request_id == response.headers["x-cfy-tx-id"]
    envelope = json.loads(response.body)
    assert envelope["success"] is True
    assert response.value.to_dict(wire=True) == envelope["Result"]
    assert repr(response).startswith("Response(status=200, value=DirectoryUser(")


def test_asynchronous_ones_are_the_same(tenant: Emulator) -> None:
    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            page = await client.call("get_query_users_identity", {"count": 2})
            raw = await client.call_raw("scim.users.query", {"count": 2}, timeout=5)
            assert [type(user) for user in page] == [User, User]
            assert [user.id for user in raw.value] == [user.id for user in page]

    asyncio.run(main())


def test_headers_of_one_call_and_of_all(tenant: Emulator) -> None:
    settings = {"X-Team": "blue"}
    with Client(
        tenant.url, auth=tenant.credentials, headers=settings, user_agent="tool/7"
    ) as client:
        client.scim.users.query(count=1, extra_headers=MappingProxyType({"X-Ticket": "42"}))
        client.scim.users.query(count=1)
    token, first, second = (request["headers"] for request in tenant.requests())
    assert [one["x-team"] for one in (token, first, second)] == ["blue"] * 3
    assert (first["x-ticket"], second.get("x-ticket")) == ("42", None)
    assert first["user-agent"].startswith("cyberark-identity-python/")
    assert first["user-agent"].endswith(" tool/7")


def test_time_out_of_one_call(tenant: Emulator, client: Client) -> None:
    tenant.add_faults(HANG)
    with pytest.raises(RequestTimeoutError) as raised:
        client.users.list(timeout=2)
    error = raised.value
    assert isinstance(error, TimeoutError)
    assert (error.operation, error.delivery, error.attempts) == ("users.list", "unknown", 1)
    assert client.users.get_by_name("admin@acme.example")


def test_time_out_of_all_calls(tenant: Emulator) -> None:
    tenant.add_faults(HANG)
    with (
        Client(tenant.url, auth=tenant.credentials, timeout=0.2) as client,
        pytest.raises(RequestTimeoutError),
    ):
        client.users.list()


def test_a_closed_client_refuses(tenant: Emulator) -> None:
    client = Client(tenant.url, auth=tenant.credentials)
    client.users.list()
    client.close()
    client.close()
    with pytest.raises(ClientClosedError, match="make a new client") as raised:
        client.users.list()
    assert isinstance(raised.value, RuntimeError)
    assert repr(client).endswith(" (closed)>")


def test_tls_with_a_private_authority() -> None:
    with Emulator(tls=True) as tenant:
        assert tenant.url.startswith("https://")
        with Client(tenant.url, auth=tenant.credentials, ca_file=tenant.ca_file) as client:
            assert client.users.get_by_name("admin@acme.example").name == "admin@acme.example"
