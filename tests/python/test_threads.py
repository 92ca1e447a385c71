"""Synchronous calls let other threads run, and any number of threads may share a client."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    ClientClosedError,
    NotFoundError,
    RequestTimeoutError,
    StaticToken,
)
from cyberark_identity.emulator import Emulator
from support import SECONDS, wait_for_requests

HANG = {"match": {"path": "GetUsers"}, "action": "hang"}


def test_another_thread_runs_while_one_waits(tenant: Emulator, client: Client) -> None:
    tenant.add_faults(HANG)
    outcomes: list[BaseException] = []

    def wait() -> None:
        try:
            client.users.list(timeout=SECONDS)
        except BaseException as error:
            outcomes.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    # That this returns is the proof: it waits in Python while the other thread waits in its call.
    wait_for_requests(tenant.url, path="GetUsers")
    assert not outcomes
    client.close()
    thread.join(SECONDS)
    assert [type(outcome) for outcome in outcomes] == [ClientClosedError]
    wait_for_requests(tenant.url, path="GetUsers", outcome="client_closed")


def test_one_client_in_many_threads(tenant: Emulator, client: Client) -> None:
    names = [f"person{number}@acme.example" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda name: client.scim.users.create(user_name=name), names))
    assert [user.user_name for user in created] == names
    tokens = [one for one in tenant.requests() if "/oauth2/" in one["path"].lower()]
    assert len(tokens) == 1
    connections = {one["connection"] for one in tenant.requests()}
    assert len(connections) <= 9


def test_sixteen_threads_do_everything_at_once(tenant: Emulator, client: Client) -> None:
    """Calls, lists, errors, time-outs and expiring tokens, of which no thread takes another's."""
    tenant.add_faults(HANG)
    ready = threading.Barrier(17)

    def work(thread: int) -> list[str]:
        made = []
        ready.wait(SECONDS)
        for number in range(12):
            name = f"person{thread}-{number}@acme.example"
            user = client.scim.users.create(user_name=name)
            assert user.user_name == name
            assert user.id is not None
            assert client.scim.users.get(user.id).user_name == name
            with pytest.raises(NotFoundError) as missing:
                client.users.get_by_name(f"nobody{thread}-{number}@acme.example")
            assert missing.value.operation == "users.get_by_name"
            made.append(user.id)
        with pytest.raises(RequestTimeoutError):
            client.users.list(timeout=0.05)
        listed = {user.id for user in client.scim.users.iter(page_size=50)}
        assert listed.issuperset(made)
        return made

    with ThreadPoolExecutor(16) as pool:
        working = [pool.submit(work, thread) for thread in range(16)]
        ready.wait(SECONDS)
        for _ in range(5):
            tenant.expire_tokens()
            wait_for_requests(tenant.url, count=len(tenant.requests()) + 50)
        made = [one for thread in working for one in thread.result(SECONDS)]
    assert len(set(made)) == 16 * 12
    creates = [one for one in tenant.requests() if (one["method"], one["status"]) == ("POST", 201)]
    assert len(creates) == 16 * 12
    tokens = [one for one in tenant.requests() if "/oauth2/" in one["path"].lower()]
    assert 2 <= len(tokens) <= 6, "one for each time that all had expired"


def test_one_thread_keeps_its_connection(tenant: Emulator, client: Client) -> None:
    for _ in range(5):
        client.scim.users.query(count=1)
    assert len({one["connection"] for one in tenant.requests()}) == 1


def test_a_connection_that_timed_out_is_not_used_again(tenant: Emulator, client: Client) -> None:
    tenant.add_faults(HANG)
    client.scim.users.query(count=1)
    with pytest.raises(RequestTimeoutError):
        client.users.list(timeout=2)
    [hung] = wait_for_requests(tenant.url, path="GetUsers", outcome="client_closed")
    client.scim.users.query(count=1)
    assert tenant.requests()[-1]["connection"] != hung["connection"]


@pytest.mark.parametrize("rounds", [5])
def test_a_connection_that_was_closed_while_idle_is_noticed(
    tenant: Emulator, client: Client, rounds: int
) -> None:
    """The next write goes out once, on a new connection, and is no error."""
    tenant.add_faults({"match": {"path": "GetUserByName"}, "action": "close_after"})
    for number in range(rounds):
        client.users.get_by_name("admin@acme.example")
        wait_for_requests(tenant.url, number + 1, outcome="closed_after")
        name = f"person{number}@acme.example"
        assert client.scim.users.create(user_name=name).user_name == name
    # Neither lost, which the client would find out by looking for the user.
    about_users = [one for one in tenant.requests() if one["path"] == "/scim/Users"]
    assert [(one["method"], one["status"]) for one in about_users] == [("POST", 201)] * rounds
    assert {one["outcome"] for one in about_users} == {"answered"}


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_connection_that_was_closed_long_after_the_answer_is_noticed(kind: str) -> None:
    """While nobody looks: the emulator closes at once, which the call before may still see."""

    async def not_sync() -> None:
        async with AsyncClient(url, auth=StaticToken("made-up-token")) as client:
            await client.scim.users.get("1")
            over.set()
            assert closed.wait(SECONDS)
            await client.scim.users.create(user_name="ana@acme.example")

    seen: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))
    over, closed = threading.Event(), threading.Event()

    def take(connection: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(65536)
            if not part:
                return False
            head += part
        method, target, _ = head.decode().split(" ", 2)
        seen.append(f"{method} {target.partition('?')[0]}")
        answer = b'{"id": "1", "userName": "ana@acme.example", "totalResults": 0, "Resources": []}'
        kind = "Content-Type: application/scim+json\r\n"
        start = f"HTTP/1.1 200 OK\r\n{kind}Content-Length: {len(answer)}\r\n\r\n"
        connection.sendall(start.encode() + answer)
        return True

    def serve() -> None:
        with listener:
            first, _ = listener.accept()
            take(first)
            over.wait(SECONDS)
            first.close()
            closed.set()
            second, _ = listener.accept()
            with second:
                while take(second):
                    pass

    server = threading.Thread(target=serve)
    server.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    if kind == "async":
        asyncio.run(not_sync())
    else:
        with Client(url, auth=StaticToken("made-up-token")) as client:
            client.scim.users.get("1")
            over.set()
            assert closed.wait(SECONDS)
            client.scim.users.create(user_name="ana@acme.example")
    server.join(SECONDS)
    assert seen == ["GET /scim/Users/1", "POST /scim/Users"]
