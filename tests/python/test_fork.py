"""Clients go on working in forked children, which leave their parent's connections alone."""

from __future__ import annotations

import sys

import pytest
from cyberark_identity.emulator import Emulator
from support import SECONDS, run

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

# The locks of sixteen threads are wherever they happen to be when the child is made.
BETWEEN_CALLS = """
    import asyncio, os, sys, threading
    from cyberark_identity import AsyncClient, Client, ClientCredentials

    url, app, user, secret = sys.argv[1:]
    auth = ClientCredentials(app, user, secret)
    client, asynchronous = Client(url, auth=auth), AsyncClient(url, auth=auth)
    over, begun = threading.Event(), threading.Barrier(18)

    def work():
        begun.wait()
        while not over.is_set():
            client.users.get_by_name("admin@acme.example")

    async def work_on_a_loop():
        begun.wait()
        while not over.is_set():
            await asynchronous.users.get_by_name("admin@acme.example")

    threads = [threading.Thread(target=work) for _ in range(16)]
    threads.append(threading.Thread(target=lambda: asyncio.run(work_on_a_loop())))
    for thread in threads:
        thread.start()
    begun.wait()
    ended = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            one = client.users.get_by_name("admin@acme.example")
            other = asyncio.run(asynchronous.users.get_by_name("admin@acme.example"))
            os._exit(0 if one == other else 1)
        ended.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    over.set()
    for thread in threads:
        thread.join()
    print(set(ended))
"""

# What is done for the first time has things to make. Each of these processes, which are forked
# while nothing has been made, begins it on a thread, which lets others run so and so many times
# before the main thread forks.
FIRST_TIMES = """
    import asyncio, os, signal, sys, threading, time
    # The first attribute that is a moment would load it. Python cannot go on with an import in a
    # child that was forked in the middle of it.
    import datetime
    from cyberark_identity import AsyncClient, Client, IdentityError, StaticToken

    url, token, seconds, what = sys.argv[1:]
    told = []
    hooks = {"before": told.append, "after": told.append} if "hooks" in what else {}
    client = Client(url, auth=StaticToken(token), **hooks)
    asynchronous = AsyncClient(url, auth=StaticToken(token), **hooks)

    def call():
        client.users.get_by_name("admin@acme.example")

    def asynchronous_call():
        asyncio.run(asynchronous.users.get_by_name("admin@acme.example"))

    def failure():
        try:
            client.users.get("nobody")
        except IdentityError:
            return
        raise AssertionError

    def bad_argument():
        try:
            client.users.get(7j)
        except IdentityError:
            return
        raise AssertionError

    def moment():
        next(iter(client.scim.users.iter())).meta.created.year

    def listing():
        assert list(client.scim.users.iter())

    def asynchronous_list():
        async def read():
            return [user async for user in asynchronous.scim.users.iter()]

        assert asyncio.run(read())

    work = globals()[what.removesuffix(" with hooks").replace(" ", "_")]

    def fork_at(moment):
        begun = threading.Lock()
        begun.acquire()
        # The thread gives up the interpreter where it wants to, and nowhere else.
        sys.setswitchinterval(3600)

        def begin():
            begun.release()
            work()

        thread = threading.Thread(target=begin)
        thread.start()
        begun.acquire()
        for _ in range(moment):
            time.sleep(0)
        child = os.fork()
        if child == 0:
            sys.setswitchinterval(0.005)
            signal.alarm(int(seconds))
            work()
            os._exit(0)
        sys.setswitchinterval(0.005)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        thread.join()
        os._exit(0 if status == 0 else 1)

    failed = []
    for moment in range(16):
        process = os.fork()
        if process == 0:
            fork_at(moment)
        if os.waitpid(process, 0)[1] != 0:
            failed.append(moment)
            break
    print(failed)
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


def test_while_many_threads_make_calls(tenant: Emulator) -> None:
    given = tenant.url, tenant.app_id, tenant.client_id, tenant.client_secret
    assert run(BETWEEN_CALLS, *given, options=OPTIONS) == "{0}\n"


@pytest.mark.parametrize(
    "what",
    [
        "call",
        "call with hooks",
        "asynchronous call",
        "asynchronous call with hooks",
        "failure",
        "bad argument",
        "moment",
        "listing",
        "asynchronous list",
    ],
)
def test_while_another_thread_does_it_for_the_first_time(tenant: Emulator, what: str) -> None:
    given = tenant.url, tenant.token, str(SECONDS // 3), what
    assert run(FIRST_TIMES, *given, options=OPTIONS) == "[]\n"


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
