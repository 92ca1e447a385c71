"""Tokens between processes: one request for all, in a file that nobody else can read."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    AuthenticationError,
    AuthorizationCode,
    Client,
    ClientCredentials,
    ConfigurationError,
    Question,
    StaticToken,
    TokenCache,
    TokenFunction,
)
from cyberark_identity.emulator import Emulator
from support import SECONDS, end, event_loop, python, run, wait_for_requests
from test_sign_in import Person

ON_UNIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions, locks and forks")
TOKEN = "/oauth2/token/"

ASK = """
    import sys
    from cyberark_identity import Client, ClientCredentials, TokenCache

    url, path, *credentials = sys.argv[1:]
    cache = TokenCache.file(path) if path else TokenCache.for_user()
    with Client(url, auth=ClientCredentials(*credentials), token_cache=cache) as client:
        print("asks", flush=True)
        print(client.security.whoami().user)
"""

FORK = """
    import os, sys
    from cyberark_identity import Client, ClientCredentials, TokenCache

    url, path, *credentials = sys.argv[1:]

    def client():
        auth = ClientCredentials(*credentials)
        return Client(url, auth=auth, token_cache=TokenCache.file(path))

    inherited = client()
    start, go = os.pipe()
    children = []
    for number in range(100):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(start, 1)
            one = inherited if number % 2 else client()
            os._exit(0 if one.security.whoami().user == credentials[1] else 1)
        children.append(child)
    os.close(go)
    print(sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "of my program" / "tokens.json"


def arguments(tenant: Emulator, path: Path | str) -> tuple[str, ...]:
    return (tenant.url, str(path), tenant.app_id, tenant.client_id, tenant.client_secret)


def caching(tenant: Emulator, path: Path, auth: Any = None) -> Client:
    """A client that knows nothing of other clients but what is in the cache."""
    auth = auth or ClientCredentials(tenant.app_id, tenant.client_id, tenant.client_secret)
    return Client(tenant.url, auth=auth, token_cache=TokenCache.file(path))


def tokens(tenant: Emulator) -> int:
    return sum(TOKEN in one["path"] for one in tenant.requests())


def in_cache(path: Path) -> Any:
    (entry,) = json.loads(path.read_text(encoding="utf-8"))["entries"]
    return entry


@ON_UNIX
def test_a_hundred_processes_fetch_one_token_in_a_lifetime(tenant: Emulator, path: Path) -> None:
    def hundred_ask() -> None:
        # From Python 3.12 on, forking with threads warns. The children use none of these threads.
        options = ("-W", "ignore:This process:DeprecationWarning")
        assert run(FORK, *arguments(tenant, path), options=options) == "0\n"

    hundred_ask()
    assert tokens(tenant) == 1
    tenant.advance_clock(18000)
    hundred_ask()
    assert tokens(tenant) == 2, "the service refused the token that was kept"
    book = json.loads(path.read_text(encoding="utf-8"))
    book["entries"][0].update(kept_at=1, renew_at=2)
    path.write_text(json.dumps(book), encoding="utf-8")
    hundred_ask()
    assert tokens(tenant) == 3, "the token that was kept was to be renewed"


@ON_UNIX
def test_a_process_that_is_killed_while_it_fetches_stops_nobody(
    tenant: Emulator, path: Path
) -> None:
    tenant.add_faults({"match": {"path": TOKEN, "times": 1}, "action": "hang"})
    holder, waiter = None, None
    try:
        holder = python(ASK, *arguments(tenant, path))
        wait_for_requests(tenant.url, path=TOKEN)
        waiter = python(ASK, *arguments(tenant, path))
        assert waiter.stdout is not None
        assert waiter.stdout.readline() == "asks\n"
        assert tokens(tenant) == 1
        os.kill(holder.pid, signal.SIGKILL)
        out, err = waiter.communicate(timeout=SECONDS)
        assert (out, err) == (f"{tenant.client_id}\n", "")
    finally:
        for process in filter(None, (holder, waiter)):
            end(process)
    assert tokens(tenant) == 2


@ON_UNIX
def test_event_loops_go_on_while_another_process_fetches(tenant: Emulator, path: Path) -> None:
    import fcntl

    with caching(tenant, path) as client:
        client.security.whoami()
    (turn,) = path.parent.glob("tokens.json.?*.lock")
    tenant.expire_tokens()

    async def main() -> None:
        cache = TokenCache.file(path)
        auth = ClientCredentials(tenant.app_id, tenant.client_id, tenant.client_secret)
        async with (
            AsyncClient(tenant.url, auth=auth, token_cache=cache) as waits,
            AsyncClient(tenant.url, auth=auth) as goes_on,
        ):
            with turn.open("w") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                waiting = asyncio.create_task(waits.security.whoami())
                for _ in range(20):
                    await goes_on.security.whoami()
                assert not waiting.done()
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
            # Whoever was cancelled has not taken the lock.
            assert (await waits.security.whoami()).user == tenant.client_id

    asyncio.run(asyncio.wait_for(main(), SECONDS))
    assert tokens(tenant) == 3, "one before, one without the cache, one when the lock was free"


@ON_UNIX
def test_only_the_user_can_read_what_is_kept(tenant: Emulator, path: Path) -> None:
    previous = os.umask(0)
    try:
        with caching(tenant, path) as client:
            assert not path.parent.exists(), "nothing is written by making a client"
            client.security.whoami()
    finally:
        os.umask(previous)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file
        assert tenant.client_secret not in file.read_text(encoding="utf-8")
    entry = in_cache(path)
    assert entry["source"]["client_id"] == tenant.client_id
    assert entry["token"].count(".") == 2


def loose(path: Path) -> None:
    path.chmod(0o640)


def linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere.json"))
    path.symlink_to(path.with_name("elsewhere.json"))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def foreign(path: Path) -> None:
    path.write_text("export PATH=/usr/bin", encoding="utf-8")


def newer(path: Path) -> None:
    path.write_text('{"cyberark_identity_token_cache": 2, "entries": []}', encoding="utf-8")


@ON_UNIX
@pytest.mark.parametrize(
    ("spoil", "problem", "fix"),
    [
        (loose, "is open to other users", "chmod 600"),
        (linked, "is a link", "the file itself"),
        (folder, "is not a file", "path of a file"),
        (foreign, "holds something else", "another path"),
        (newer, "another version", "another path"),
    ],
)
def test_a_file_that_is_not_safe_is_refused(
    tenant: Emulator, path: Path, spoil: Any, problem: str, fix: str
) -> None:
    with caching(tenant, path) as client:
        client.security.whoami()
    spoil(path)
    content = path.read_bytes() if path.is_file() else None
    sent = len(tenant.requests())
    with caching(tenant, path) as client, pytest.raises(ConfigurationError) as refused:
        client.security.whoami()
    assert problem in str(refused.value)
    assert fix in str(refused.value)
    assert str(path) in str(refused.value)
    assert len(tenant.requests()) == sent
    assert content is None or path.read_bytes() == content


def test_what_is_damaged_counts_as_nothing(tenant: Emulator, path: Path) -> None:
    for damaged in ('{"cyberark_identity_token_cache": 1}', ""):
        with caching(tenant, path) as client:
            client.security.whoami()
        path.write_text(damaged, encoding="utf-8")
    with caching(tenant, path) as client:
        client.security.whoami()
    assert tokens(tenant) == 3
    assert in_cache(path)["token"]


def test_another_secret_does_not_get_the_token(tenant: Emulator, path: Path) -> None:
    with caching(tenant, path) as client:
        client.security.whoami()
    other = ClientCredentials(tenant.app_id, tenant.client_id, "wr0ng-secret")
    with caching(tenant, path, other) as client, pytest.raises(AuthenticationError):
        client.security.whoami()
    with caching(tenant, path) as client:
        client.security.whoami()
    assert tokens(tenant) == 2


def test_a_person_is_not_asked_again_by_the_next_process(path: Path) -> None:
    def source(prompt: Any) -> AuthorizationCode:
        redirect_uri = "http://127.0.0.1:0/callback"
        return AuthorizationCode(
            tenant.app_id, "my-program", "api", redirect_uri=redirect_uri, prompt=prompt
        )

    def unasked(question: Question) -> None:
        raise AssertionError(f"asked again: {question}")

    account = {"name": "ana@acme.example", "mail": "ana@mail.example", "password": "Made-Up-1"}
    case = {
        "account": {**account, "send_email_invite": False},
        "person": [{"asked": {"kind": "visit"}, "does": "browse"}],
    }
    with Emulator(tls=True) as tenant:
        person = Person(tenant, case)
        before = tokens(tenant)
        for prompt in (person, unasked):
            client = Client(
                tenant.url,
                auth=source(prompt),
                ca_file=tenant.ca_file,
                token_cache=TokenCache.file(path),
            )
            with client:
                assert client.security.whoami().user == "ana@acme.example"
            tenant.advance_clock(18000)
        assert tokens(tenant) - before == 2


@pytest.mark.parametrize("end_session", ["revoke", "logout"])
def test_an_ended_token_is_forgotten(tenant: Emulator, path: Path, end_session: str) -> None:
    with caching(tenant, path) as client:
        client.security.whoami()
    with caching(tenant, path) as client:
        client.revoke() if end_session == "revoke" else client.security.logout()
    assert json.loads(path.read_text(encoding="utf-8"))["entries"] == []
    with caching(tenant, path) as client:
        client.security.whoami()
    paths = [one["path"] for one in tenant.requests()]
    assert sum("WhoAmI" in path for path in paths) == 2, "no dead token was tried"
    assert tokens(tenant) == 2


def test_tokens_that_others_get_are_not_kept(tenant: Emulator, path: Path) -> None:
    for auth in (StaticToken(tenant.token), TokenFunction(lambda: tenant.token)):
        with caching(tenant, path, auth) as client:
            client.security.whoami()
    assert not path.parent.exists()


@ON_UNIX
def test_the_users_own_cache(
    tenant: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for _ in range(2):
        assert run(ASK, *arguments(tenant, "")).split() == ["asks", tenant.client_id]
    assert tokens(tenant) == 1
    kept = {file.name for file in tmp_path.rglob("tokens.*") if file.suffix != ".lock"}
    # Which one depends on whether the machine has a keyring.
    assert kept in ({"tokens.json"}, {"tokens.sealed"})
    for file in filter(Path.is_file, tmp_path.rglob("*")):
        assert file.stat().st_mode & 0o777 == 0o600


def test_event_loops_and_threads_share_what_is_kept(tenant: Emulator, path: Path) -> None:
    with event_loop() as loop:
        for _ in range(2):
            auth = ClientCredentials(tenant.app_id, tenant.client_id, tenant.client_secret)
            client = AsyncClient(tenant.url, auth=auth, token_cache=TokenCache.file(path))
            loop.run_until_complete(client.security.whoami())
    with caching(tenant, path) as waits:
        waits.security.whoami()
    assert tokens(tenant) == 1


def test_a_cache_is_shown_and_checked(tenant: Emulator) -> None:
    cache = TokenCache.file("tokens.json")
    assert repr(cache) == "TokenCache.file('tokens.json')"
    assert repr(TokenCache.keyring()) == "TokenCache.keyring()"
    assert repr(TokenCache.for_user()) == "TokenCache.for_user()"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(cache)
    assert copy.deepcopy(copy.copy(cache)) is cache
    wrong: Any = "tokens.json"
    with pytest.raises(ConfigurationError, match=r"TokenCache\.file\(path\)"):
        Client(tenant.url, auth=tenant.credentials, token_cache=wrong)
