"""Lists read to their end, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    InvalidArgumentError,
    StaticToken,
    UnexpectedResponseError,
)
from cyberark_identity.emulator import Emulator
from cyberark_identity.models import Group, User
from odd_service import service

Read = Callable[..., list[User]]


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest, tenant: Emulator) -> Iterator[Read]:
    if request.param == "sync":
        with Client(tenant.url, auth=tenant.credentials) as client:
            yield lambda **arguments: list(client.scim.users.iter(**arguments))
        return

    async def read_all(**arguments: Any) -> list[User]:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            return [user async for user in client.scim.users.iter(**arguments)]

    yield lambda **arguments: asyncio.run(read_all(**arguments))


def queries(tenant: Emulator) -> list[str]:
    return [one["query"] for one in tenant.requests() if one["path"] == "/scim/Users"]


def test_everybody_once_and_in_order(tenant: Emulator, client: Client, read: Read) -> None:
    names = [user.user_name for user in read(sort_by="userName", page_size=7)]
    assert names == sorted(str(row.name) for row in client.users.list())
    asked = [parse_qs(query) for query in queries(tenant)]
    # Those that are under way at once may arrive in another order.
    starts = sorted(int(one["startIndex"][0]) for one in asked)
    assert (starts, {one["count"][0] for one in asked}) == ([1, 8, 15, 22], {"7"})


def test_those_that_match(read: Read) -> None:
    admins = read(filter='userName eq "admin@acme.example"')
    assert [user.user_name for user in admins] == ["admin@acme.example"]
    assert read(filter='userName eq "nobody@acme.example"') == []


def test_pages_are_fetched_when_they_are_needed(tenant: Emulator, client: Client) -> None:
    users = client.scim.users.iter(page_size=5)
    assert queries(tenant) == []
    for _ in range(6):
        next(users)
    assert len(queries(tenant)) == 2


@pytest.mark.parametrize("size", [0, 1001])
def test_a_size_that_no_page_has_is_told_at_once(
    tenant: Emulator, client: Client, size: int
) -> None:
    with pytest.raises(InvalidArgumentError, match="between 1 and 1000") as raised:
        client.scim.users.iter(page_size=size)
    assert raised.value.field == "page_size"
    assert tenant.requests() == []


def test_groups_are_read_in_the_same_way(client: Client) -> None:
    for name in "abc":
        client.scim.groups.create(display_name=name)
    groups = list(client.scim.groups.iter(page_size=2))
    assert {"a", "b", "c"} <= {group.display_name for group in groups}
    assert all(isinstance(group, Group) for group in groups)


@contextmanager
def odd_client(answer: Callable[[int], dict[str, Any]]) -> Iterator[Client]:
    """A client of a service that answers lists in its own way."""
    with (
        service(lambda start, _: (200, answer(start))) as (url, _),
        Client(url, auth=StaticToken("t")) as client,
    ):
        yield client


def people(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": str(number)} for number in numbers]


def test_a_service_that_always_gives_the_first_page() -> None:
    def answer(start: int) -> dict[str, Any]:
        return {"Resources": people(1, 2), "totalResults": 9}

    with odd_client(answer) as client:
        users = client.scim.users.iter(page_size=2)
        assert [next(users).id, next(users).id] == ["1", "2"]
        with pytest.raises(UnexpectedResponseError, match="gave the first one again"):
            next(users)


def test_a_service_that_stops_too_early() -> None:
    def answer(start: int) -> dict[str, Any]:
        found = people(1, 2) if start == 1 else []
        return {"Resources": found, "totalResults": 9, "startIndex": start}

    with (
        odd_client(answer) as client,
        pytest.raises(UnexpectedResponseError, match="ends at 2 of 9"),
    ):
        list(client.scim.users.iter(page_size=2))


def test_somebody_who_moved_to_the_next_page() -> None:
    pages = {1: people(1, 2), 3: people(2, 3), 5: people(4)}

    def answer(start: int) -> dict[str, Any]:
        return {"Resources": pages[start], "totalResults": 5, "startIndex": start}

    with odd_client(answer) as client:
        users = client.scim.users.iter(page_size=2)
        assert [user.id for user in users] == ["1", "2", "3", "4"]
