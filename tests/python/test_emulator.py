"""The embedded tenant as Python has it: in the process, and as a program."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyberark_identity import AuthenticationError, Client, ClientCredentials, StaticToken
from cyberark_identity.emulator import Emulator
from support import SECONDS


class TestInTheProcess:
    def test_says_what_a_client_needs(self, tenant: Emulator) -> None:
        assert tenant.url.startswith("http://127.0.0.1:")
        assert tenant.scim_url == f"{tenant.url}/scim"
        assert isinstance(tenant.credentials, ClientCredentials)
        assert tenant.ca_file is None
        assert repr(tenant) == f"<Emulator at {tenant.url}>"
        with Client(tenant.url, auth=StaticToken(tenant.token)) as client:
            assert client.scim.users.query(count=1).total_results == 22

    def test_records_requests(self, tenant: Emulator, client: Client) -> None:
        client.scim.users.query(count=3)
        token, query = tenant.requests()
        assert token["path"].lower().startswith("/oauth2/token/")
        assert (query["method"], query["path"], query["query"]) == (
            "GET",
            "/scim/Users",
            "count=3",
        )
        tenant.clear_requests()
        assert tenant.requests() == []

    def test_is_an_asynchronous_context_manager_too(self) -> None:
        async def main() -> str:
            async with Emulator() as tenant:
                return tenant.url

        assert asyncio.run(main()).startswith("http://")

    def test_faults_come_and_go(self, tenant: Emulator) -> None:
        with Client(tenant.url, auth=StaticToken(tenant.token), max_retries=0) as client:
            tenant.add_faults({"action": "unauthorized"})
            with pytest.raises(AuthenticationError):
                client.users.list()
            tenant.clear_faults()
            assert client.users.list()

    def test_a_file_keeps_the_tenant_for_one_user_at_a_time(self, tmp_path: Path) -> None:
        state = tmp_path / "tenant.state"
        with Emulator(state=state, seed_users=2) as tenant:
            with Client(tenant.url, auth=tenant.credentials) as client:
                id = client.scim.users.create(user_name="kept@acme.example").id
                assert id is not None
            with pytest.raises(OSError, match="another process or tenant is using it"):
                Emulator(state=str(state))
        with Emulator(state=state) as tenant, Client(tenant.url, auth=tenant.credentials) as client:
            assert client.scim.users.get(id).user_name == "kept@acme.example"
            assert client.scim.users.query(count=1).total_results == 5

    def test_faults_from_the_start_and_wrong_ones(self) -> None:
        with Emulator(faults=[{"action": {"status": 418}}]) as tenant:
            assert tenant.url
        with pytest.raises(ValueError, match="not usable"):
            Emulator(faults={"action": "explode"})

    @pytest.mark.parametrize("how", ["expire_tokens", "advance_clock"])
    def test_tokens_expire(self, tenant: Emulator, client: Client, how: str) -> None:
        client.users.list()
        if how == "expire_tokens":
            tenant.expire_tokens()
        else:
            tenant.advance_clock(100_000)
        client.users.list()
        tokens = [one for one in tenant.requests() if "/oauth2/" in one["path"].lower()]
        assert len(tokens) == 2

    def test_stopping(self) -> None:
        tenant = Emulator()
        tenant.stop()
        tenant.stop()
        with pytest.raises(RuntimeError, match="stopped"):
            tenant.requests()

    def test_addresses_that_cannot_be_used(self, tenant: Emulator) -> None:
        port = int(tenant.url.rpartition(":")[2])
        with pytest.raises(OSError, match="cannot listen"):
            Emulator(port=port)
        with pytest.raises(ValueError, match="host"):
            Emulator(host="somewhere")


class TestAsAProgram:
    @pytest.fixture
    def program(self) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-m", "cyberark_identity.emulator"]
        with subprocess.Popen(
            [*command, "--port", "0", "--seed-users", "3"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            yield process
            process.kill()

    def test_prints_one_line_and_serves(self, program: subprocess.Popen[str]) -> None:
        assert program.stdout is not None
        told = json.loads(program.stdout.readline())
        assert set(told) == {
            "url",
            "scim_url",
            "app_id",
            "client_id",
            "client_secret",
            "token",
            "ca_file",
        }
        auth = ClientCredentials(told["app_id"], told["client_id"], told["client_secret"])
        with Client(told["url"], auth=auth) as client:
            assert len(client.users.list()) == 5

    @pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "end of input"])
    def test_ends_when_told(self, program: subprocess.Popen[str], how: str) -> None:
        assert program.stdout is not None
        assert program.stdin is not None
        program.stdout.readline()
        if how == "end of input":
            program.stdin.close()
        else:
            program.send_signal(getattr(signal, how))
        assert program.wait(SECONDS) == 0
        assert program.stderr is not None
        assert program.stderr.read() == ""

    def test_help_and_mistakes(self) -> None:
        command = [sys.executable, "-m", "cyberark_identity.emulator"]
        shown = subprocess.run(
            [*command, "--help"], capture_output=True, text=True, timeout=SECONDS
        )
        assert (shown.returncode, "--seed-users" in shown.stdout) == (0, True)
        wrong = subprocess.run(
            [*command, "--nope"], capture_output=True, text=True, timeout=SECONDS
        )
        assert (wrong.returncode, "--nope" in wrong.stderr) == (2, True)
