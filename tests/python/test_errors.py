"""Errors: one class for each kind, with everything that is known."""

from __future__ import annotations

import builtins
import pickle
import socket
from collections.abc import Iterator
from typing import Any

import cyberark_identity
import pytest
from cyberark_identity import (
    AuthenticationError,
    Client,
    ClientCredentials,
    ConflictError,
    ConnectionFailedError,
    IdentityError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ServerError,
    ServiceError,
    UnexpectedResponseError,
)
from cyberark_identity._generated import errors
from cyberark_identity.emulator import Emulator


@pytest.fixture
def impatient(tenant: Emulator) -> Iterator[Client]:
    with Client(tenant.url, auth=tenant.credentials, max_retries=0) as client:
        yield client


def test_every_class_is_exported_and_documented() -> None:
    for name in errors.__all__:
        error = getattr(cyberark_identity, name)
        assert issubclass(error, IdentityError)
        assert error.__doc__
        assert name in cyberark_identity.__all__


def test_not_found_in_a_directory(client: Client) -> None:
    with pytest.raises(NotFoundError) as raised:
        client.scim.users.get("00000000-0000-4000-8000-00000000dead")
    error = raised.value
    assert isinstance(error, ServiceError)
    assert isinstance(error, LookupError)
    assert (error.operation, error.status, error.delivery) == ("scim.users.get", 404, "answered")
    assert error.attempts == 1
    assert error.request_id
    assert str(error).startswith("scim.users.get: ")


def test_success_false_with_status_200(tenant: Emulator, client: Client) -> None:
    tenant.add_faults(
        {"match": {"path": "GetUsers"}, "action": {"success_false": "No luck today."}}
    )
    with pytest.raises(RejectedError, match="No luck today") as raised:
        client.users.list()
    assert raised.value.status == 200


def test_a_conflict_has_the_services_code(client: Client) -> None:
    client.scim.users.create(user_name="ana@acme.example")
    with pytest.raises(ConflictError) as raised:
        client.scim.users.create(user_name="ana@acme.example")
    assert (raised.value.status, raised.value.code) == (409, "uniqueness")


def test_a_page_instead_of_json(tenant: Emulator, client: Client) -> None:
    tenant.add_faults({"match": {"path": "GetUsers"}, "action": "html_200"})
    with pytest.raises(UnexpectedResponseError, match="login page or a proxy") as raised:
        client.users.list()
    assert raised.value.delivery == "answered"


def test_rate_limits_tell_how_long_to_wait(tenant: Emulator, impatient: Client) -> None:
    action = {"status": 429, "retry_after": 7}
    tenant.add_faults({"match": {"path": "GetUsers"}, "action": action})
    with pytest.raises(RateLimitedError) as raised:
        impatient.users.list()
    assert raised.value.retry_after == 7.0


@pytest.mark.parametrize(
    ("status", "kind"), [(400, InvalidRequestError), (500, ServerError), (503, ServerError)]
)
def test_statuses(
    tenant: Emulator, impatient: Client, status: int, kind: type[ServiceError]
) -> None:
    tenant.add_faults({"match": {"path": "GetUsers"}, "action": {"status": status}})
    with pytest.raises(kind) as raised:
        impatient.users.list()
    assert raised.value.status == status


def test_wrong_secrets(tenant: Emulator) -> None:
    auth = ClientCredentials(tenant.app_id, tenant.client_id, "wrong")
    with Client(tenant.url, auth=auth) as client, pytest.raises(AuthenticationError) as raised:
        client.users.list()
    assert raised.value.code == "access_denied"
    assert raised.value.hint


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    auth = ClientCredentials("app", "svc@x.example", "secret")
    with (
        Client(f"http://127.0.0.1:{port}", auth=auth, max_retries=0) as client,
        pytest.raises(ConnectionFailedError) as raised,
    ):
        client.users.list()
    error = raised.value
    assert isinstance(error, builtins.ConnectionError)
    assert (error.delivery, error.attempts) == ("not_sent", 1)
    assert "refused" in str(error.__cause__)


def test_an_answer_that_breaks_off(tenant: Emulator, impatient: Client) -> None:
    tenant.add_faults({"match": {"path": "GetUsers"}, "action": "close_in_body"})
    with pytest.raises(ConnectionFailedError) as raised:
        impatient.users.list()
    assert raised.value.delivery == "unknown"


@pytest.mark.parametrize("name", errors.__all__)
def test_pickle_keeps_everything(name: str) -> None:
    attributes: dict[str, Any] = {
        "hint": "try this",
        "operation": "users.get",
        "delivery": "answered",
        "status": 200,
        "code": "1409",
        "message_id": "_I18N_X",
        "error_id": "e",
        "request_id": "r",
        "field": "id",
        "retry_after": 1.5,
        "attempts": 3,
    }
    error = getattr(errors, name)("It failed.", **attributes)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error) == "users.get: It failed. (try this)"
    assert again.message == "It failed."
    assert {key: getattr(again, key) for key in attributes} == attributes
