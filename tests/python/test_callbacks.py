"""Functions of the caller in the middle of a call: tokens, and questions to a person."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    AuthenticationError,
    Choice,
    Client,
    ClientCredentials,
    ConfigurationError,
    NotFoundError,
    Question,
    TokenFunction,
    UserLogin,
    terminal_prompt,
)
from cyberark_identity.emulator import Emulator
from support import SECONDS, end, python, run

NAME = "admin@acme.example"
PERSON = "ana@acme.example"
PASSWORD = "Made-Up-Pass-1"


@pytest.fixture
def person(tenant: Emulator) -> str:
    with Client(tenant.url, auth=tenant.credentials) as administrator:
        administrator.users.create(
            name=PERSON, mail="ana@mail.example", password=PASSWORD, send_email_invite=False
        )
    tenant.set_sign_in(PERSON, challenges=[["UP"], ["EMAIL"]])
    tenant.clear_requests()
    return PERSON


def who_am_i(client: Client) -> str:
    return str(client.request("POST", "/Security/WhoAmI", body={}).value["User"])


async def who_am_i_later(client: AsyncClient) -> str:
    response = await client.request("POST", "/Security/WhoAmI", body={})
    return str(response.value["User"])


def token_requests(tenant: Emulator) -> int:
    return sum("/oauth2/token" in request["path"] for request in tenant.requests())


class TestSharing:
    def test_clients_that_share_credentials_share_a_token(self, tenant: Emulator) -> None:
        auth = tenant.credentials
        clients = [Client(tenant.url, auth=auth) for _ in range(2)]
        other = AsyncClient(tenant.url, auth=auth)

        async def many() -> list[str]:
            return await asyncio.gather(*(who_am_i_later(other) for _ in range(100)))

        with ThreadPoolExecutor(16) as threads:
            for expected in (1, 2):
                later = threads.submit(asyncio.run, many())
                now = [threads.submit(who_am_i, clients[i % 2]) for i in range(100)]
                names = [one.result(SECONDS) for one in now] + later.result(SECONDS)
                assert set(names) == {tenant.client_id}
                assert token_requests(tenant) == expected
                tenant.expire_tokens()

    def test_other_credentials_do_not(self, tenant: Emulator) -> None:
        for _ in range(2):
            assert who_am_i(Client(tenant.url, auth=tenant.credentials))
        assert token_requests(tenant) == 2

    def test_each_tenant_has_its_token(self, tenant: Emulator) -> None:
        given: list[str] = []

        def give() -> str:
            given.append(tenants[len(given)].token)
            return given[-1]

        with Emulator() as second:
            tenants = [tenant, second]
            auth = TokenFunction(give)
            for one in tenants:
                assert who_am_i(Client(one.url, auth=auth)) == NAME
        assert len(given) == 2


class TestErrors:
    def test_what_a_function_raises_is_the_cause(self, tenant: Emulator) -> None:
        def broken() -> str:
            raise LookupError("the vault is sealed")

        with pytest.raises(AuthenticationError, match="a function raised LookupError") as raised:
            who_am_i(Client(tenant.url, auth=TokenFunction(broken)))
        assert isinstance(raised.value.__cause__, LookupError)
        assert tenant.requests() == []

    def test_the_same_for_coroutines(self, tenant: Emulator) -> None:
        async def broken() -> str:
            raise LookupError("the vault is sealed")

        with pytest.raises(AuthenticationError) as raised:
            asyncio.run(who_am_i_later(AsyncClient(tenant.url, auth=TokenFunction(broken))))
        assert isinstance(raised.value.__cause__, LookupError)

    def test_an_error_of_this_package_stays_as_it_is(self, tenant: Emulator) -> None:
        other = Client(tenant.url, auth=tenant.credentials)

        def from_elsewhere() -> str:
            return str(other.users.get(id="00000000-0000-4000-8000-000000000000").name)

        with pytest.raises(NotFoundError) as raised:
            who_am_i(Client(tenant.url, auth=TokenFunction(from_elsewhere)))
        assert raised.value.operation == "users.get"

    @pytest.mark.parametrize("returned", [b"abc", 7, None, ""])
    def test_what_is_no_token_is_refused_without_being_shown(
        self, tenant: Emulator, returned: Any
    ) -> None:
        with pytest.raises(ConfigurationError) as raised:
            who_am_i(Client(tenant.url, auth=TokenFunction(lambda: returned)))
        assert "abc" not in str(raised.value)
        assert tenant.requests() == []

    def test_what_is_no_function_is_refused_at_once(self) -> None:
        with pytest.raises(ConfigurationError, match="has to be a function"):
            TokenFunction("token")  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match="has to be a function"):
            UserLogin(PERSON, prompt="me")  # type: ignore[arg-type]


class TestThreads:
    def test_a_synchronous_client_calls_on_the_thread_that_waits(self, tenant: Emulator) -> None:
        threads = []

        def give() -> str:
            threads.append(threading.current_thread())
            return tenant.token

        who_am_i(Client(tenant.url, auth=TokenFunction(give)))
        assert threads == [threading.current_thread()]

    def test_no_loop_stands_still_while_a_function_takes_its_time(self, tenant: Emulator) -> None:
        asked, told = threading.Event(), threading.Event()

        def give() -> str:
            asked.set()
            assert told.wait(SECONDS), "the loop stood still"
            return tenant.token

        async def main() -> str:
            call = asyncio.ensure_future(
                who_am_i_later(AsyncClient(tenant.url, auth=TokenFunction(give)))
            )
            await asyncio.to_thread(asked.wait, SECONDS)
            told.set()
            return await call

        assert asyncio.run(main()) == NAME

    def test_coroutines_run_on_the_loop_of_the_call(self, tenant: Emulator) -> None:
        loops = []

        async def give() -> str:
            loops.append(asyncio.get_running_loop())
            await asyncio.sleep(0)
            return tenant.token

        async def main() -> bool:
            await who_am_i_later(AsyncClient(tenant.url, auth=TokenFunction(give)))
            return loops == [asyncio.get_running_loop()]

        assert asyncio.run(main())

    def test_a_list_asks_on_the_loop_too(self, tenant: Emulator) -> None:
        loops = []

        async def give() -> str:
            loops.append(asyncio.get_running_loop())
            return tenant.token

        async def main() -> bool:
            client = AsyncClient(tenant.url, auth=TokenFunction(give))
            users = [user async for user in client.scim.users.iter()]
            return bool(users) and loops == [asyncio.get_running_loop()]

        assert asyncio.run(main())

    def test_a_cancelled_call_cancels_its_coroutine(self, tenant: Emulator) -> None:
        async def main() -> bool:
            asked, cancelled = asyncio.Event(), asyncio.Event()

            async def give() -> str:
                asked.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    cancelled.set()
                return ""

            client = AsyncClient(tenant.url, auth=TokenFunction(give))
            call = asyncio.ensure_future(who_am_i_later(client))
            await asyncio.wait_for(asked.wait(), SECONDS)
            call.cancel()
            await asyncio.wait_for(cancelled.wait(), SECONDS)
            return call.cancelled()

        assert asyncio.run(main())

    def test_a_coroutine_serves_a_synchronous_client_in_a_running_loop(
        self, tenant: Emulator
    ) -> None:
        async def give() -> str:
            return tenant.token

        async def cell() -> str:
            return who_am_i(Client(tenant.url, auth=TokenFunction(give)))

        assert asyncio.run(cell()) == NAME


class TestPeople:
    def test_a_call_has_its_time_after_the_person(self, tenant: Emulator, person: str) -> None:
        def slow(question: Question) -> str:
            threading.Event().wait(2.5)
            return str(tenant.sign_ins()[-1]["mechanisms"][0]["code"])

        auth = UserLogin(person, password=PASSWORD, prompt=slow)
        assert who_am_i(Client(tenant.url, auth=auth, timeout=2)) == person

    def test_the_terminal_is_asked_without_echo(self, tenant: Emulator, person: str) -> None:
        tenant.set_sign_in(person, challenges=[["UP"]])
        script = """
            import sys
            from cyberark_identity import Client, UserLogin
            url, user = sys.argv[1:]
            client = Client(url, auth=UserLogin(user))
            print("signed in as", client.request("POST", "/Security/WhoAmI", body={}).value["User"])
        """
        shown = on_a_terminal(script, [tenant.url, person], [("password: ", PASSWORD + "\n")])
        assert f"signed in as {person}" in shown
        assert PASSWORD not in shown

    def test_a_notebook_puts_its_own_functions_in_place(
        self, tenant: Emulator, person: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("getpass.getpass", lambda _prompt: PASSWORD)
        code = lambda _prompt: tenant.sign_ins()[-1]["mechanisms"][0]["code"]  # noqa: E731
        monkeypatch.setattr("builtins.input", code)
        assert who_am_i(Client(tenant.url, auth=UserLogin(person))) == person

    def test_the_terminal_lists_choices(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        choices = (Choice("a", "EMAIL", "Mail (x***@y)"), Choice("b", "OATH", "Authenticator"))
        question = Question("choose", "How?", choices=choices)
        for answer, expected in [("2", "b"), ("1", "a"), ("3", None), ("0", None), ("x", None)]:
            monkeypatch.setattr("builtins.input", lambda _prompt, answer=answer: answer)
            assert terminal_prompt(question) == expected
        assert "Mail (x***@y)" in capsys.readouterr().err

    def test_ctrl_c_ends_the_question(self, tenant: Emulator) -> None:
        script = """
            import sys, threading
            from cyberark_identity import Client, TokenFunction
            def wait():
                print("asked", flush=True)
                threading.Event().wait()
            try:
                Client(sys.argv[1], auth=TokenFunction(wait)).users.list()
            except KeyboardInterrupt:
                print("interrupted", flush=True)
        """
        process = python(script, tenant.url)
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "asked\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=SECONDS)
        finally:
            end(process)
        assert (out, err, process.returncode) == ("interrupted\n", "", 0)

    def test_a_process_ends_while_a_question_is_open(self, tenant: Emulator) -> None:
        script = """
            import asyncio, sys, threading
            from cyberark_identity import AsyncClient, TokenFunction
            async def main():
                asked = asyncio.Event()
                loop = asyncio.get_running_loop()
                def wait():
                    loop.call_soon_threadsafe(asked.set)
                    threading.Event().wait()
                client = AsyncClient(sys.argv[1], auth=TokenFunction(wait))
                call = asyncio.ensure_future(client.users.list())
                await asked.wait()
                call.cancel()
            asyncio.run(main())
            print("over")
        """
        assert run(script, tenant.url) == "over\n"

    def test_a_fork_in_the_middle_of_a_question_leaves_the_child_free(
        self, tenant: Emulator
    ) -> None:
        script = """
            import os, sys, threading
            from cyberark_identity import Client, TokenFunction
            url, token = sys.argv[1:]
            parent, asked, told = os.getpid(), threading.Event(), threading.Event()
            def give():
                if os.getpid() == parent:
                    asked.set()
                    told.wait()
                return token
            client = Client(url, auth=TokenFunction(give))
            thread = threading.Thread(target=client.users.list)
            thread.start()
            asked.wait()
            child = os.fork()
            if child == 0:
                os._exit(0 if client.users.list() else 1)
            print(os.waitpid(child, 0)[1])
            told.set()
            thread.join()
        """
        assert run(script, tenant.url, tenant.token) == "0\n"


def on_a_terminal(script: str, arguments: list[str], talk: list[tuple[str, str]]) -> str:
    """Runs a script on a terminal of its own, and answers what it asks."""

    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", textwrap.dedent(script), *arguments])
    shown = ""
    try:
        for asked, answer in talk:
            while asked not in shown:
                shown += os.read(terminal, 1024).decode()
            os.write(terminal, answer.encode())
        while True:
            shown += os.read(terminal, 1024).decode()
    except OSError:
        return shown
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def test_credentials_are_of_one_kind(tenant: Emulator) -> None:
    with pytest.raises(ConfigurationError, match="`auth` is a"):
        Client(tenant.url, auth=tenant.token)  # type: ignore[arg-type]
    assert isinstance(tenant.credentials, ClientCredentials)
