"""Pages are under way while others are read, and nothing of that is left behind."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    ClientClosedError,
    InvalidArgumentError,
    StaticToken,
)
from cyberark_identity.emulator import Emulator
from odd_service import service
from support import SECONDS, end, python, run, wait_for_requests

SECOND_PAGE_HANGS = {"match": {"path": "/scim/Users", "nth": 2}, "action": "hang"}
unix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals, and no fork")


def test_the_next_page_is_under_way_while_one_is_read(tenant: Emulator) -> None:
    async def begin() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            users = client.scim.users.iter(page_size=5)
            await anext(users)
            await anext(users)
            await asyncio.to_thread(wait_for_requests, tenant.url, 2, path="/scim/Users")

    with Client(tenant.url, auth=tenant.credentials) as client:
        users = client.scim.users.iter(page_size=5)
        next(users), next(users)
        wait_for_requests(tenant.url, 2, path="/scim/Users")
    tenant.clear_requests()
    asyncio.run(begin())


@contextmanager
def crowded_service(total: int, together: int) -> Iterator[str]:
    """From the fourth page of two on, pages are given to as many requests at once, and no fewer."""
    barrier = threading.Barrier(together, timeout=SECONDS)

    def answer(start: int, count: int) -> tuple[int, Any]:
        if start > 6:
            barrier.wait()
        found = [{"id": str(number)} for number in (start, start + 1)]
        return 200, {"Resources": found, "totalResults": total, "startIndex": start}

    with service(answer) as (url, _):
        yield url


def test_several_pages_are_under_way_and_come_in_order() -> None:
    expected = [str(number) for number in range(1, 31)]
    how: dict[str, Any] = {"page_size": 2, "concurrency": 3}

    async def read(url: str) -> list[str | None]:
        async with AsyncClient(url, auth=StaticToken("t")) as client:
            return [user.id async for user in client.scim.users.iter(**how)]

    with crowded_service(30, 3) as url:
        with Client(url, auth=StaticToken("t")) as client:
            assert [user.id for user in client.scim.users.iter(**how)] == expected
        assert asyncio.run(read(url)) == expected


@pytest.mark.parametrize("pages", [0, 17])
def test_how_many_pages_may_be_under_way_has_limits(client: Client, pages: int) -> None:
    with pytest.raises(InvalidArgumentError, match="between 1 and 16") as raised:
        client.scim.users.iter(concurrency=pages)
    assert raised.value.field == "concurrency"


def test_arguments_are_checked_before_anything_is_read(client: Client, tenant: Emulator) -> None:
    with pytest.raises(InvalidArgumentError) as raised:
        client.scim.users.iter(filter="not a filter")
    assert raised.value.field == "filter"
    assert tenant.requests() == []


def test_a_list_that_is_given_up_ends_what_is_under_way(tenant: Emulator) -> None:
    async def leave() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            users = client.scim.users.iter(page_size=5)
            await anext(users)
            await anext(users)
            await asyncio.to_thread(wait_for_requests, tenant.url, 2, path="/scim/Users")
            del users
            await asyncio.to_thread(
                wait_for_requests, tenant.url, 1, path="/scim/Users", outcome="client_closed"
            )

    tenant.add_faults(SECOND_PAGE_HANGS)
    with Client(tenant.url, auth=tenant.credentials) as client:
        users = client.scim.users.iter(page_size=5)
        next(users), next(users)
        wait_for_requests(tenant.url, 2, path="/scim/Users")
        del users
        wait_for_requests(tenant.url, 1, path="/scim/Users", outcome="client_closed")
    tenant.clear_faults()
    tenant.clear_requests()
    tenant.add_faults(SECOND_PAGE_HANGS)
    asyncio.run(leave())


def test_closing_the_client_ends_the_list_in_an_error(tenant: Emulator) -> None:
    tenant.add_faults(SECOND_PAGE_HANGS)
    client = Client(tenant.url, auth=tenant.credentials)
    users = client.scim.users.iter(page_size=2)
    next(users), next(users)
    wait_for_requests(tenant.url, 2, path="/scim/Users")
    client.close()
    for _ in range(2):
        with pytest.raises(ClientClosedError):
            next(users)


def test_an_item_that_is_no_longer_awaited_is_not_lost(tenant: Emulator) -> None:
    async def read() -> list[str | None]:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            users = client.scim.users.iter(page_size=5)
            waiting = asyncio.ensure_future(anext(users))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return [user.id async for user in users]

    with Client(tenant.url, auth=tenant.credentials) as client:
        everybody = [user.id for user in client.scim.users.iter(page_size=5)]
    assert asyncio.run(read()) == everybody


@unix
def test_ctrl_c_ends_the_wait_for_a_page_and_the_list_can_be_read_on(tenant: Emulator) -> None:
    tenant.add_faults(SECOND_PAGE_HANGS)
    script = """
        import sys
        from cyberark_identity import Client, StaticToken

        url, token = sys.argv[1:]
        client = Client(url, auth=StaticToken(token), timeout=600)
        users = client.scim.users.iter(page_size=5)
        try:
            for user in users:
                print("user", flush=True)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
    """
    process = python(script, tenant.url, tenant.token)
    try:
        # The page is asked for before its predecessor has been read.
        assert process.stdout is not None
        users = [process.stdout.readline() for _ in range(5)]
        wait_for_requests(tenant.url, 2, path="/scim/Users")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
    finally:
        end(process)
    assert (users, out, err) == (["user\n"] * 5, "interrupted\n", "")


@unix
def test_a_list_goes_on_in_a_forked_child(tenant: Emulator) -> None:
    script = """
        import os, sys
        from cyberark_identity import Client, StaticToken

        url, token = sys.argv[1:]
        client = Client(url, auth=StaticToken(token))
        everybody = [user.id for user in client.scim.users.iter()]
        users = client.scim.users.iter(page_size=3)
        begun = [next(users).id for _ in range(5)]
        child = os.fork()
        rest = [user.id for user in users]
        if child == 0:
            os._exit(0 if begun + rest == everybody else 1)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), begun + rest == everybody)
    """
    options = ("-W", "ignore:This process:DeprecationWarning")
    assert run(script, tenant.url, tenant.token, options=options) == "0 True\n"
