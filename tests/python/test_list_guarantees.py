"""What is promised of lists and files, for both clients alike."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    IdentityError,
    ServerError,
    StaticToken,
    UnexpectedResponseError,
)
from cyberark_identity.emulator import Emulator
from cyberark_identity.models import User
from odd_service import service

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
CSV = b"Login Name,Display Name,Email Address\nana@acme.example,Ana Ruiz,ana@mail.example\n"

Read = Callable[..., tuple[list[User], IdentityError | None]]


def read_here(url: str, auth: Any, **arguments: Any) -> tuple[list[User], IdentityError | None]:
    """Everything that came before the end or the error."""
    seen: list[User] = []
    with Client(url, auth=auth, max_retries=0) as client:
        try:
            for user in client.scim.users.iter(**arguments):
                seen.append(user)
        except IdentityError as error:
            return seen, error
    return seen, None


def read_in_a_loop(
    url: str, auth: Any, **arguments: Any
) -> tuple[list[User], IdentityError | None]:
    async def read() -> tuple[list[User], IdentityError | None]:
        seen: list[User] = []
        async with AsyncClient(url, auth=auth, max_retries=0) as client:
            try:
                async for user in client.scim.users.iter(**arguments):
                    seen.append(user)
            except IdentityError as error:
                return seen, error
        return seen, None

    return asyncio.run(read())


@pytest.fixture(params=[read_here, read_in_a_loop], ids=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Read:
    chosen: Read = request.param
    return chosen


def page(start: int | None, total: int | None, *numbers: int) -> tuple[int, dict[str, Any]]:
    found = {"Resources": [{"id": str(number)} for number in numbers]}
    members = {"startIndex": start, "totalResults": total}
    return 200, {**found, **{name: value for name, value in members.items() if value is not None}}


def ids(users: list[User]) -> list[str | None]:
    return [user.id for user in users]


def test_a_whole_directory_exactly_once(read: Read) -> None:
    with Emulator(seed_users=250) as tenant:
        users, error = read(tenant.url, tenant.credentials)
        with Client(tenant.url, auth=tenant.credentials) as client:
            total = client.scim.users.query(count=1).total_results
    assert error is None
    assert total is not None
    assert len(users) == len(set(ids(users))) == total >= 250


@pytest.mark.parametrize("told", [1, None], ids=["says so", "does not say so"])
def test_a_start_that_is_ignored_is_an_error(read: Read, told: int | None) -> None:
    with service(lambda start, count: page(told, 9, 1, 2)) as (url, asked):
        users, error = read(url, StaticToken("t"), page_size=2)
    assert ids(users) == ["1", "2"]
    assert isinstance(error, UnexpectedResponseError)
    assert asked == [1, 3]


def test_a_list_that_is_cut_is_an_error(read: Read) -> None:
    def answer(start: int, count: int) -> tuple[int, Any]:
        return page(start, 9, 1, 2) if start == 1 else page(start, 9)

    with service(answer) as (url, asked):
        users, error = read(url, StaticToken("t"), page_size=2)
    assert ids(users) == ["1", "2"]
    assert asked == [1, 3]
    assert isinstance(error, UnexpectedResponseError)
    assert "ends at 2 of 9" in str(error)


def test_pages_that_are_shorter_than_asked_lose_nothing(read: Read) -> None:
    with service(lambda start, count: page(start, 5, start)) as (url, asked):
        users, error = read(url, StaticToken("t"), page_size=100)
    assert (ids(users), error) == (["1", "2", "3", "4", "5"], None)
    assert sorted(asked) == [1, 2, 3, 4, 5]


def test_an_item_that_moves_is_given_once(read: Read) -> None:
    pages = {1: (1, 2), 3: (2, 3), 5: (4,)}
    with service(lambda start, count: page(start, 5, *pages[start])) as (url, asked):
        users, error = read(url, StaticToken("t"), page_size=2)
    assert (ids(users), error) == (["1", "2", "3", "4"], None)
    assert sorted(asked) == [1, 3, 5]


def test_an_error_in_the_middle_is_raised_after_what_was_read(read: Read) -> None:
    def answer(start: int, count: int) -> tuple[int, Any]:
        return page(start, 9, 1, 2) if start == 1 else (500, {"detail": "down"})

    with service(answer) as (url, _):
        users, error = read(url, StaticToken("t"), page_size=2)
    assert ids(users) == ["1", "2"]
    assert isinstance(error, ServerError)
    assert (error.operation, error.status) == ("scim.users.query", 500)


def test_reading_on_after_an_error_asks_for_that_page_again() -> None:
    answers = [page(1, 4, 1, 2), (500, {}), page(3, 4, 3, 4)] * 2
    served = iter(answers)
    with service(lambda start, count: next(served)) as (url, asked):
        with Client(url, auth=StaticToken("t"), max_retries=0) as client:
            users = client.scim.users.iter(page_size=2)
            assert [next(users).id, next(users).id] == ["1", "2"]
            with pytest.raises(ServerError):
                next(users)
            assert [user.id for user in users] == ["3", "4"]

        async def read() -> list[str | None]:
            async with AsyncClient(url, auth=StaticToken("t"), max_retries=0) as client:
                users = client.scim.users.iter(page_size=2)
                assert [(await anext(users)).id, (await anext(users)).id] == ["1", "2"]
                with pytest.raises(ServerError):
                    await anext(users)
                return [user.id async for user in users]

        assert asyncio.run(read()) == ["3", "4"]
    assert asked == [1, 3, 3] * 2


def test_several_readers_of_one_list_share_its_items(tenant: Emulator) -> None:
    async def read() -> list[str | None]:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            users = client.scim.users.iter(page_size=3)

            async def some() -> list[str | None]:
                return [user.id async for user in users]

            return [
                one for part in await asyncio.gather(*(some() for _ in range(4))) for one in part
            ]

    with Client(tenant.url, auth=tenant.credentials) as client:
        everybody = sorted(str(user.id) for user in client.scim.users.iter())
        users = client.scim.users.iter(page_size=3)
        with ThreadPoolExecutor(4) as pool:
            parts = list(pool.map(lambda _: [str(user.id) for user in users], range(4)))
    assert sorted(one for part in parts for one in part) == everybody
    assert sorted(map(str, asyncio.run(read()))) == everybody


def test_a_loop_that_is_left_early_asks_for_no_more(tenant: Emulator) -> None:
    async def leave() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            async for _ in client.scim.users.iter(page_size=5):
                break
            assert await client.users.list()

    with Client(tenant.url, auth=tenant.credentials) as client:
        for _ in client.scim.users.iter(page_size=5):
            break
        assert client.users.list()
    asyncio.run(leave())
    assert [one["path"] for one in tenant.requests()].count("/scim/Users") == 2


@pytest.mark.parametrize("form", ["bytes", "path", "base64"])
def test_files_of_both_clients(tenant: Emulator, tmp_path: Path, form: str) -> None:
    def given(content: bytes, name: str) -> Any:
        if form == "base64":
            return {"base64": base64.b64encode(content).decode(), "name": name}
        if form == "bytes":
            return content
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    async def upload() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            assert await client.onboarding.upload_csv(file=given(CSV, "people.csv"))
            admin = await client.users.get_by_name("admin@acme.example")
            assert admin.uuid is not None
            await client.users.set_picture(admin.uuid, given(PNG, "ana.png"))

    asyncio.run(upload())
    with Client(tenant.url, auth=tenant.credentials) as client:
        admin = client.users.get_by_name("admin@acme.example")
        assert admin.uuid is not None
        path = client.users.set_picture(admin.uuid, given(PNG, "ana.png"))
        assert path.startswith("/")
