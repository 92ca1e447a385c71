"""A server that speaks HTTP/2 and does as it is told: `tests/rust/src/bin/http2.rs`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

from cyberark_identity import StaticToken
from support import SECONDS

PROGRAM = Path(__file__).parent.parent.parent / "target" / "debug" / "http2"


class Server:
    """A process that speaks HTTP/2."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._input, self._output = process, process.stdin, process.stdout
        place = json.loads(self._output.readline())
        self.url = place["url"]
        self.settings = {"auth": StaticToken("made-up"), "ca_file": place["ca_file"]}
        self.certificate = {"client_certificate": place["certificate"], "client_key": place["key"]}

    def until(self, name: str, count: int) -> dict[str, Any]:
        """Waits until it has seen so many, and gives what it saw until then."""
        # Reading ends when the process does.
        limit = Timer(SECONDS, self._process.kill)
        limit.start()
        try:
            for line in self._output:
                seen: dict[str, Any] = json.loads(line)
                if seen[name] >= count:
                    return seen
        finally:
            limit.cancel()
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
