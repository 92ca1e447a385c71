"""What callers may give, and what is refused before anything is sent."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

import cyberark_identity
import pytest
from cyberark_identity import (
    NOT_GIVEN,
    AuthorizationCode,
    Client,
    ClientCredentials,
    ConfigurationError,
    InvalidArgumentError,
    NotGiven,
    PlatformToken,
    StaticToken,
    UserLogin,
)
from cyberark_identity.emulator import Emulator
from cyberark_identity.models import Email, Name, PatchOperation, User
from support import calls


@dataclass
class Mailbox:
    value: str
    type: str | None = None


@dataclass
class Person:
    user_name: str
    display_name: str | None = None
    emails: list[Mailbox] = field(default_factory=list)


def sent(tenant: Emulator) -> Any:
    """The body of the last request."""
    return tenant.requests()[-1]["body"]


class TestWaysToGiveABody:
    WANTED: ClassVar[dict[str, Any]] = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ana@acme.example",
        "displayName": "Ana",
        "emails": [{"value": "ana@mail.example"}],
    }

    @pytest.mark.parametrize(
        "body",
        [
            {
                "user_name": "ana@acme.example",
                "display_name": "Ana",
                "emails": [{"value": "ana@mail.example"}],
            },
            {
                "userName": "ana@acme.example",
                "DISPLAYNAME": "Ana",
                "emails": ({"value": "ana@mail.example"},),
            },
            MappingProxyType(
                {
                    "userName": "ana@acme.example",
                    "display_name": "Ana",
                    "emails": [Email(value="ana@mail.example")],
                }
            ),
            User(
                user_name="ana@acme.example",
                display_name="Ana",
                emails=[Email(value="ana@mail.example")],
            ),
            Person("ana@acme.example", "Ana", [Mailbox("ana@mail.example")]),
        ],
        ids=["python names", "wire names", "any mapping", "record", "dataclass"],
    )
    def test_as_one_object(self, tenant: Emulator, client: Client, body: Any) -> None:
        client.scim.users.create(body)
        assert sent(tenant) == self.WANTED

    def test_by_keyword(self, tenant: Emulator, client: Client) -> None:
        client.scim.users.create(
            user_name="ana@acme.example",
            display_name="Ana",
            emails=iter([Email(value="ana@mail.example")]),
        )
        assert sent(tenant) == self.WANTED

    def test_keywords_win_over_the_object(self, tenant: Emulator, client: Client) -> None:
        body = {"USERNAME": "other@acme.example", "display_name": "Ana"}
        client.scim.users.create(
            body, user_name="ana@acme.example", emails=[{"value": "ana@mail.example"}]
        )
        assert sent(tenant) == self.WANTED

    def test_left_out_is_not_sent_and_none_is_null(self, tenant: Emulator, client: Client) -> None:
        client.organizations.create(name="First", description=NOT_GIVEN)
        assert sent(tenant) == {"Name": "First"}
        client.organizations.create(name="Second", description=None)
        assert sent(tenant) == {"Name": "Second", "Description": None}

    def test_unknown_extension_attributes_travel(self, tenant: Emulator, client: Client) -> None:
        custom = {"Shoe Size": 41, "Nested": {"user_name": "stays as it is"}}
        client.scim.users.create(user_name="ana@acme.example", custom=custom)
        assert sent(tenant)["urn:scim:schemas:extension:custom:2.0"] == custom

    def test_patch_values_may_be_anything(self, tenant: Emulator, client: Client) -> None:
        user = client.scim.users.create(user_name="ana@acme.example")
        assert user.id is not None
        operations: list[PatchOperation | dict[str, Any]] = [
            PatchOperation(op="replace", path="emails", value=[Email(value="x@y.z")]),
            {"op": "replace", "value": {"name": Name(given_name="Ana")}},
        ]
        client.scim.users.patch(user.id, operations)
        assert sent(tenant)["Operations"] == [
            {"op": "replace", "path": "emails", "value": [{"value": "x@y.z"}]},
            {"op": "replace", "value": {"name": {"givenName": "Ana"}}},
        ]


class TestRefusedArguments:
    """Each is an error that names the argument, and nothing is sent."""

    @pytest.mark.parametrize(
        ("call", "name"),
        [
            (lambda c: c.scim.users.create(user_name=7), "user_name"),
            (lambda c: c.scim.users.create(display_name="no user name"), "user_name"),
            (lambda c: c.scim.users.create(user_name=" "), "user_name"),
            (lambda c: c.scim.users.create(user_name="x", active="yes"), "active"),
            (lambda c: c.scim.users.create(user_name="x", emails="x@y.z"), "emails"),
            (
                lambda c: c.scim.users.create(user_name="x", emails=[{"value": 7}]),
                "emails[0].value",
            ),
            (
                lambda c: c.scim.users.create(user_name="x", name={"familiy_name": "y"}),
                "name.familiy_name",
            ),
            (lambda c: c.scim.users.create({"user_name": "x", "shoe_size": 41}), "shoe_size"),
            (lambda c: c.scim.users.create("x"), "body"),
            (lambda c: c.scim.users.create([("user_name", "x")]), "body"),
            (lambda c: c.scim.users.create({"user_name": object()}), "user_name"),
            (lambda c: c.scim.users.create({1: "x"}), None),
            (lambda c: c.scim.users.create(user_name="x", custom={"a": {"b": {1, 2j}}}), None),
            (lambda c: c.scim.users.get(""), "id"),
            (lambda c: c.scim.users.get("a/b"), "id"),
            (lambda c: c.scim.users.get(".."), "id"),
            (lambda c: c.scim.users.delete("../Groups/1"), "id"),
            (lambda c: c.users.get(None), "id"),
            (lambda c: c.users.get("a\nb"), "id"),
            (lambda c: c.users.get_by_name(""), "user_name"),
            (lambda c: c.scim.users.patch("1", []), "operations"),
            (lambda c: c.scim.users.patch("1", [{"op": "replace"}]), "operations[0]"),
            (lambda c: c.scim.users.patch("1", [{"op": "change"}]), "operations[0].op"),
            (lambda c: c.scim.users.query(count="10"), "count"),
            (lambda c: c.access.set_state(id="1", state="Asleep"), "state"),
            (lambda c: c.users.get("1", timeout=0), "timeout"),
            (lambda c: c.users.get("1", timeout=float("nan")), "timeout"),
            (lambda c: c.users.get("1", extra_headers={"X Y": "z"}), "headers.X Y"),
            (
                lambda c: c.users.get("1", extra_headers={"Authorization": "x"}),
                "headers.Authorization",
            ),
            (lambda c: c.call("users.get", {"nope": 1}), "nope"),
            (lambda c: c.call("users.nope"), None),
        ],
    )
    def test_with_their_name(
        self,
        tenant: Emulator,
        client: Client,
        call: Callable[[Client], object],
        name: str | None,
    ) -> None:
        with pytest.raises(InvalidArgumentError) as raised:
            call(client)
        if name is not None:
            assert raised.value.field == name
        assert raised.value.delivery == "not_sent"
        assert isinstance(raised.value, ValueError)
        assert tenant.requests() == []

    def test_unknown_keywords_are_pythons_own_type_error(
        self, tenant: Emulator, client: Client
    ) -> None:
        with pytest.raises(TypeError, match="shoe_size"):
            client.scim.users.create(user_name="x", shoe_size=41)  # type: ignore[call-arg]
        assert tenant.requests() == []


class TestRefusedSettings:
    AUTH = ClientCredentials("app", "svc@x.example", "hunter2")

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("", "empty"),
            ("http://abc1234.id.cyberark.cloud", "allow_plain_http"),
            ("https://acme.cyberark.cloud", "portal"),
            ("https://acme.privilegecloud.cyberark.cloud", "privilegecloud"),
            ("https://abc1234.id.cyberark.cloud/my", "page"),
            ("https://vault.example.com/PasswordVault/v10", "vault"),
            ("acme", "not the id of a tenant"),
            ("ftp://abc1234.id.cyberark.cloud", "scheme"),
            ("https://ana:hunter2@abc1234.id.cyberark.cloud", "user name or password"),
        ],
    )
    def test_tenant_url(self, url: str, words: str) -> None:
        with pytest.raises(ConfigurationError, match=words) as raised:
            Client(url, auth=self.AUTH)
        assert raised.value.hint
        assert "hunter2" not in str(raised.value)

    def test_short_names_of_tenants_are_completed(self) -> None:
        client = Client("abc1234", auth=self.AUTH)
        assert client.tenant_url == "https://abc1234.id.cyberark.cloud"
        client = Client("acme", domain="my.idaptive.app", auth=self.AUTH)
        assert client.tenant_url == "https://acme.my.idaptive.app"

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({}, "no credentials"),
            ({"auth": ("app", "svc", "secret")}, "`auth` is a tuple"),
            ({"auth": AUTH, "ca_file": "/nowhere.pem"}, "/nowhere.pem"),
            ({"auth": AUTH, "timeout": 0}, "0 s"),
            ({"auth": AUTH, "timeout": -1}, "timeout"),
            ({"auth": AUTH, "connect_timeout": float("inf")}, "connect_timeout"),
        ],
    )
    def test_others(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError, match=words) as raised:
            Client("https://abc1234.id.cyberark.cloud", **settings)
        assert isinstance(raised.value, ValueError)

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda: ClientCredentials("", "svc@x", "s"), "`app_id` is empty"),
            (lambda: ClientCredentials("app", "", "s"), "`client_id` is empty"),
            (lambda: ClientCredentials("app", "a:b", "s"), "must not contain `:`"),
            (lambda: ClientCredentials("app", "svc@x", ""), "`client_secret` is empty"),
            (lambda: StaticToken(""), "token is empty"),
            (lambda: PlatformToken("svc@x", " "), "`client_secret` is empty"),
            (lambda: UserLogin(" "), "`user` is empty"),
            (lambda: AuthorizationCode("app", "client", ""), "`scope` is empty"),
            (
                lambda: AuthorizationCode("a", "c", "s", redirect_uri="https://example.com"),
                "must be http:// and on this machine",
            ),
        ],
    )
    def test_incomplete_credentials(self, make: Callable[[], object], words: str) -> None:
        with pytest.raises(ConfigurationError, match=words) as raised:
            make()
        assert raised.value.hint or words == "token is empty"

    @pytest.mark.parametrize(
        ("make", "name"),
        [
            (lambda: ClientCredentials(None, "svc@x", "s"), "app_id"),  # type: ignore[arg-type]
            (lambda: ClientCredentials("app", "svc@x", b"s"), "client_secret"),  # type: ignore[arg-type]
            (lambda: StaticToken(None), "token"),  # type: ignore[arg-type]
        ],
    )
    def test_credentials_that_are_no_text(self, make: Callable[[], object], name: str) -> None:
        with pytest.raises(ConfigurationError, match=f"`{name}` has to be text"):
            make()

    def test_wrong_types_are_type_errors(self) -> None:
        with pytest.raises(TypeError, match="max_retries"):
            Client("https://x.example", auth=self.AUTH, max_retries="two")  # type: ignore[arg-type]

    def test_plain_http_is_allowed_by_name(self) -> None:
        client = Client("http://gateway.test", auth=self.AUTH, allow_plain_http=["gateway.test"])
        assert client.tenant_url == "http://gateway.test"
        assert Client("http://gateway.test", auth=self.AUTH, allow_plain_http="gateway.test")


class TestEnvironment:
    @pytest.fixture(autouse=True)
    def nothing_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("TENANT_URL", "APP_ID", "CLIENT_ID", "CLIENT_SECRET", "TOKEN", "CA_FILE"):
            monkeypatch.delenv(f"CYBERARK_IDENTITY_{name}", raising=False)

    def set_variables(self, monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"CYBERARK_IDENTITY_{name}", value)

    def test_client_credentials(self, tenant: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set_variables(
            monkeypatch,
            TENANT_URL=tenant.url,
            APP_ID=tenant.app_id,
            CLIENT_ID=tenant.client_id,
            CLIENT_SECRET=tenant.client_secret,
        )
        with Client.from_env() as client:
            assert len(client.scim.users.query(count=1)) == 1

    def test_token(self, tenant: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set_variables(monkeypatch, TENANT_URL=tenant.url, TOKEN=tenant.token)
        with Client.from_env(timeout=5) as client:
            assert len(client.scim.users.query(count=1)) == 1

    def test_what_is_passed_wins(self, tenant: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set_variables(monkeypatch, TENANT_URL="https://other.example", TOKEN="wrong")
        with Client.from_env(tenant.url, auth=tenant.credentials) as client:
            assert len(client.scim.users.query(count=1)) == 1

    @pytest.mark.parametrize(
        ("values", "missing"),
        [
            ({}, "TENANT_URL"),
            ({"TENANT_URL": "https://x.example"}, "APP_ID"),
            ({"TENANT_URL": "https://x.example", "APP_ID": "a", "CLIENT_ID": "b"}, "CLIENT_SECRET"),
            ({"TENANT_URL": " ", "TOKEN": "t"}, "TENANT_URL"),
        ],
    )
    def test_a_missing_variable_is_named(
        self, monkeypatch: pytest.MonkeyPatch, values: dict[str, str], missing: str
    ) -> None:
        self.set_variables(monkeypatch, **values)
        with pytest.raises(ConfigurationError, match=f"CYBERARK_IDENTITY_{missing} is not set"):
            Client.from_env()


def test_not_given_is_one_falsy_object() -> None:
    assert not NOT_GIVEN
    assert repr(NOT_GIVEN) == "NOT_GIVEN"
    assert isinstance(NOT_GIVEN, NotGiven)
    assert pickle.loads(pickle.dumps(NOT_GIVEN)) is NOT_GIVEN
    assert cyberark_identity.NOT_GIVEN is NOT_GIVEN


def test_a_call_that_was_refused_leaves_the_client_usable(tenant: Emulator, client: Client) -> None:
    with pytest.raises(InvalidArgumentError):
        client.users.get("")
    client.users.get_by_name("admin@acme.example")
    assert calls(tenant) == [("POST", "/CDirectoryService/GetUserByName")]
