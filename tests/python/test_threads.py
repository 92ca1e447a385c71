"""Synchronous calls let other threads run, and any number of threads may share a client."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cyberark_identity import Client, ClientClosedError, RequestTimeoutError
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


def test_one_thread_keeps_its_connection(tenant: Emulator, client: Client) -> None:
    for _ in range(5):
        client.scim.users.query(count=1)
    assert len({one["connection"] for one in tenant.requests()}) == 1


def test_a_connection_that_timed_out_is_not_used_again(tenant: Emulator, client: Client) -> None:
    tenant.add_faults(HANG)
    client.scim.users.query(count=1)
    with pytest.raises(RequestTimeoutError):
        client.users.list(timeout=0.1)
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
    creates = [
        one for one in tenant.requests() if one["method"] == "POST" and "scim" in one["path"]
    ]
    assert [one["status"] for one in creates] == [201] * rounds
    assert {one["outcome"] for one in creates} == {"answered"}
