"""Ctrl-C ends a synchronous call that hangs, and signal handlers run while one waits."""

from __future__ import annotations

import signal
import sys

import pytest
from cyberark_identity.emulator import Emulator
from support import SECONDS, end, python, run, wait_for_requests

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")

HANG = {"match": {"path": "GetUsers"}, "action": "hang"}


def test_ctrl_c_ends_a_call_and_its_request(tenant: Emulator) -> None:
    tenant.add_faults(HANG)
    script = """
        import sys
        from cyberark_identity import Client, StaticToken

        url, token = sys.argv[1:]
        client = Client(url, auth=StaticToken(token))
        try:
            client.users.list(timeout=600)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        print(client.users.get_by_name("admin@acme.example").name)
    """
    process = python(script, tenant.url, tenant.token)
    try:
        wait_for_requests(tenant.url, path="GetUsers")
        process.send_signal(signal.SIGINT)
        # The call waits for ten minutes, so only the signal can end it.
        out, err = process.communicate(timeout=SECONDS)
    finally:
        end(process)
    assert (out, err) == ("interrupted\nadmin@acme.example\n", "")
    wait_for_requests(tenant.url, path="GetUsers", outcome="client_closed")


def test_a_handler_may_use_the_client(tenant: Emulator) -> None:
    tenant.add_faults(HANG)
    script = """
        import os, signal, sys
        from cyberark_identity import Client, StaticToken

        url, token = sys.argv[1:]
        client = Client(url, auth=StaticToken(token))

        class Enough(Exception):
            pass

        def handler(number, frame):
            raise Enough(client.users.get_by_name("admin@acme.example").name)

        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            client.users.list(timeout=600)
        except Enough as enough:
            print(enough)
    """
    assert run(script, tenant.url, tenant.token) == "admin@acme.example\n"
