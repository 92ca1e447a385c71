"""Secrets never print."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest
from cyberark_identity import (
    AsyncClient,
    AuthenticationError,
    AuthorizationCode,
    Client,
    ClientCredentials,
    Credentials,
    PlatformToken,
    Question,
    StaticToken,
    TokenFunction,
    UserLogin,
)
from cyberark_identity.emulator import Emulator

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
