"""The doctor before broken set-ups and a healthy one: see `tests/doctor/README.md`."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    ClientClosedError,
    ClientCredentials,
    ConfigurationError,
    Report,
    StaticToken,
    async_doctor,
    doctor,
)
from cyberark_identity.__main__ import main
from cyberark_identity.emulator import Emulator
from support import SECONDS

FILE = Path(__file__).parent.parent / "doctor" / "cases.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))
KNOWN = {"name", "account", "right", "settings", "advance", "checks", "exit_status", "requests"}
VARIABLES = ("app_id", "client_id", "client_secret", "scope", "token")
SECRETS = ("Pr0xy-Pass", "wr0ng-secret", "made-up-token", "eyJ")

Settings = dict[str, Any]
Look = Callable[[Settings], dict[str, Any]]


@pytest.fixture
def tenant() -> Iterator[Emulator]:
    with Emulator(tls=True) as tenant:
        yield tenant


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of a tenant."""
    for name in list(os.environ):
        if name.startswith("CYBERARK_IDENTITY_"):
            monkeypatch.delenv(name)


def by_function(settings: Settings) -> dict[str, Any]:
    return shown(doctor(**known(settings)))


def by_async_function(settings: Settings) -> dict[str, Any]:
    return shown(asyncio.run(async_doctor(**known(settings))))


def by_client(settings: Settings) -> dict[str, Any]:
    with Client(**known(settings)) as client:
        return shown(client.doctor())


def by_async_client(settings: Settings) -> dict[str, Any]:
    async def look() -> Report:
        async with AsyncClient(**known(settings)) as client:
            return await client.doctor()

    return shown(asyncio.run(look()))


def by_command(settings: Settings) -> dict[str, Any]:
    """Credentials by the environment, the rest by options."""
    environment = dict(os.environ)
    arguments = ["doctor", "--json"]
    for name, value in settings.items():
        if value is None:
            continue
        if name in VARIABLES:
            environment[f"CYBERARK_IDENTITY_{name.upper()}"] = value
        else:
            arguments += [f"--{name.replace('_', '-')}", str(value)]
    command = [sys.executable, "-m", "cyberark_identity", *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.stderr == ""
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if report["ok"] else 1)
    return report


def known(settings: Settings) -> Settings:
    """Settings of a client, of the ones of a case."""
    given = {name: value for name, value in settings.items() if value is not None}
    parts = {name: given.pop(name, None) for name in VARIABLES}
    if parts["token"] is not None:
        given["auth"] = StaticToken(parts["token"])
    elif all(parts[name] for name in VARIABLES[:3]):
        app_id, client_id, secret, scope, _ = parts.values()
        given["auth"] = ClientCredentials(app_id, client_id, secret, scope=scope)
    return given


def shown(report: Report) -> dict[str, Any]:
    """The report as data, after a look at all its other forms."""
    told = f"{report!r} {report} {report._repr_html_()} {report.checks!r}"
    for secret in SECRETS:
        assert secret not in told
    assert all(check.message in str(report) for check in report.checks)
    assert report["configuration"] is report.checks[0]
    return report.to_dict()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize(
    "look", [by_function, by_async_function, by_client, by_async_client, by_command]
)
def test_case(tenant: Emulator, case: dict[str, Any], look: Look) -> None:
    assert case.keys() <= KNOWN, "a case has something that no runner knows"
    settings = arrange(tenant, case)
    if look in (by_client, by_async_client) and not makes_a_client(settings):
        pytest.skip("no client can be made of this")
    tenant.clear_requests()
    report = look(settings)
    checks = {check["name"]: check for check in report["checks"]}
    for name, expected in case["checks"].items():
        compare(name, checks[name], expected)
    assert report["ok"] == (case["exit_status"] == 0)
    assert Counter(one["path"] for one in tenant.requests()) == case.get("requests", {})
    told = json.dumps(report)
    for secret in (*SECRETS, tenant.client_secret):
        assert secret not in told


def compare(name: str, check: dict[str, Any], expected: dict[str, Any]) -> None:
    assert expected.keys() <= {"status", "says", "details"}
    assert check["status"] == expected["status"], f"{name}: {check}"
    said = f"{check['message']} {check['hint']}"
    for part in expected.get("says", ()):
        assert part in said, f"{name} does not say {part!r}: {said}"
    for detail, value in expected.get("details", {}).items():
        assert check["details"][detail] == value, f"{name}: {detail}"
    if check["status"] == "failed":
        assert check["hint"], f"{name} does not say what to do"


def makes_a_client(settings: Settings) -> bool:
    try:
        Client(**known(settings)).close()
    except ConfigurationError:
        return False
    return True


def arrange(tenant: Emulator, case: dict[str, Any]) -> Settings:
    tokens = {"$issued": tenant.token_for(tenant.client_id)}
    if account := case.get("account"):
        welcome(tenant, account, case.get("right"))
        tokens["$account"] = tenant.token_for(account["Name"])
    tenant.advance_clock(case.get("advance", 0))
    settings: Settings = {
        "tenant_url": tenant.url,
        "ca_file": tenant.ca_file,
        "app_id": tenant.app_id,
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
        **case["settings"],
    }
    settings["token"] = tokens.get(settings.get("token", ""), settings.get("token"))
    return settings


def welcome(tenant: Emulator, account: dict[str, Any], right: str | None) -> None:
    auth = StaticToken(tenant.token)
    with Client(tenant.url, auth=auth, ca_file=tenant.ca_file) as administrator:
        more = {"SendEmailInvite": False, "Password": "Made-Up-Pass-1"}
        made = administrator.call("users.create", {**account, **more})
        if right is not None:
            role = administrator.roles.create(name="Helpers").id or ""
            administrator.roles.add_members(id=role, users=[made])
            body = [{"Role": role, "Path": right}]
            administrator.request("POST", "/SaasManage/AssignSuperRights", body=body)


@pytest.mark.parametrize("examine", [doctor, lambda: asyncio.run(async_doctor())])
def test_the_environment_says_what_is_not_given(
    tenant: Emulator, monkeypatch: pytest.MonkeyPatch, examine: Callable[[], Report]
) -> None:
    report = examine()
    assert report["configuration"].message.endswith("CYBERARK_IDENTITY_TENANT_URL is not set")
    assert report.tenant_url is None
    monkeypatch.setenv("CYBERARK_IDENTITY_TENANT_URL", tenant.url)
    monkeypatch.setenv("CYBERARK_IDENTITY_CA_FILE", str(tenant.ca_file))
    report = examine()
    assert report["configuration"].message.endswith("CYBERARK_IDENTITY_APP_ID is not set")
    assert report["tls"].status == "ok"
    for name in VARIABLES[:3]:
        variable = f"CYBERARK_IDENTITY_{name.upper()}"
        monkeypatch.setenv(variable, getattr(tenant, name))
    monkeypatch.setenv("CYBERARK_IDENTITY_SCOPE", "scim")
    report = examine()
    assert report.ok
    assert report["claims"].status == "ok"
    assert report.exit_status == 0


def test_the_environments_proxy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:Pr0xy-Pass@127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    report = doctor("https://abc1234.invalid", auth=StaticToken("made-up-token"))
    check = report["proxy"]
    assert check.status == "failed"
    assert "the environment variable HTTPS_PROXY" in check.message
    assert "Pr0xy-Pass" not in f"{report} {report.to_dict()}"
    assert report["dns"].details["tenant_left_to_proxy"] is True


def test_a_closed_client_has_no_doctor() -> None:
    client = Client("https://abc1234.invalid", auth=StaticToken("made-up-token"))
    client.close()
    with pytest.raises(ClientClosedError):
        client.doctor()


def test_a_report_shows_itself() -> None:
    report = doctor("https://acme.cyberark.cloud", auth=StaticToken("made-up-token"))
    assert repr(report) == "<Report of None: failed: configuration>"
    assert str(report).splitlines()[0].startswith("failed   configuration")
    assert "<td>configuration</td><td>failed</td>" in report._repr_html_()
    assert repr(report.checks[1]).startswith("<Check dns: skipped: ")
    report.to_dict()["checks"].clear()
    assert report.to_dict()["checks"], "what is given away is a copy"
    with pytest.raises(KeyError):
        report["teeth"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["heal"],
        ["doctor", "--teeth"],
        ["doctor", "--timeout", "0"],
        ["doctor", "--timeout", "x"],
    ],
)
def test_a_mistake_in_the_command_line_is_told(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--tenant-url", "https://acme.cyberark.cloud"]) == 1
    assert "failed   configuration" in capsys.readouterr().out
