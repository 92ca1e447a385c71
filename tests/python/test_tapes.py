"""Tapes: what a user of them meets. Every scenario is played from one in `test_scenarios.py`."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path

import pytest
from cyberark_identity import (
    AsyncClient,
    CallEnd,
    CallStart,
    Client,
    ClientCredentials,
    ConfigurationError,
    StaticToken,
    TokenFunction,
)
from cyberark_identity.emulator import Emulator
from support import run

ADMIN = "admin@acme.example"


@pytest.fixture
def tape(tenant: Emulator, tmp_path: Path) -> Path:
    """Of one call."""
    path = tmp_path / "session.tape"
    with Client(tenant.url, auth=tenant.credentials, record=path) as client:
        client.users.get_by_name(ADMIN)
    tenant.clear_requests()
    return path


def test_no_credentials_and_no_tenant_are_needed(tape: Path, tenant: Emulator) -> None:
    with Client.replay(tape) as client:
        assert client.tenant_url == tenant.url
        assert client.users.get_by_name(ADMIN).name == ADMIN

    async def play() -> str | None:
        async with AsyncClient.replay(str(tape)) as client:
            return (await client.users.get_by_name(ADMIN)).name

    assert asyncio.run(play()) == ADMIN
    assert tenant.requests() == []


def test_what_is_not_on_the_tape_is_told_with_the_nearest(tape: Path, tenant: Emulator) -> None:
    with Client.replay(tape) as client:
        with pytest.raises(
            ConfigurationError, match=r"nearest is line 3: POST /.*admin@acme"
        ) as raised:
            client.users.get_by_name("nobody@acme.example")
        assert (raised.value.delivery, raised.value.attempts) == ("not_sent", 1)
        client.users.get_by_name(ADMIN)
        with pytest.raises(
            ConfigurationError, match=r"only once \(line 3\), and it was asked once more"
        ):
            client.users.get_by_name(ADMIN)
    assert tenant.requests() == []


def test_a_tape_is_private_and_never_written_over(tape: Path, tenant: Emulator) -> None:
    if os.name == "posix":
        assert stat.S_IMODE(tape.stat().st_mode) == 0o600
    text = tape.read_text(encoding="utf-8")
    assert tenant.client_secret not in text
    assert tenant.token not in text
    with pytest.raises(ConfigurationError, match=r"already exists \(replay it, or remove it"):
        Client(tenant.url, auth=tenant.credentials, record=tape)
    assert tape.read_text(encoding="utf-8") == text


def test_signing_in_is_played_with_credentials(tape: Path) -> None:
    token = next(
        json.loads(line)["answer"]["body"]["json"]["access_token"]
        for line in tape.read_text(encoding="utf-8").splitlines()
        if "/oauth2/token/" in line
    )
    assert "replayed-1" in token
    app = json.loads(tape.read_text(encoding="utf-8").splitlines()[1])["request"]["path"]
    auth = ClientCredentials(app.rsplit("/", 1)[1], "somebody@acme.example", "made-up")
    with Client.replay(tape, auth=auth) as client:
        assert client.users.get_by_name(ADMIN).name == ADMIN
    asked = []

    def fetch() -> str:
        asked.append(1)
        return "made-up"

    with Client.replay(tape, auth=TokenFunction(fetch)) as client:
        assert client.users.get_by_name(ADMIN).name == ADMIN
    assert asked == [1]


def test_hooks_run_while_a_tape_is_played_and_what_they_add_does_not_matter(tape: Path) -> None:
    seen: list[object] = []

    def before(start: CallStart) -> None:
        start.add_header("traceparent", "made-up")
        seen.append(start.operation)

    def after(end: CallEnd) -> None:
        seen.extend((end.outcome, end.attempts))

    with Client.replay(tape, before=before, after=after) as client:
        client.users.get_by_name(ADMIN)
    assert seen == ["users.get_by_name", "success", 1]
    seen.clear()

    async def play() -> None:
        async with AsyncClient.replay(tape, before=before, after=after) as client:
            await client.users.get_by_name(ADMIN)

    asyncio.run(play())
    assert seen == ["users.get_by_name", "success", 1]
    with pytest.raises(ConfigurationError, match="`after` is a int"):
        Client.replay(tape, after=7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is not a tape"),
        ("{}\n", "is not a tape"),
        ('{"format": "cyberark-identity tape", "version": 99}\n', "is of version 99"),
    ],
)
def test_what_is_no_tape_is_refused(content: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "x.tape"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=problem):
        Client.replay(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Client.replay(tmp_path / "none.tape")
    with pytest.raises(ConfigurationError, match="its folder is not there"):
        Client("abc1234", auth=StaticToken("made-up"), record=tmp_path / "none" / "x.tape")
    with pytest.raises(ConfigurationError, match="`auth` is a str"):
        Client.replay(path, auth="made-up")  # type: ignore[arg-type]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_child_goes_on_with_the_same_tape(tenant: Emulator, tmp_path: Path) -> None:
    path = tmp_path / "forked.tape"
    script = """
        import os, sys
        from cyberark_identity import Client, StaticToken
        client = Client(sys.argv[1], auth=StaticToken(sys.argv[2]), record=sys.argv[3])
        client.users.get_by_name(sys.argv[4])
        child = os.fork()
        client.users.get_by_name(sys.argv[4])
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    """
    run(script, tenant.url, tenant.token, str(path), ADMIN)
    with Client.replay(path) as client:
        for _ in range(3):
            assert client.users.get_by_name(ADMIN).name == ADMIN


def test_lists_are_read_ahead_from_a_tape(tmp_path: Path) -> None:
    path = tmp_path / "lists.tape"
    with Emulator(seed_users=90) as tenant:
        with Client(tenant.url, auth=tenant.credentials, record=path) as client:
            recorded = [user.id for user in client.scim.users.iter(page_size=10)]
        assert len(recorded) > 90
    with Client.replay(path) as client:
        assert [user.id for user in client.scim.users.iter(page_size=10)] == recorded
