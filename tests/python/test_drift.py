"""Answers that have another shape than is known are counted, and nothing fails by it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from cyberark_identity import AsyncClient, Client, Drift, DriftReport
from cyberark_identity.emulator import Emulator

ADMIN = "admin@acme.example"


def change(tenant: Emulator, **fields: Any) -> None:
    """What the tenant says of every user from now on."""
    answer = {"success": True, "Result": {"Uuid": "u-1", **fields}}
    action = {"status": 200, "body": answer}
    tenant.add_faults({"match": {"path": "/CDirectoryService/GetUser"}, "action": action})


def read(client: Client | AsyncClient, times: int) -> DriftReport:
    """Reads a user, and says what the client saw."""

    async def read_in_loop(client: AsyncClient) -> None:
        for _ in range(times):
            await client.users.get(id="u-1")

    if isinstance(client, AsyncClient):
        asyncio.run(read_in_loop(client))
    else:
        for _ in range(times):
            client.users.get(id="u-1")
    report = client.drift()
    assert report is not None
    return report


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_changes_is_told_by_operation_and_path(
    kind: type[Client] | type[AsyncClient], tenant: Emulator
) -> None:
    client = kind(tenant.url, auth=tenant.credentials, watch_drift=True)
    change(tenant, Name="ana")
    report = read(client, 10)
    assert (list(report), report.answers, str(report)) == ([], 10, "no drift in 10 answers")

    tenant.clear_faults()
    change(tenant, DisplayName=["<Ada>"], Nickname="<made-up>")
    report = read(client, 3)
    assert list(report) == [
        Drift("users.get", "DisplayName", "changed type", "text", "a list", 3),
        Drift("users.get", "Name", "missing field", "a field that was always there", "nothing", 3),
        Drift("users.get", "Nickname", "new field", "", "text", 3),
    ]
    assert (report[2].path, len(report), report.others) == ("Nickname", 3, 0)
    lines = str(report).splitlines()
    assert lines[0].split() == ["operation", "path", "change", "expected", "found", "count"]
    assert lines[-1] == "in 13 answers"
    assert repr(report) == "<DriftReport: 3 in 13 answers>"
    assert "<td>Nickname</td><td>new field</td>" in report._repr_html_()
    assert "made-up" not in str(report) + report._repr_html_()


def test_names_of_the_service_are_counted_without_end_and_are_no_html(tenant: Emulator) -> None:
    client = Client(tenant.url, auth=tenant.credentials, watch_drift=True)
    change(tenant, **{f"<b>{number:04}</b>": 1 for number in range(1500)})
    report = read(client, 1)
    assert (len(report), report.others) == (1000, 500)
    assert "&lt;b&gt;0000&lt;/b&gt;" in report._repr_html_()
    assert "<b>" not in report._repr_html_()


def test_it_is_off_unless_asked_for(client: Client) -> None:
    client.users.get_by_name(ADMIN)
    assert client.drift() is None


def test_what_is_tolerated_is_no_drift(tenant: Emulator) -> None:
    client = Client(tenant.url, auth=tenant.credentials, watch_drift=True)
    change(
        tenant,
        InEverybodyRole="True",
        OauthClient=0,
        CreateDate="/Date(1420070400000)/",
        LastModifiedDate="2015-01-01T00:00:00Z",
        Version=7,
        Mail=None,
    )
    assert list(read(client, 1)) == []
