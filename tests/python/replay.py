"""A server that answers each request as the wire fixture says that its header names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from support import QuietHandler, in_a_thread

WIRE = Path(__file__).parent.parent / "wire"
HEADER = "X-Fixture"


@dataclass
class Replay:
    """What was asked so far, by fixture."""

    url: str
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)


def fixtures() -> list[str]:
    """Names of all fixtures: `<operation>/<case>`, with `#<number>` where a file has answers."""
    return sorted(ALL)


def load(name: str) -> dict[str, Any]:
    return ALL[name]


def read() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WIRE.glob("*/*.json"):
        name = f"{path.parent.name}/{path.stem}"
        fixture: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        answers = fixture.pop("answers", None)
        if answers is None:
            yield name, fixture
            continue
        for number, answer in enumerate(answers, 1):
            yield f"{name}#{number}", fixture | answer


ALL = dict(read())


@contextmanager
def replay() -> Iterator[Replay]:
    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            name = self.headers[HEADER]
            length = int(self.headers.get("Content-Length", 0))
            path, _, query = self.path.partition("?")
            body = self.rfile.read(length)
            journal.seen[name] = {
                "method": self.command,
                "path": path,
                "query": query,
                "body": body,
                "content_type": self.headers["Content-Type"],
            }
            self.reply(load(name)["response"])

        def reply(self, response: dict[str, Any]) -> None:
            text = response.get("text", "")
            body = (json.dumps(response["body"]) if "body" in response else text).encode()
            self.send_response(response["status"])
            self.send_header(
                "Content-Type", response.get("content_type", "application/json; charset=utf-8")
            )
            if response["status"] != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    with in_a_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        journal = Replay(f"http://{address}")
        yield journal
