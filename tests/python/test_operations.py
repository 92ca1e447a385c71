"""Every operation of the slice, by its typed method, synchronous and asynchronous."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import pytest
from cyberark_identity import AsyncClient, Client, ListResponse, Rows, StaticToken, operations
from cyberark_identity.emulator import Emulator
from cyberark_identity.models import (
    DirectoryUser,
    Email,
    Organization,
    PatchOperation,
    User,
    UserRow,
)
from support import event_loop

Calls = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, tenant: Emulator) -> Iterator[Calls]:
    """Calls the method of an operation: `call("users.get", "…")`."""
    if request.param == "sync":
        with Client(tenant.url, auth=tenant.credentials) as client:
            yield lambda name, /, *given, **named: method(client, name)(*given, **named)
        return
    with event_loop() as loop:
        asynchronous = AsyncClient(tenant.url, auth=tenant.credentials)

        def run(name: str, /, *given: Any, **named: Any) -> Any:
            return loop.run_until_complete(method(asynchronous, name)(*given, **named))

        yield run
        loop.run_until_complete(asynchronous.aclose())


def method(client: Client | AsyncClient, name: str) -> Calls:
    found: Calls = attrgetter(name)(client)
    return found


def test_life_of_a_user(call: Calls) -> None:
    ana = call(
        "scim.users.create",
        user_name="ana@acme.example",
        emails=[Email(value="ana@mail.example")],
        active=True,
    )
    assert isinstance(ana, User)
    assert (ana.user_name, ana.emails[0].value) == ("ana@acme.example", "ana@mail.example")

    again = call("scim.users.get", ana.id)
    assert (again.id, again.user_name) == (ana.id, ana.user_name)

    page = call("scim.users.query", filter='userName eq "ana@acme.example"')
    assert isinstance(page, ListResponse)
    assert ([user.id for user in page], page.total_results) == ([ana.id], 1)

    changed = call(
        "scim.users.patch",
        ana.id,
        operations=[PatchOperation(op="replace", path="displayName", value="Ana Ruiz")],
    )
    assert changed.display_name == "Ana Ruiz"

    by_id, by_name = (
        call("users.get", ana.id),
        call("users.get_by_name", user_name="ANA@acme.example"),
    )
    assert isinstance(by_id, DirectoryUser)
    assert (by_id.uuid, by_name.uuid, by_id.mail) == (ana.id, ana.id, "ana@mail.example")

    assert call("access.set_state", id=ana.id, state="Disabled") is None
    assert call("scim.users.get", id=ana.id).active is False

    rows = call("users.list")
    assert isinstance(rows, Rows)
    assert isinstance(rows[0], UserRow)
    assert rows.full_count == len(rows) > 20
    assert ana.id in {row.uuid for row in rows}

    assert call("scim.users.delete", ana.id) is None
    assert ana.id not in {row.uuid for row in call("users.list")}


def test_organizations(call: Calls) -> None:
    made = call("organizations.create", name="Northwind", description="Importers")
    assert isinstance(made, Organization)
    assert made.name == "Northwind"
    assert made.id in {one.id for one in call("organizations.list")}


def test_both_clients_have_every_operation_with_the_same_signature() -> None:
    url = "https://abc1234.id.cyberark.cloud"
    sync, asynchronous = Client(url, auth=StaticToken("t")), AsyncClient(url, auth=StaticToken("t"))
    for operation in operations():
        ours, theirs = method(sync, operation.name), method(asynchronous, operation.name)
        assert inspect.signature(ours) == inspect.signature(theirs), operation.name
        assert ours.__doc__ == theirs.__doc__
        assert inspect.iscoroutinefunction(theirs)
        assert operation.permission in " ".join((ours.__doc__ or "").split())


def test_the_registry_tells_what_is_known() -> None:
    facts = {operation.name: operation for operation in operations()}
    get = facts["users.get"]
    assert (get.method, get.path) == ("POST", "/CDirectoryService/GetUser")
    assert (get.access, get.retry, get.confidence) == ("read", "safe", "high")
    assert get.ids == ["post_user_details_identity"]
    assert get.doc.startswith("Reads one user by id.")
    assert get.doubt
    assert repr(get) == "<users.get: POST /CDirectoryService/GetUser>"
