"""Secrets never print."""

from __future__ import annotations

import asyncio
import copy
import logging
import pickle
import traceback
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    AuthenticationError,
    AuthorizationCode,
    CallEnd,
    Client,
    ClientCredentials,
    Credentials,
    IdentityError,
    PlatformToken,
    Question,
    StaticToken,
    TokenFunction,
    UserLogin,
)
from cyberark_identity.emulator import Emulator
from support import event_loop

SECRET = "hunter2-and-a-half"


def answers_nothing(_question: Question) -> None:
    """Nobody opens the browser, so no code comes."""
    raise LookupError("nobody is there")


CREDENTIALS: list[Credentials] = [
    ClientCredentials("app", "svc@x.example", SECRET),
    StaticToken(SECRET),
    PlatformToken("svc@x.example", SECRET),
    AuthorizationCode(
        "app",
        "client",
        "api",
        client_secret=SECRET,
        redirect_uri="http://127.0.0.1:0/",
        prompt=answers_nothing,
    ),
    UserLogin("svc@x.example", password=SECRET, prompt=None),
    TokenFunction(lambda: SECRET),
]


@pytest.mark.parametrize("auth", CREDENTIALS, ids=repr)
class TestCredentials:
    def test_show_everything_but_the_secret(self, auth: Credentials) -> None:
        for text in (repr(auth), str(auth), f"{auth}", repr([auth])):
            assert SECRET not in text
            assert "***" in text or isinstance(auth, TokenFunction)

    def test_are_not_pickled(self, auth: Credentials) -> None:
        with pytest.raises(TypeError, match="is not pickled"):
            pickle.dumps(auth)

    def test_do_not_change(self, auth: Credentials) -> None:
        with pytest.raises(AttributeError, match="do not change"):
            auth.scope = "all"
        with pytest.raises(AttributeError, match="do not change"):
            del auth._values

    def test_copies_are_the_same_object(self, auth: Credentials) -> None:
        assert copy.copy(auth) is auth
        assert copy.deepcopy(auth) is auth


def test_credentials_compare_by_what_they_hold() -> None:
    again = ClientCredentials("app", "svc@x.example", SECRET)
    assert again == CREDENTIALS[0]
    assert hash(again) == hash(CREDENTIALS[0])
    assert again != ClientCredentials("app", "svc@x.example", "other")
    assert again != CREDENTIALS[1]


@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_clients_neither_show_nor_pickle_them(make: type[Client] | type[AsyncClient]) -> None:
    client = make("https://abc1234.id.cyberark.cloud", auth=CREDENTIALS[0])
    assert repr(client) == f"<{make.__name__} of https://abc1234.id.cyberark.cloud>"
    assert SECRET not in str(vars(client))
    with pytest.raises(TypeError, match="is not pickled"):
        pickle.dumps(client)


@pytest.mark.parametrize("auth", CREDENTIALS, ids=repr)
def test_errors_do_not_show_them(tenant: Emulator, auth: Credentials) -> None:
    with (
        Client(tenant.url, auth=auth) as client,
        pytest.raises(AuthenticationError) as raised,
    ):
        client.scim.users.query()
    error = raised.value
    shown = "".join(traceback.format_exception(error)) + repr(vars(error))
    assert SECRET not in shown + pickle.dumps(error).decode("latin-1")


def test_the_emulator_does_not_show_them(tenant: Emulator, client: Client) -> None:
    client.scim.users.query(count=1)
    shown = repr(tenant) + repr(tenant.credentials) + repr(tenant.requests())
    assert tenant.client_secret not in shown
    assert tenant.token not in shown


PASSWORD = "Made-Up & 'Pass' 1"
KEY = "made-up-key"

SENDS: dict[str, Callable[[Any], Any]] = {
    "reset": lambda c: c.users.reset_password(id="u-1", new_password=PASSWORD),
    "create": lambda c: c.users.create(
        name="ana@acme.example", mail="ana@acme.example", password=PASSWORD
    ),
    "scim": lambda c: c.scim.users.create(user_name="ana@acme.example", password=PASSWORD),
    "patch": lambda c: c.request(
        "PATCH",
        "/scim/Users/u-1",
        body={"Operations": [{"op": "replace", "path": "password", "value": PASSWORD}]},
    ),
}
"""Calls that send a password. One more way is one more row."""


def failure(
    tenant: Emulator,
    kind: type[Client] | type[AsyncClient],
    send: Callable[[Any], Any],
    **others: Any,
) -> IdentityError:
    """What such a call raises when the service says no."""
    options: dict[str, Any] = {
        "auth": StaticToken(tenant.token),
        "headers": {"X-Api-Key": KEY},
        **others,
    }

    async def asynchronous() -> None:
        async with AsyncClient(tenant.url, **options) as client:
            await send(client)

    def synchronous() -> None:
        with Client(tenant.url, **options) as client:
            send(client)

    run = synchronous if kind is Client else lambda: asyncio.run(asynchronous())
    with pytest.raises(IdentityError) as raised:
        run()
    return raised.value


def everything(error: IdentityError) -> str:
    """All that an error shows, in all the ways in which errors are shown."""
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    return shown + pickle.dumps(error).decode("latin-1") + str(error.as_curl())


@pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_a_service_that_repeats_them_is_not_repeated(
    tenant: Emulator,
    kind: type[Client] | type[AsyncClient],
    send: Callable[[Any], Any],
    status: int,
) -> None:
    said = f"{PASSWORD}, {tenant.token} and {KEY}"
    body = {"success": False, "Message": said, "MessageID": said, "ErrorID": said}
    tenant.add_faults({"action": {"status": status, "body": body}})
    error = failure(tenant, kind, send)
    shown = everything(error)
    assert error.message == "***, *** and ***"
    for secret in (PASSWORD, repr(PASSWORD)[1:-1], tenant.token, KEY):
        assert secret not in shown


@pytest.mark.parametrize("auth", [CREDENTIALS[0], CREDENTIALS[2]], ids=repr)
def test_nor_is_one_that_repeats_the_secret_of_a_sign_in(
    tenant: Emulator, auth: Credentials
) -> None:
    body = {"error": "invalid_client", "error_description": f"nobody has {SECRET}"}
    tenant.add_faults({"action": {"status": 400, "body": body}})
    with Client(tenant.url, auth=auth) as client, pytest.raises(IdentityError) as raised:
        client.scim.users.query()
    assert SECRET not in everything(raised.value)
    assert raised.value.as_curl() is None


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_nor_by_the_doctor(tenant: Emulator, kind: type[Client] | type[AsyncClient]) -> None:
    said = f"{tenant.token} and {KEY} and {SECRET}"
    body = {"success": False, "Message": said, "MessageID": said, "error": said}
    tenant.add_faults({"action": {"status": 400, "body": body}})
    for auth in (StaticToken(tenant.token), CREDENTIALS[0]):
        with event_loop() as loop:
            client = kind(tenant.url, auth=auth, headers={"X-Api-Key": KEY}, max_retries=0)
            returned = client.doctor()
            report = loop.run_until_complete(returned) if isawaitable(returned) else returned
        shown = f"{report} {report!r} {report.checks!r} {report.to_dict()} {report._repr_html_()}"
        assert "***" in shown
        hidden = SECRET if auth is CREDENTIALS[0] else tenant.token
        assert hidden not in shown


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_error_tells_its_request_as_a_command_line(
    tenant: Emulator, kind: type[Client] | type[AsyncClient]
) -> None:
    tenant.add_faults({"action": {"success_false": "No."}})
    error = failure(tenant, kind, SENDS["reset"])
    command = error.as_curl()
    assert command is not None
    assert command.startswith("curl --request POST ")
    assert '--header "Authorization: Bearer $TOKEN"' in command
    assert "--header 'x-api-key: ***'" in command
    assert '"newPassword":"***"' in command
    assert f"--url '{tenant.url}/" in command
    assert pickle.loads(pickle.dumps(error)).as_curl() == command
    refused = failure(tenant, kind, lambda c: c.users.get(id=""))
    assert refused.as_curl() is None


@pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_log_records_and_hooks_do_not_show_them(
    tenant: Emulator,
    kind: type[Client] | type[AsyncClient],
    send: Callable[[Any], Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "cyberark_identity")
    said = f"{PASSWORD}, {tenant.token} and {KEY}"
    body = {"success": False, "Message": said, "MessageID": said, "ErrorID": said}
    tenant.add_faults({"action": {"status": 500, "body": body}})
    hooked: list[object] = []

    def after(end: CallEnd) -> None:
        names = [name for name in dir(end) if not name.startswith("_")]
        hooked.append([repr(end), *(getattr(end, name) for name in names)])

    failure(tenant, kind, send, after=after)
    shown = "".join(repr(vars(record)) + record.getMessage() for record in caplog.records)
    shown += repr(hooked)
    assert "***, *** and ***" in shown
    assert len(caplog.records) >= 4
    for secret in (PASSWORD, repr(PASSWORD)[1:-1], tenant.token, KEY):
        assert secret not in shown


def test_nor_do_those_of_a_sign_in(tenant: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cyberark_identity")
    with Client(tenant.url, auth=tenant.credentials) as client:
        client.scim.users.query()
        tenant.expire_tokens()
        client.scim.users.query()
        body = {"error": "invalid_client", "error_description": tenant.client_secret}
        tenant.add_faults({"match": {"path": "oauth2"}, "action": {"status": 400, "body": body}})
        tenant.expire_tokens()
        with pytest.raises(IdentityError):
            client.scim.users.query()
    shown = "".join(repr(vars(record)) + record.getMessage() for record in caplog.records)
    assert "token_renewed" in shown
    assert "token_failed" in shown
    assert tenant.client_secret not in shown
    assert tenant.token not in shown
