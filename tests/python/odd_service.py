"""A service of SCIM lists that answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support import QuietHandler, in_a_thread

Answer = Callable[[int, int], tuple[int, Any]]


@contextmanager
def service(answer: Answer) -> Iterator[tuple[str, list[int]]]:
    """A service that answers lists in its own way, and where its pages were asked to start."""
    asked: list[int] = []

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            start, count = (int(query.get(name, ["1"])[0]) for name in ("startIndex", "count"))
            asked.append(start)
            status, page = answer(start, count)
            body = json.dumps(page).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with in_a_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"http://{address}", asked
