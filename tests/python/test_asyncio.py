"""The asynchronous client in event loops of every kind."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    ClientClosedError,
    InvalidArgumentError,
    RequestTimeoutError,
)
from cyberark_identity._native import stop_worker
from cyberark_identity.emulator import Emulator
from support import SECONDS, event_loop, wait_for_requests

HANG = {"match": {"path": "GetUsers"}, "action": "hang"}
ADMIN = "admin@acme.example"


async def hung(tenant: Emulator) -> None:
    """Waits until a request hangs at the tenant."""
    await asyncio.to_thread(wait_for_requests, tenant.url, path="GetUsers")


async def gone(tenant: Emulator) -> None:
    """Waits until the client of a request that hung is gone."""
    await asyncio.to_thread(wait_for_requests, tenant.url, path="GetUsers", outcome="client_closed")


def test_two_hundred_at_once(tenant: Emulator) -> None:
    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            names = [f"person{number}@acme.example" for number in range(200)]
            made = await asyncio.gather(*(client.scim.users.create(user_name=n) for n in names))
            assert [user.user_name for user in made] == names

    asyncio.run(main())
    tokens = [one for one in tenant.requests() if "/oauth2/" in one["path"].lower()]
    assert len(tokens) == 1


def test_connections_are_used_again(tenant: Emulator) -> None:
    """Whether one is back in time is up to the worker; as many as calls there never are."""

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            for _ in range(50):
                await client.users.get_by_name(ADMIN)

    asyncio.run(main())
    assert len({one["connection"] for one in tenant.requests()}) <= 5


def test_a_cancelled_task_ends_its_request(tenant: Emulator) -> None:
    tenant.add_faults(HANG)

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            task = asyncio.create_task(client.users.list())
            await hung(tenant)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await gone(tenant)
            assert (await client.users.get_by_name(ADMIN)).name == ADMIN

    asyncio.run(main())


def test_wait_for_ends_the_request_too(tenant: Emulator) -> None:
    tenant.add_faults(HANG)

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            # So that the token is there, and the time is that of the call alone.
            await client.users.get_by_name(ADMIN)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.users.list(), 0.5)
            await gone(tenant)

    asyncio.run(main())


def test_a_connection_that_was_closed_while_idle_is_noticed(tenant: Emulator) -> None:
    """The next write goes out once, on a new connection, and is no error."""
    tenant.add_faults({"match": {"path": "GetUserByName"}, "action": "close_after"})

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            for number in range(5):
                await client.users.get_by_name(ADMIN)
                wait_for_requests(tenant.url, number + 1, outcome="closed_after")
                name = f"person{number}@acme.example"
                assert (await client.scim.users.create(user_name=name)).user_name == name

    asyncio.run(main())
    creates = [one for one in tenant.requests() if one["path"] == "/scim/Users"]
    assert [(one["method"], one["status"]) for one in creates] == [("POST", 201)] * 5


def test_a_sign_in_that_is_cancelled_is_taken_over(tenant: Emulator) -> None:
    tenant.add_faults({"match": {"prefix": "/oauth2/", "times": 1}, "action": "hang"})

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            leader = asyncio.create_task(client.users.get_by_name(ADMIN))
            await asyncio.to_thread(
                wait_for_requests, tenant.url, path="/oauth2/", outcome="pending"
            )
            others = [asyncio.create_task(client.users.get_by_name(ADMIN)) for _ in range(10)]
            await asyncio.sleep(0)
            leader.cancel()
            assert {user.name for user in await asyncio.gather(*others)} == {ADMIN}

    asyncio.run(main())
    paths = [one["path"] for one in tenant.requests()]
    assert len([path for path in paths if path.startswith("/oauth2/")]) == 2
    assert len(paths) == 12


def test_time_out_and_bad_arguments(tenant: Emulator) -> None:
    tenant.add_faults(HANG)

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            with pytest.raises(InvalidArgumentError, match="must not be empty"):
                await client.users.get("")
            with pytest.raises(RequestTimeoutError):
                await client.users.list(timeout=0.1)

    asyncio.run(main())


def test_closing_ends_what_is_under_way(tenant: Emulator) -> None:
    tenant.add_faults(HANG)

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            tasks = [asyncio.create_task(client.users.list()) for _ in range(3)]
            await hung(tenant)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ClientClosedError] * 3
        await gone(tenant)
        await client.aclose()
        with pytest.raises(ClientClosedError):
            await client.users.list()

    asyncio.run(main())


def test_one_client_in_one_loop_after_the_other(tenant: Emulator) -> None:
    client = AsyncClient(tenant.url, auth=tenant.credentials)
    for _ in range(3):
        assert asyncio.run(client.users.get_by_name(ADMIN)).name == ADMIN


def test_one_client_in_several_loops_at_once(tenant: Emulator) -> None:
    client = AsyncClient(tenant.url, auth=tenant.credentials)
    names: list[Any] = []

    async def main() -> None:
        users = await asyncio.gather(*(client.users.get_by_name(ADMIN) for _ in range(20)))
        names.extend(user.name for user in users)

    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert names == [ADMIN] * 80


def test_a_loop_that_runs_already(tenant: Emulator) -> None:
    """As in a notebook: each cell is a task of one loop. A synchronous client works there, too."""
    with event_loop() as loop:
        client = AsyncClient(tenant.url, auth=tenant.credentials)
        for _ in range(2):
            assert loop.run_until_complete(client.users.get_by_name(ADMIN)).name == ADMIN

        async def cell() -> str | None:
            with Client(tenant.url, auth=tenant.credentials) as synchronous:
                return synchronous.users.get_by_name(ADMIN).name

        assert loop.run_until_complete(cell()) == ADMIN


def test_a_loop_that_cannot_watch_descriptors(tenant: Emulator) -> None:
    class Plain(asyncio.SelectorEventLoop):
        def add_reader(self, *arguments: Any) -> None:  # type: ignore[override]
            raise NotImplementedError

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            users = await asyncio.gather(*(client.users.get_by_name(ADMIN) for _ in range(50)))
            assert [user.name for user in users] == [ADMIN] * 50

    loop = Plain()
    loop.run_until_complete(main())
    loop.close()


def test_loops_and_clients_are_not_kept_alive(tenant: Emulator) -> None:
    loop = asyncio.new_event_loop()
    client = AsyncClient(tenant.url, auth=tenant.credentials)
    loop.run_until_complete(client.users.get_by_name(ADMIN))
    loop.close()
    kept = weakref.WeakSet[object]([loop, client])
    del loop, client
    gc.collect()
    assert not kept


def test_a_synchronous_client_is_freed_without_the_collector(tenant: Emulator) -> None:
    gc.disable()
    try:
        client = Client(tenant.url, auth=tenant.credentials)
        reference = weakref.ref(client)
        client.users.get_by_name(ADMIN)
        del client
        assert reference() is None
    finally:
        gc.enable()


def test_a_call_that_is_lost_ends_in_an_error(tenant: Emulator) -> None:
    """As after a panic: whoever waits is told, and the next call starts anew."""
    tenant.add_faults(HANG)

    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            task = asyncio.create_task(client.users.list())
            await hung(tenant)
            stop_worker()
            with pytest.raises(RuntimeError, match="ended without a result"):
                await task
            assert (await client.users.get_by_name(ADMIN)).name == ADMIN

    asyncio.run(main())


def test_an_exception_is_set_once_for_each_call(tenant: Emulator) -> None:
    async def main() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            outcomes = await asyncio.gather(
                *(client.users.get_by_name(f"nobody{n}@acme.example") for n in range(10)),
                return_exceptions=True,
            )
            assert len({id(outcome) for outcome in outcomes}) == 10
            assert {type(outcome).__name__ for outcome in outcomes} == {"NotFoundError"}

    asyncio.run(main())
