"""Every way to sign in, played against a tenant over TLS: see `tests/sign_in/README.md`."""

from __future__ import annotations

import json
import re
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator
from inspect import isawaitable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import cyberark_identity
import pytest
from cyberark_identity import (
    AsyncClient,
    AuthorizationCode,
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
from support import SECONDS, event_loop

FILES = sorted((Path(__file__).parent.parent / "sign_in").glob("*.json"))
CASES = [case for file in FILES for case in json.loads(file.read_text(encoding="utf-8"))]
KNOWN = {"name", "account", "state", "policy", "auth", "person", "steps"}
KNOWN_IN_STEPS = {"advance", "expire", "call", "signed_in_as", "error", "requests"}


@pytest.fixture
def tenant() -> Iterator[Emulator]:
    with Emulator(tls=True) as tenant:
        yield tenant


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("awaited", [False, True], ids=["returned", "awaited"])
def test_case(
    tenant: Emulator,
    case: dict[str, Any],
    kind: type[Client] | type[AsyncClient],
    awaited: bool,
    tmp_path: Path,
) -> None:
    assert case.keys() <= KNOWN, "a case has something that no runner knows"
    if awaited and not (case.get("person") or case["auth"]["kind"] == "function"):
        pytest.skip("nothing is asked")
    person = Person(tenant, case)
    auth = source(tenant, case, in_time(person, awaited), awaited)
    with event_loop() as loop:
        tape = tmp_path / "session.tape"
        client = kind(tenant.url, auth=auth, ca_file=tenant.ca_file, max_retries=0, record=tape)

        def call(name: str) -> Any:
            end = client.revoke if name == "revoke" else getattr(client.security, name)
            returned = end()
            return loop.run_until_complete(returned) if isawaitable(returned) else returned

        for number, step in enumerate(case["steps"], 1):
            play(f"step {number}", tenant, step, call)
    assert not person.deeds, "the person was not asked everything"
    secrets = [tenant.client_secret, tenant.token, case["auth"].get("password"), *person.typed]
    text = tape.read_text(encoding="utf-8")
    sent = sum(sum(step.get("requests", {}).values()) for step in case["steps"])
    assert len(text.splitlines()) > sent
    no_secret_is_on(text, secrets)


def no_secret_is_on(tape: str, secrets: list[str | None]) -> None:
    for secret in filter(None, secrets):
        # A short one may stand within something else, such as a time.
        whole = json.dumps(secret, ensure_ascii=False) if len(secret) < 8 else secret
        assert whole not in tape
    # Tokens are replaced by invented ones, whose signature is none.
    assert not re.search(r"eyJ[\w-]+\.[\w-]+\.(?!replayed)", tape)


def play(where: str, tenant: Emulator, step: dict[str, Any], call: Callable[[str], Any]) -> None:
    assert step.keys() <= KNOWN_IN_STEPS, f"{where} has something that no runner knows"
    tenant.advance_clock(step.get("advance", 0))
    if step.get("expire"):
        tenant.expire_tokens()
    before = max((int(request["id"]) for request in tenant.requests()), default=0)
    name = step.get("call", "whoami")
    if error := step.get("error"):
        wanted = dict(error)
        with pytest.raises(IdentityError) as raised:
            call(name)
        assert type(raised.value) is getattr(cyberark_identity, wanted.pop("class")), where
        assert {name: getattr(raised.value, name) for name in wanted} == wanted, where
    else:
        returned = call(name)
        assert getattr(returned, "user", None) == step.get("signed_in_as"), where
    paths = [request["path"] for request in tenant.requests() if request["id"] > before]
    for part, count in step.get("requests", {}).items():
        assert sum(part in path for path in paths) == count, f"{where}: {part} in {paths}"


class Person:
    """Who signs in, and does what the case says."""

    def __init__(self, tenant: Emulator, case: dict[str, Any]) -> None:
        self.tenant = tenant
        self.name = case.get("account", {}).get("name", "")
        self.deeds = list(case.get("person", ()))
        self.typed: list[str] = []
        self._be_known(case)

    def _be_known(self, case: dict[str, Any]) -> None:
        tenant = self.tenant
        with Client(tenant.url, auth=tenant.credentials, ca_file=tenant.ca_file) as administrator:
            if account := case.get("account"):
                made = administrator.users.create(**account)
                if state := case.get("state"):
                    administrator.access.set_state(id=made, state=state)
        if policy := dict(case.get("policy", {})):
            if policy.pop("pod", False):
                policy["pod_fqdn"] = f"localhost:{tenant.url.rpartition(':')[2]}"
            tenant.set_sign_in(self.name, **policy)

    def __call__(self, question: Question) -> str | None:
        deed = self.deeds.pop(0)
        for name, wanted in deed["asked"].items():
            assert getattr(question, name) == wanted, f"{name} of {question}"
        does, text = deed["does"], deed.get("text", "")
        if does == "type":
            self.typed.append(self._code(question.mechanism) if text == "$code" else text)
            return self.typed[-1]
        if does == "choose":
            return next(one.id for one in question.choices if one.mechanism == text)
        if does in ("approve", "deny"):
            assert self.tenant.decide_sign_in(self.name, does == "approve")
        elif does in ("browse", "browse_late"):
            self._browse(question.url, late=does == "browse_late")
        else:
            assert does == "nothing"
        return None

    def _code(self, mechanism: str | None) -> str:
        shown = self.tenant.sign_ins()[-1]["mechanisms"]
        return next(str(one["code"]) for one in shown if one["name"] == mechanism)

    def _browse(self, url: str | None, late: bool) -> None:
        """Opens the address in a browser in which the person is signed in."""
        assert url is not None
        token = self.tenant.token_for(self.name)
        trusted = ssl.create_default_context(cafile=self.tenant.ca_file)
        browser = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=trusted), NoRedirects
        )
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with pytest.raises(HTTPError) as redirect:
            browser.open(request, timeout=SECONDS)
        location = redirect.value.headers["Location"]
        redirect.value.close()
        if late:
            self.tenant.advance_clock(600)
        # In the background, as a browser would: the program listens only after its question was
        # answered.
        threading.Thread(target=visit, args=(location,)).start()


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def visit(address: str) -> None:
    with urllib.request.urlopen(address, timeout=SECONDS) as page:
        page.read()


def in_time(person: Person, awaited: bool) -> Any:
    """The person as a function, or as a coroutine function."""

    async def answer(question: Question) -> str | None:
        return person(question)

    return answer if awaited else person


def source(tenant: Emulator, case: dict[str, Any], prompt: Any, awaited: bool) -> Credentials:
    arguments = {name: fill(tenant, value) for name, value in case["auth"].items()}
    kind = arguments.pop("kind")
    if kind == "client_credentials":
        return ClientCredentials(**arguments)
    if kind == "platform_token":
        return PlatformToken(**arguments)
    if kind == "static_token":
        return StaticToken(**arguments)
    if kind == "function":
        return TokenFunction(function(tenant, case["auth"]["tokens"], awaited))
    if kind == "authorization_code":
        return AuthorizationCode(**arguments, prompt=prompt)
    assert kind == "user_login"
    arguments["prompt"] = prompt if arguments.pop("prompt", False) else None
    return UserLogin(arguments.pop("user"), **arguments)


def function(tenant: Emulator, tokens: list[str], awaited: bool) -> Any:
    """Gives the tokens one after the other, and the last one again and again."""
    left = list(tokens)

    def give() -> str:
        token = left[0] if len(left) == 1 else left.pop(0)
        return str(fill(tenant, token))

    async def give_later() -> str:
        return give()

    return give_later if awaited else give


def fill(tenant: Emulator, value: Any) -> Any:
    known = {
        "$app_id": tenant.app_id,
        "$client_id": tenant.client_id,
        "$client_secret": tenant.client_secret,
        "$token": tenant.token,
    }
    if value == "$issued":
        return tenant.token_for(tenant.client_id)
    return known.get(value, value) if isinstance(value, str) else value
