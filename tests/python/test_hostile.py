"""Answers that no service should give: each ends in a value or in a typed error, never in a crash,
a hang, or memory without end.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    Client,
    IdentityError,
    RequestTimeoutError,
    StaticToken,
    UnexpectedResponseError,
)
from cyberark_identity.models import User
from support import SECONDS, QuietHandler, in_a_thread

Answer = Callable[[BaseHTTPRequestHandler], None]
SCIM_USER = '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", %s}'


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A server that gives this answer to everything."""

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)
            self.close_connection = True

    with in_a_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"http://{address}"


def body(content: bytes) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "application/scim+json")
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


Get = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def get(request: pytest.FixtureRequest) -> Get:
    """Reads a user from a server that gives an answer."""

    def sync(answer: Answer, **settings: Any) -> Any:
        with serving(answer) as url, Client(url, auth=StaticToken("t"), **settings) as client:
            return client.scim.users.get("1")

    def not_sync(answer: Answer, **settings: Any) -> Any:
        async def call(url: str) -> Any:
            async with AsyncClient(url, auth=StaticToken("t"), **settings) as client:
                return await client.scim.users.get("1")

        with serving(answer) as url:
            return asyncio.run(call(url))

    return sync if request.param == "sync" else not_sync


def test_what_is_nested_a_hundred_thousand_times(get: Get) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    with pytest.raises(UnexpectedResponseError, match="cannot be read"):
        get(body((SCIM_USER % f'"deep": {deep}').encode()))


def test_nesting_is_counted_to_the_level(get: Get) -> None:
    # Brackets in texts are none, wherever a quote stands that does not end its text.
    texts = ["a" * length + '"' + "[{" * 5 for length in range(40)]
    beside = f'"texts": {json.dumps(texts)}, "shallow": [{"[], " * 200}[]]'

    def nested(levels: int) -> bytes:
        deep = "[" * levels + "]" * levels
        return (SCIM_USER % f'{beside}, "deep": {deep}').encode()

    # With the object around it: 128 levels.
    user = get(body(nested(127)))
    assert user["texts"] == texts
    with pytest.raises(UnexpectedResponseError, match="nested more than 128 times"):
        get(body(nested(128)))


def pickled(record: User) -> Callable[[bytes], User]:
    """What pickle makes users with, from JSON."""
    reduced = record.__reduce__()
    assert isinstance(reduced, tuple)
    restore, (cls, _) = reduced
    return partial(restore, cls)


@pytest.mark.parametrize("backslashes", range(4))
@pytest.mark.parametrize("inside", ["", "[{" * 5, "]}" * 5, "Y_y\x7f"])
def test_nesting_is_counted_wherever_texts_begin_and_end(backslashes: int, inside: str) -> None:
    """It is counted in blocks, so quotes and backslashes stand at every place of one."""
    restore = pickled(User(id="1"))
    for before in range(66):
        text = json.dumps("a" * before + "\\" * backslashes + '"' + inside)
        for levels, is_too_deep in [(126, False), (127, False), (128, True)]:
            deep = "[" * levels + "]" * levels
            content = f'{{"a": {text}, "deep": {deep}, "b": [{"[], " * 200}[]]}}'.encode()
            if is_too_deep:
                with pytest.raises(ValueError, match="nested more than 128 times"):
                    restore(content)
            else:
                assert restore(content)["a"] == json.loads(text)


@pytest.mark.parametrize(
    "content",
    [
        b'{"id": "\xff\xfe"}',
        b'{"id": "1", "userName": "\xc3"}',
        b'{"id": "1"',
        b'{"id": 1e999999}',
        b"{,}",
        b"\x00",
        b"\xef\xbb\xbf{}x",
    ],
)
def test_what_is_no_json(get: Get, content: bytes) -> None:
    with pytest.raises(UnexpectedResponseError):
        get(body(content))


def test_numbers_and_texts_keep_what_they_hold(get: Get) -> None:
    large = 2**53 + 1
    told = f'"userName": "a\\u0000b", "large": {large}, "digits": 123456789012345678901234567890'
    user = get(body((SCIM_USER % told).encode()))
    assert user.user_name == "a\0b"
    assert user["large"] == large
    assert user["digits"] == pytest.approx(123456789012345678901234567890)


def test_a_gigabyte_that_is_announced_is_not_read(get: Get) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(2**30))
        handler.end_headers()

    with pytest.raises(UnexpectedResponseError, match="larger than 67108864 bytes") as raised:
        get(answer)
    assert "max_response_size" in (raised.value.hint or "")


def test_a_body_without_end_is_cut_off(get: Get) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(1_000):
            try:
                handler.wfile.write(chunk)
            except OSError:
                return

    with pytest.raises(UnexpectedResponseError, match="larger than 1000000 bytes"):
        get(answer, max_response_size=1_000_000)


def test_a_small_body_that_grows_when_it_is_unpacked(get: Get) -> None:
    import gzip

    bomb = gzip.compress(b" " * 50_000_000)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-encoding", "gzip")
        handler.send_header("content-length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)

    assert len(bomb) < 100_000
    with pytest.raises(UnexpectedResponseError, match="larger than 1000000 bytes"):
        get(answer, max_response_size=1_000_000)


def test_more_headers_than_anybody_needs(get: Get) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for number in range(10_000):
            handler.send_header(f"x-{number}", "x" * 100)
        handler.end_headers()

    with pytest.raises(IdentityError):
        get(answer, max_retries=0)


def test_a_body_that_stands_still(get: Get) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.wfile.flush()
        handler.rfile.read(1)  # until the client goes away

    with pytest.raises(RequestTimeoutError, match=r"nothing came for 0\.2 s"):
        get(answer, read_timeout=0.2, max_retries=0)


def test_a_body_that_drips_ends_with_the_time_of_the_call(get: Get) -> None:
    gone = Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "1000000")
        handler.end_headers()
        try:
            while not gone.wait(0.005):
                handler.wfile.write(b" ")
        except OSError:
            gone.set()

    with pytest.raises(RequestTimeoutError, match=r"no answer within 2 s"):
        get(answer, timeout=2)
    assert gone.wait(SECONDS), "the connection is still open"


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_what_is_not_packed_as_it_says(get: Get, encoding: str) -> None:
    asked = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        handler.send_response(200)
        handler.send_header("content-encoding", encoding)
        handler.send_header("content-length", "5")
        handler.end_headers()
        handler.wfile.write(b"{\xff\xff\xff}")

    with pytest.raises(UnexpectedResponseError, match="cannot be decompressed"):
        get(answer)
    assert len(asked) == 1


def test_a_page_of_odd_things(get: Get) -> None:
    odd = json.dumps({"schemas": 7, "id": ["1"], "userName": {"a": 1}, "active": "perhaps"})
    user = get(body(odd.encode()))
    assert user["userName"] == {"a": 1}
