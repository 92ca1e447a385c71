"""What can be seen of calls: log records and hooks, from any thread, loop and process."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from cyberark_identity import (
    AsyncClient,
    AuthenticationError,
    CallEnd,
    CallStart,
    Client,
    ClientCredentials,
    ConfigurationError,
    InvalidArgumentError,
    NotFoundError,
    RequestTimeoutError,
)
from cyberark_identity.emulator import Emulator
from support import SECONDS, calls

NAME = "admin@acme.example"
BUSY = {"match": {"path": "GetUserByName", "times": 1}, "action": {"status": 503}}
HANG = {"match": {"path": "GetUserByName"}, "action": "hang"}
WHO: ContextVar[str] = ContextVar("who", default="nobody")

Look = Callable[[Any], Any]


class Collector(logging.Handler):
    """Keeps records, and where they came from."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []
        self.places: set[tuple[int, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.places.add((threading.get_ident(), WHO.get()))

    def lines(self) -> list[str]:
        return [
            f"{r.levelname} {r.name.removeprefix('cyberark_identity.')} {vars(r)['event']}"
            for r in self.records
        ]


@pytest.fixture
def logged() -> Iterator[Collector]:
    logger, collector = logging.getLogger("cyberark_identity"), Collector()
    logger.addHandler(collector)
    logger.setLevel(logging.DEBUG)
    yield collector
    logger.removeHandler(collector)
    logger.setLevel(logging.NOTSET)


def look(client: Any) -> Any:
    return client.users.get_by_name(NAME)


def synchronously(tenant: Emulator, work: Look = look, **options: Any) -> Any:
    with Client(tenant.url, auth=tenant.credentials, **options) as client:
        return work(client)


def on_a_loop(
    tenant: Emulator, work: Callable[[Any], Awaitable[Any]] = look, **options: Any
) -> Any:
    async def main() -> Any:
        async with AsyncClient(tenant.url, auth=tenant.credentials, **options) as client:
            return await work(client)

    return asyncio.run(main())


BOTH = pytest.mark.parametrize("perform", [synchronously, on_a_loop])
Perform = Callable[..., Any]


@BOTH
def test_a_plain_call(tenant: Emulator, logged: Collector, perform: Perform) -> None:
    WHO.set("the caller")
    perform(tenant)
    assert logged.lines() == [
        "DEBUG call started",
        "INFO auth token_fetched",
        "DEBUG call sent",
        "DEBUG call ended",
    ]
    assert logged.places == {(threading.get_ident(), "the caller")}
    last = vars(logged.records[-1])
    assert (last["operation"], last["status"], last["attempts"]) == ("users.get_by_name", 200, 1)
    assert last["outcome"] == "success"
    assert last["duration"] > 0
    assert last["request_id"]
    assert {vars(record)["call_id"] for record in logged.records} == {last["call_id"]}
    assert logged.records[0].getMessage() == (
        "users.get_by_name: POST /CDirectoryService/GetUserByName"
    )


@BOTH
def test_what_goes_wrong_and_is_repaired(
    tenant: Emulator, logged: Collector, perform: Perform
) -> None:
    def twice(client: Any) -> Any:
        if isinstance(client, Client):
            look(client)
            tenant.expire_tokens()
            tenant.add_faults(BUSY)
            return look(client)
        return twice_later(client)

    async def twice_later(client: AsyncClient) -> None:
        await look(client)
        tenant.expire_tokens()
        tenant.add_faults(BUSY)
        await look(client)

    perform(tenant, twice)
    lines = logged.lines()
    for line in ("INFO auth token_refused", "INFO auth token_renewed", "WARNING retry retrying"):
        assert line in lines
    retry = next(r for r in logged.records if vars(r)["event"] == "retrying")
    assert vars(retry)["wait"] > 0
    assert vars(retry)["error_type"] == "ServerError"
    assert "ServerError (HTTP 503)" in retry.getMessage()
    assert vars(logged.records[-1])["attempts"] == 3


@BOTH
def test_a_call_that_fails_and_one_out_of_time(
    tenant: Emulator, logged: Collector, perform: Perform
) -> None:
    with pytest.raises(NotFoundError) as missing:
        perform(tenant, lambda client: client.users.get_by_name("nobody@acme.example"))
    last = vars(logged.records[-1])
    assert (last["outcome"], last["call_id"]) == ("NotFoundError", missing.value.call_id)
    tenant.add_faults(HANG)
    with pytest.raises(RequestTimeoutError) as late:
        perform(tenant, lambda client: client.users.get_by_name(NAME, timeout=2))
    last = vars(logged.records[-1])
    assert (last["outcome"], last["call_id"]) == ("RequestTimeoutError", late.value.call_id)


def test_a_call_that_is_cancelled(tenant: Emulator, logged: Collector) -> None:
    tenant.add_faults(HANG)
    ends: list[CallEnd] = []

    async def main() -> None:
        options: dict[str, Any] = {"auth": tenant.credentials, "after": ends.append}
        async with AsyncClient(tenant.url, **options) as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(look(client), 2)
            while not ends:
                await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), SECONDS))
    assert [end.outcome for end in ends] == ["cancelled"]
    assert vars(logged.records[-1])["outcome"] == "cancelled"


def test_a_sign_in_that_fails(tenant: Emulator, logged: Collector) -> None:
    auth = ClientCredentials("app", "svc@x.example", "hunter2-wrong")
    with Client(tenant.url, auth=auth) as client, pytest.raises(AuthenticationError) as raised:
        look(client)
    failed = next(r for r in logged.records if vars(r)["event"] == "token_failed")
    assert failed.levelno == logging.WARNING
    assert vars(failed)["call_id"] == raised.value.call_id


@BOTH
def test_levels_are_kept(tenant: Emulator, logged: Collector, perform: Perform) -> None:
    logger = logging.getLogger("cyberark_identity")
    logger.setLevel(logging.WARNING)
    tenant.add_faults(BUSY)
    perform(tenant)
    assert logged.lines() == ["WARNING retry retrying"]
    logger.setLevel(logging.ERROR)
    tenant.add_faults(BUSY)
    perform(tenant)
    assert logged.lines() == ["WARNING retry retrying"]


@BOTH
def test_pages_of_a_list(tenant: Emulator, logged: Collector, perform: Perform) -> None:
    WHO.set("the reader")
    headers: list[str] = []

    def before(start: CallStart) -> None:
        headers.append(f"{start.operation} {WHO.get()}")

    async def later(client: AsyncClient) -> int:
        return len([user async for user in client.scim.users.iter(page_size=5)])

    def everybody(client: Any) -> Any:
        if isinstance(client, Client):
            return len(list(client.scim.users.iter(page_size=5)))
        return later(client)

    count = perform(tenant, everybody, before=before)
    assert count > 20
    pages = -(-count // 5)
    assert headers == ["scim.users.query the reader"] * pages
    assert logged.lines().count("DEBUG call ended") == pages
    assert logged.places == {(threading.get_ident(), "the reader")}


def traced(start: CallStart) -> None:
    start.add_header("traceparent", f"00-{start.call_id}-00f067aa0ba902b7-01")


async def traced_later(start: CallStart) -> None:
    await asyncio.sleep(0)
    traced(start)


@BOTH
@pytest.mark.parametrize("before", [traced, traced_later])
def test_a_hook_adds_traceparent(
    tenant: Emulator, logged: Collector, perform: Perform, before: Callable[[CallStart], object]
) -> None:
    perform(tenant, before=before, correlation_header="X-Correlation-Id")
    *sign_in, request = tenant.requests()
    call_id = vars(logged.records[-1])["call_id"]
    assert request["headers"]["traceparent"] == f"00-{call_id}-00f067aa0ba902b7-01"
    assert request["headers"]["x-correlation-id"] == call_id
    assert all("traceparent" not in one["headers"] for one in sign_in)
    assert not any("x-correlation-id" in one["headers"] for one in sign_in)


def test_the_name_is_not_sent_unless_a_header_is_named(tenant: Emulator) -> None:
    synchronously(tenant)
    assert "correlation" not in str(tenant.requests())
    with pytest.raises(ConfigurationError, match="`correlation_header`: `Host` is set by"):
        Client(tenant.url, auth=tenant.credentials, correlation_header="Host")


@BOTH
def test_hooks_are_told_what_comes_of_a_call(tenant: Emulator, perform: Perform) -> None:
    starts: list[CallStart] = []
    ends: list[CallEnd] = []

    async def after(end: CallEnd) -> None:
        await asyncio.sleep(0)
        ends.append(end)

    tenant.add_faults(BUSY)
    perform(tenant, before=starts.append, after=after)
    (start,), (end,) = starts, ends
    assert (start.operation, start.method, start.host) == ("users.get_by_name", "POST", "127.0.0.1")
    assert (start.path, start.template) == ("/CDirectoryService/GetUserByName",) * 2
    assert (start.retry, start.call_id) == ("safe", end.call_id)
    assert (end.outcome, end.status, end.attempts, end.message) == ("success", 200, 2, None)
    assert end.bytes_sent
    assert end.bytes_received
    assert end.request_id
    assert repr(end).startswith("<CallEnd(users.get_by_name: done (HTTP 200) after 2 requests in")


@BOTH
def test_hooks_that_raise_break_no_call(
    tenant: Emulator, logged: Collector, perform: Perform
) -> None:
    def before(_start: CallStart) -> None:
        raise LookupError("on purpose")

    async def after(_end: CallEnd) -> None:
        await asyncio.sleep(0)
        raise OSError("the disk is full")

    perform(tenant, before=before, after=after)
    failed = [r for r in logged.records if r.name == "cyberark_identity.hooks"]
    assert [r.levelname for r in failed] == ["ERROR", "ERROR"]
    kinds = [r.exc_info[0] for r in failed if r.exc_info]
    assert kinds == [LookupError, OSError]


def test_one_that_always_raises_is_an_error_once(tenant: Emulator, logged: Collector) -> None:
    def before(_start: CallStart) -> None:
        raise LookupError("on purpose")

    synchronously(tenant, lambda client: [look(client) for _ in range(3)], before=before)
    failed = [r for r in logged.records if r.name == "cyberark_identity.hooks"]
    assert [r.levelname for r in failed] == ["ERROR", "INFO", "INFO"]


@BOTH
def test_what_a_hook_must_not_set_is_refused(tenant: Emulator, perform: Perform) -> None:
    refused: list[InvalidArgumentError] = []

    def before(start: CallStart) -> None:
        for name in ("Authorization", "no header"):
            with pytest.raises(InvalidArgumentError) as raised:
                start.add_header(name, "x")
            refused.append(raised.value)

    perform(tenant, before=before)
    assert refused[0].field == "headers.Authorization"
    assert "is set by the client" in str(refused[0])
    assert "is not the name of a header" in str(refused[1])


def test_hooks_have_to_be_functions(tenant: Emulator) -> None:
    options: dict[str, Any] = {"auth": tenant.credentials, "before": "x"}
    with pytest.raises(ConfigurationError, match="`before` is a str"):
        Client(tenant.url, **options)


@BOTH
def test_a_hook_may_make_calls_of_which_nobody_is_told(
    tenant: Emulator, logged: Collector, perform: Perform
) -> None:
    with Client(tenant.url, auth=tenant.credentials) as other:

        def before(_start: CallStart) -> None:
            look(other)

        perform(tenant, before=before)
    assert logged.lines().count("DEBUG call ended") == 1
    assert len(calls(tenant)) == 2


def test_a_coroutine_hook_may_call_its_own_client(tenant: Emulator) -> None:
    async def main() -> None:
        async def before(_start: CallStart) -> None:
            await look(client)

        async with AsyncClient(tenant.url, auth=tenant.credentials, before=before) as client:
            await look(client)

    asyncio.run(asyncio.wait_for(main(), SECONDS))
    assert len(calls(tenant)) == 2


@BOTH
def test_a_handler_that_raises_breaks_no_call(
    tenant: Emulator, logged: Collector, perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(logging.Handler):
        def handle(self, _record: logging.LogRecord) -> bool:
            raise LookupError("on purpose")

    shown: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: shown.append(told.exc_type))
    monkeypatch.setattr("asyncio.base_events.logger.error", lambda *_args, **_options: None)
    logger, broken = logging.getLogger("cyberark_identity.call"), Broken()
    logger.addHandler(broken)
    try:
        assert perform(tenant).name == NAME
    finally:
        logger.removeHandler(broken)
    assert shown == [LookupError] * 3


@BOTH
def test_the_end_of_a_token_is_told_under_a_name_of_its_own(
    tenant: Emulator, logged: Collector, perform: Perform
) -> None:
    hooked: list[str] = []

    def before(start: CallStart) -> None:
        hooked.append(start.operation)

    def twice(client: Any) -> Any:
        if isinstance(client, Client):
            look(client)
            logged.records.clear()
            return client.revoke()

        async def main() -> None:
            await look(client)
            logged.records.clear()
            await client.revoke()

        return main()

    perform(tenant, twice, before=before)
    assert logged.lines() == ["INFO auth token_ended"]
    told = vars(logged.records[0])
    assert told["operation"] == "revoke"
    assert len(told["call_id"]) == 32
    assert hooked == ["users.get_by_name"]
