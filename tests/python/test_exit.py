"""Interpreters end quietly, whatever is under way, and importing costs little."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest
from cyberark_identity.emulator import Emulator
from support import run

STRICT = ("-X", "dev", "-W", "error")

HANG = {"match": {"path": "GetUsers"}, "action": "hang"}

SCRIPTS = {
    "a client that was not closed": """
        client = Client(url, auth=StaticToken(token))
        client.users.get_by_name("admin@acme.example")
        print("end")
    """,
    "an asynchronous client that was not closed": """
        client = AsyncClient(url, auth=StaticToken(token))
        asyncio.run(client.users.get_by_name("admin@acme.example"))
        print("end")
    """,
    "tasks under way": """
        client = AsyncClient(url, auth=StaticToken(token))

        async def main():
            global tasks
            tasks = [asyncio.create_task(client.users.list()) for _ in range(20)]
            await client.users.get_by_name("admin@acme.example")
            print("end")

        asyncio.run(main())
    """,
    "a loop left open with calls under way": """
        client = AsyncClient(url, auth=StaticToken(token))
        loop = asyncio.new_event_loop()

        async def start():
            from cyberark_identity import _bridges
            from cyberark_identity._generated.operations import USERS_LIST

            bridge = _bridges._bridge(loop)
            future = loop.create_future()
            return client._engine.start(bridge, future, USERS_LIST, None, {}), future

        kept = loop.run_until_complete(start())
        loop.close()
        print("end")
    """,
    "a daemon thread in a call": """
        client = Client(url, auth=StaticToken(token))
        threading.Thread(target=client.users.list, daemon=True).start()
        client.users.get_by_name("admin@acme.example")
        print("end")
    """,
    "an emulator that was not stopped": """
        tenant = Emulator(seed_users=5, tls=True)
        client = Client(tenant.url, auth=tenant.credentials, ca_file=tenant.ca_file)
        client.users.list()
        print("end")
    """,
    "results that outlive everything": """
        client = Client(url, auth=StaticToken(token))
        user = client.users.get_by_name("admin@acme.example")
        page = client.scim.users.query()
        first = iter(page)
        print("end")
    """,
}

PRELUDE = """
import asyncio, sys, threading
from cyberark_identity import AsyncClient, Client, StaticToken
from cyberark_identity.emulator import Emulator
url, token = sys.argv[1:]
"""


@pytest.mark.parametrize("what", SCRIPTS)
def test_ends_without_a_word(tenant: Emulator, what: str) -> None:
    tenant.add_faults(HANG)
    script = PRELUDE + dedent(SCRIPTS[what])
    assert run(script, tenant.url, tenant.token, options=STRICT) == "end\n"


def test_importing_loads_nothing_heavy() -> None:
    script = """
        import os, sys
        before = set(sys.modules)
        sys.path[:] = sys.argv[1:]
        import cyberark_identity
        import cyberark_identity.models
        loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(*sorted(loaded - {"cyberark_identity"}))
    """
    # Without `site`, which may load modules for other packages. Among what must not be loaded are
    # asyncio, typing, dataclasses, json, datetime and inspect.
    loaded = run(script, *sys.path, options=("-I", "-S")).split()
    assert set(loaded) <= {"__future__", "atexit"}
