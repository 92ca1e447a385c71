"""Calls that are given up on a connection of HTTP/2, which others go on using."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cyberark_identity import AsyncClient, Client, RequestTimeoutError, StaticToken

PROGRAM = Path(__file__).parent.parent.parent / "target" / "debug" / "http2"


class Server:
    """A process that speaks HTTP/2. Reading what it saw ends at the latest when it does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._input, self._output = process.stdin, process.stdout
        place = json.loads(self._output.readline())
        self.url = place["url"]
        self.settings = {"auth": StaticToken("made-up"), "ca_file": place["ca_file"]}

    def until(self, name: str, count: int) -> dict[str, Any]:
        """Waits until it has seen so many, and gives what it saw until then."""
        for line in self._output:
            seen: dict[str, Any] = json.loads(line)
            if seen[name] >= count:
                return seen
        raise AssertionError(f"it ended before {count} {name}")

    def release(self) -> None:
        self._input.write("\n")
        self._input.flush()


@contextmanager
def serving(*acts: str) -> Iterator[Server]:
    arguments = [str(PROGRAM), *acts]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        yield Server(process)


def test_a_cancelled_task_ends_its_stream_and_no_other() -> None:
    async def main(server: Server) -> None:
        async with AsyncClient(server.url, **server.settings) as client:
            await client.users.get("1")
            given_up, other = (asyncio.create_task(client.users.get("1")) for _ in range(2))
            await asyncio.to_thread(server.until, "requests", 3)
            given_up.cancel()
            await asyncio.to_thread(server.until, "resets", 1)
            await client.users.get("1")
            assert not other.done(), "it is still held"
            server.release()
            assert (await other).name == "ana@acme.example"

    with serving("answer", "hold", "hold") as server:
        asyncio.run(main(server))
        last = server.until("requests", 4)
    assert last == {"connections": 1, "requests": 4, "resets": 1}


def test_a_synchronous_call_out_of_time_takes_its_connection_with_it() -> None:
    """Nobody else uses that: each thread that waits has one of its own."""
    with serving("answer", "hold") as server, Client(server.url, **server.settings) as client:
        client.users.get("1")
        with pytest.raises(RequestTimeoutError):
            client.users.get("1", timeout=2)
        client.users.get("1")
        assert server.until("requests", 3)["connections"] == 2
