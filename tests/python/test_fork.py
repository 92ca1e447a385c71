"""Clients go on working in forked children, which leave their parent's connections alone."""

from __future__ import annotations

import sys

import pytest
from cyberark_identity.emulator import Emulator
from support import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

# From Python 3.12 on, forking with threads warns. The child uses none of these threads.
OPTIONS = ("-W", "ignore:This process:DeprecationWarning")

SYNC = """
    import os, sys
    from cyberark_identity import Client, StaticToken

    url, token = sys.argv[1:]
    client = Client(url, auth=StaticToken(token))
    client.users.get_by_name("admin@acme.example")
    child = os.fork()
    if child == 0:
        user = client.users.get_by_name("admin@acme.example")
        client.close()
        os._exit(0 if user.name == "admin@acme.example" else 1)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), client.users.get_by_name("admin@acme.example").name)
"""

ASYNC = """
    import asyncio, os, sys
    from cyberark_identity import AsyncClient, StaticToken

    url, token = sys.argv[1:]
    client = AsyncClient(url, auth=StaticToken(token))

    async def ask():
        names = ["admin@acme.example"] * 3
        users = await asyncio.gather(*map(client.users.get_by_name, names))
        return [user.name for user in users] == names

    asyncio.run(ask())
    child = os.fork()
    if child == 0:
        os._exit(0 if asyncio.run(ask()) else 1)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), asyncio.run(ask()))
"""

MULTIPROCESSING = """
    import asyncio, multiprocessing, sys
    from cyberark_identity import AsyncClient, Client, StaticToken

    url, token = sys.argv[1:]
    client = Client(url, auth=StaticToken(token))
    asynchronous = AsyncClient(url, auth=StaticToken(token))

    def ask(number):
        one = client.users.get_by_name("admin@acme.example")
        other = asyncio.run(asynchronous.users.get_by_name("admin@acme.example"))
        return one == other

    if __name__ == "__main__":
        before = ask(0)
        with multiprocessing.get_context("fork").Pool(3) as pool:
            print(before, all(pool.map(ask, range(9))), ask(0))
"""

IN_A_CALL = """
    import os, sys, threading, urllib.request
    from cyberark_identity import Client, ClientClosedError, StaticToken

    url, token = sys.argv[1:]
    client = Client(url, auth=StaticToken(token))

    def wait():
        try:
            client.users.list()
        except ClientClosedError:
            pass

    thread = threading.Thread(target=wait)
    thread.start()
    wanted = f"{url}/_emulator/requests?path=GetUsers&count=1&wait_ms=20000"
    urllib.request.urlopen(wanted).read()
    child = os.fork()
    if child == 0:
        user = client.users.get_by_name("admin@acme.example")
        os._exit(0 if user.name == "admin@acme.example" else 1)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status))
    client.close()
    thread.join()
"""


@pytest.mark.parametrize("script", [SYNC, ASYNC], ids=["sync", "async"])
def test_after_use(tenant: Emulator, script: str) -> None:
    out = run(script, tenant.url, tenant.token, options=OPTIONS)
    assert out.split() in (["0", "admin@acme.example"], ["0", "True"])
    connections = [one["connection"] for one in tenant.requests()]
    calls = len(connections) // 3
    before, child, after = (set(connections[n * calls :][:calls]) for n in range(3))
    assert not child & before
    assert after & before


def test_by_multiprocessing(tenant: Emulator) -> None:
    assert run(MULTIPROCESSING, tenant.url, tenant.token, options=OPTIONS) == "True True True\n"


def test_while_another_thread_is_in_a_call(tenant: Emulator) -> None:
    tenant.add_faults({"match": {"path": "GetUsers"}, "action": "hang"})
    assert run(IN_A_CALL, tenant.url, tenant.token, options=OPTIONS) == "0\n"


def test_an_emulator_is_its_parents() -> None:
    script = """
        import os
        from cyberark_identity import Client
        from cyberark_identity.emulator import Emulator

        with Emulator() as tenant:
            child = os.fork()
            if child == 0:
                with Client(tenant.url, auth=tenant.credentials) as client:
                    client.users.get_by_name("admin@acme.example")
                try:
                    tenant.requests()
                except RuntimeError as error:
                    tenant.stop()
                    del tenant
                    os._exit(0 if "parent process" in str(error) else 1)
                os._exit(2)
            _, status = os.waitpid(child, 0)
            with Client(tenant.url, auth=tenant.credentials) as client:
                client.users.get_by_name("admin@acme.example")
            print(os.waitstatus_to_exitcode(status), len(tenant.requests()))
    """
    assert run(script, options=OPTIONS) == "0 4\n"
