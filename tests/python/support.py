"""What tests need beyond the package: events of the server, and processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from cyberark_identity.emulator import Emulator

SECONDS = 30
"""Longest time for anything that a test waits for. Nothing takes that long unless it hangs."""


def wait_for_requests(tenant_url: str, count: int = 1, **wanted: str) -> list[dict[str, Any]]:
    """Waits until that many requests are on record at the tenant, and gives them."""
    query = urlencode({**wanted, "count": count, "wait_ms": SECONDS * 1000})
    url = f"{tenant_url}/_emulator/requests?{query}"
    with urllib.request.urlopen(url, timeout=SECONDS + 5) as answer:
        found = json.load(answer)
    requests: list[dict[str, Any]] = found["requests"] if isinstance(found, dict) else found
    assert len(requests) >= count, f"{len(requests)} of {count} requests with {wanted}"
    return requests


@contextmanager
def event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop to run several things in."""
    loop = asyncio.new_event_loop()
    try:
        yield loop
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


@contextmanager
def in_a_thread(server: TCPServer) -> Iterator[str]:
    """Lets a server on loopback serve, and gives its host and port."""
    with server:
        # It looks that often whether it is to end, and the test waits for that.
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class QuietHandler(BaseHTTPRequestHandler):
    """Writes nothing to standard error."""

    def log_message(self, *_: object) -> None:
        pass


def calls(tenant: Emulator) -> list[tuple[str, str]]:
    """Method and path of each request but those for a token."""
    requests = ((one["method"], one["path"]) for one in tenant.requests())
    return [(method, path) for method, path in requests if "/oauth2/" not in path.lower()]


def python(
    script: str,
    *arguments: str,
    options: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
) -> subprocess.Popen[str]:
    """Starts a script in a process of its own."""
    return subprocess.Popen(
        [sys.executable, *options, "-c", textwrap.dedent(script), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """Ends a process, and with it the children that it may have forked."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def run(
    script: str,
    *arguments: str,
    options: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
) -> str:
    """Runs a script to its end, which has to be a good one, and gives what it printed.

    It may print nothing on standard error: warnings are failures.
    """
    process = python(script, *arguments, options=options, env=env)
    try:
        out, err = process.communicate(timeout=SECONDS)
    finally:
        end(process)
    assert (process.returncode, err) == (0, ""), f"exit status {process.returncode}:\n{err}\n{out}"
    return out
