"""Requests that no operation describes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    InvalidArgumentError,
    NotFoundError,
    RejectedError,
)
from cyberark_identity.emulator import Emulator
from cyberark_identity.models import Email


def test_a_platform_call_gives_its_result(client: Client) -> None:
    body = {"username": "admin@acme.example"}
    response = client.request("POST", "/CDirectoryService/GetUserByName", body=body)
    assert response.status == 200
    user = client.users.get_by_name("admin@acme.example")
    assert response.value == user.to_dict(wire=True)


def test_a_scim_call_with_a_query(tenant: Emulator, client: Client) -> None:
    query = {"count": 2, "filter": 'userName sw "a&b"', "attributes": None, "x": [True, "y z"]}
    response = client.request("get", "/scim/Users", query=query)
    assert response.value["totalResults"] == 0
    assert tenant.requests()[-1]["query"] == (
        "count=2&filter=userName%20sw%20%22a%26b%22&x=true&x=y%20z"
    )


def test_records_may_be_sent(tenant: Emulator, client: Client) -> None:
    body = {"userName": "ana@acme.example", "emails": [Email(value="a@b.c")]}
    assert client.request("POST", "/scim/Users", body=body).status == 201
    assert tenant.requests()[-1]["body"] == {
        "userName": "ana@acme.example",
        "emails": [{"value": "a@b.c"}],
    }


def test_failures_are_the_same_errors(tenant: Emulator, client: Client) -> None:
    with pytest.raises(NotFoundError) as raised:
        client.request("DELETE", "/scim/Users/00000000-0000-4000-8000-00000000dead")
    assert (raised.value.operation, raised.value.status) == ("request", 404)
    tenant.add_faults({"match": {"path": "/Some/Call"}, "action": {"success_false": "No."}})
    with pytest.raises(RejectedError, match=r"No\."):
        client.request("POST", "/Some/Call")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("TRACE", "/x"), "method"),
        (("GET", "x"), "path"),
        (("GET", "//evil.example/x"), "path"),
        (("GET", "/a/%2e%2e/b"), "path"),
        (("GET", "/a?b=c"), "path"),
    ],
)
def test_what_cannot_be_sent(
    tenant: Emulator, client: Client, arguments: tuple[str, str], name: str
) -> None:
    with pytest.raises(InvalidArgumentError) as raised:
        client.request(*arguments)
    assert raised.value.field == name
    with pytest.raises(InvalidArgumentError) as raised:
        client.request("POST", "/x", body={"a": [object()]})
    assert raised.value.field == "body.a[0]"
    assert tenant.requests() == []


def test_asynchronous_requests(tenant: Emulator) -> None:
    async def main() -> Any:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            return (await client.request("GET", "/scim/Users", query={"count": 1})).value

    assert asyncio.run(main())["itemsPerPage"] == 1
