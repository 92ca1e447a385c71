"""Telling of calls locks nothing up: threads, loops, forked children, the interpreter's end."""

from __future__ import annotations

import sys

import pytest
from cyberark_identity.emulator import Emulator
from support import run

# Each in a process of its own: what hangs is ended after half a minute. 160 calls have three
# records each, and there is one of the token. Without pacing, because waits are told, too.

PRELUDE = """
    import asyncio, logging, os, sys, threading, time
    from cyberark_identity import AsyncClient, Client, StaticToken

    url, token = sys.argv[1:]
    auth = StaticToken(token)
    name = "admin@acme.example"
    logger = logging.getLogger("cyberark_identity")
    logger.setLevel(logging.DEBUG)
    count = 0

    class Slow(logging.Handler):
        def emit(self, record):
            global count
            sum(range(20_000))  # holds the interpreter
            time.sleep(0.001)  # and gives it to the others
            count += 1

    class Calling(logging.Handler):
        def __init__(self):
            super().__init__()
            self.client = Client(url, auth=auth)

        def emit(self, record):
            global count
            assert self.client.users.get_by_name(name).name == name
            count += 1

    def in_threads(work):
        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
"""

SCRIPTS = {
    "16 threads and a slow handler": """
        logger.addHandler(Slow())
        client = Client(url, auth=auth, max_concurrency=0)
        in_threads(lambda: [client.users.get_by_name(name) for _ in range(10)])
        print(count)
    """,
    "16 threads and a handler that makes calls": """
        logger.addHandler(Calling())
        client = Client(url, auth=auth, max_concurrency=0)
        in_threads(lambda: [client.users.get_by_name(name) for _ in range(10)])
        print(count)
    """,
    "16 loops and a handler that makes calls": """
        logger.addHandler(Calling())
        client = AsyncClient(url, auth=auth, max_concurrency=0)

        async def several():
            await asyncio.gather(*[client.users.get_by_name(name) for _ in range(10)])

        in_threads(lambda: asyncio.run(several()))
        print(count)
    """,
    "a fork in the middle": """
        logger.addHandler(Slow())
        client = Client(url, auth=auth)
        over = threading.Event()

        def go_on():
            while not over.is_set():
                client.users.get_by_name(name)

        client.users.get_by_name(name)
        thread = threading.Thread(target=go_on)
        thread.start()
        statuses = []
        for _ in range(10):
            child = os.fork()
            if child == 0:
                count = 0
                client.users.get_by_name(name)
                os._exit(0 if count == 3 else 1)
            statuses.append(os.waitpid(child, 0)[1])
        over.set()
        thread.join()
        print(481 if statuses == [0] * 10 else statuses)
    """,
    "the end of the interpreter": """
        import atexit

        logger.addHandler(Slow())
        client = Client(url, auth=auth)
        atexit.register(lambda: print(client.users.get_by_name(name).name == name and 481))

        def go_on():
            while True:
                client.users.get_by_name(name)

        threading.Thread(target=go_on, daemon=True).start()
        client.users.get_by_name(name)
    """,
}


@pytest.mark.parametrize("what", SCRIPTS)
def test_nothing_locks_up(tenant: Emulator, what: str) -> None:
    if "fork" in what and sys.platform == "win32":
        pytest.skip("there is no fork")
    script = PRELUDE + SCRIPTS[what].replace("\n    ", "\n")
    options = ("-W", "ignore:This process:DeprecationWarning")
    assert run(script, tenant.url, tenant.token, options=options) == "481\n"


def test_children_give_their_calls_other_names(tenant: Emulator) -> None:
    if sys.platform == "win32":
        pytest.skip("there is no fork")
    script = """
        import os, sys
        from cyberark_identity import Client, StaticToken

        url, token = sys.argv[1:]
        ids = []
        client = Client(url, auth=StaticToken(token), after=lambda end: ids.append(end.call_id))
        client.users.get_by_name("admin@acme.example")
        read, write = os.pipe()
        for _ in range(3):
            child = os.fork()
            if child == 0:
                client.users.get_by_name("admin@acme.example")
                os.write(write, f"{ids[-1]}\\n".encode())
                os._exit(0)
            os.waitpid(child, 0)
        client.users.get_by_name("admin@acme.example")
        ids += os.read(read, 1000).decode().split()
        print(len(ids), len(set(ids)))
    """
    options = ("-W", "ignore:This process:DeprecationWarning")
    assert run(script, tenant.url, tenant.token, options=options) == "5 5\n"


def test_nothing_is_said_where_nobody_set_up_logging(tenant: Emulator) -> None:
    script = """
        import logging, sys
        from cyberark_identity import Client, StaticToken

        url, token = sys.argv[1:]
        with Client(url, auth=StaticToken(token)) as client:
            client.users.list()
        print("end")
    """
    tenant.add_faults({"match": {"path": "GetUsers", "times": 1}, "action": {"status": 503}})
    assert run(script, tenant.url, tenant.token) == "end\n"
