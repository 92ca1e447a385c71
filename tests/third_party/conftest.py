"""Starts the programs that nobody here wrote, from the environment that `make setup` gives them."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / ".venv-verify" / "bin"
TOKEN = "made-up-token"


@dataclass
class Server:
    """A SCIM server under `url`/scim, which takes `token`."""

    url: str
    token: str


@pytest.fixture
def rfc_server() -> Iterator[Server]:
    """The independent RFC 7644 server, empty, under the path prefix that CyberArk Identity uses."""
    port = free_port()
    command = [PROGRAMS / "python", "-u", PROGRAMS / "scim2-server"]
    options = ["--port", str(port), "--bearer-token", TOKEN, "--tenant", "scim"]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        assert "Serving SCIM" in process.stdout.readline()
        yield Server(f"http://127.0.0.1:{port}", TOKEN)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
