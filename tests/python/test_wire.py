"""Every operation's wire fixtures in Python: arguments to request, answer to result or error.

Results are compared by the values in them, whatever their names: names are the subject of
`test_records.py`, and Rust's `wire.rs` compares them one by one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import cyberark_identity
import pytest
from cyberark_identity import AsyncClient, Client, ListResponse, Record, Rows, StaticToken
from replay import HEADER, Replay, fixtures, load, replay
from support import event_loop

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
COUNTS = ["total_results", "start_index", "items_per_page"]

Call = Callable[[str, dict[str, Any], str], Any]


@pytest.fixture(scope="module")
def journal() -> Iterator[Replay]:
    with replay() as journal:
        yield journal


@pytest.fixture(scope="module", params=["python-sync", "python-async"])
def call(request: pytest.FixtureRequest, journal: Replay) -> Iterator[Call]:
    """Calls an operation by name, and writes down that it ran in this language."""
    language: str = request.param
    settings: dict[str, Any] = {"auth": StaticToken("t0ken"), "max_retries": 0}
    with event_loop() as loop, Client(journal.url, **settings) as client:
        asynchronous = AsyncClient(journal.url, **settings)

        def run(operation: str, arguments: dict[str, Any], name: str) -> Any:
            write_down(language, operation)
            headers = {HEADER: name}
            if language == "python-sync":
                return client.call(operation, arguments, extra_headers=headers)
            return loop.run_until_complete(
                asynchronous.call(operation, arguments, extra_headers=headers)
            )

        yield run
        loop.run_until_complete(asynchronous.aclose())


def write_down(language: str, operation: str) -> None:
    if path := os.environ.get("SCENARIO_COVERAGE"):
        with open(path, "a", encoding="utf-8") as notes:
            notes.write(f"{language} {operation}\n")


@pytest.mark.parametrize("name", fixtures())
def test_fixture(name: str, call: Call, journal: Replay) -> None:
    fixture = load(name)
    operation = name.split("/")[0]
    try:
        result = call(operation, fixture["arguments"], name)
    except cyberark_identity.IdentityError as error:
        check_error(error, fixture)
    else:
        assert "result" in fixture, f"ended in {result!r}"
        assert values(result) == values(fixture["result"])
    check_request(journal.seen[name], fixture["request"])


def check_error(error: cyberark_identity.IdentityError, fixture: dict[str, Any]) -> None:
    expected = fixture["error"]
    assert type(error).__name__ == f"{expected['kind']}Error", error
    assert expected["message"] in str(error)
    assert error.status == fixture["response"]["status"]
    for attribute in ["code", "message_id", "error_id"]:
        assert getattr(error, attribute) == expected.get(attribute), attribute


def check_request(seen: dict[str, Any], expected: dict[str, Any]) -> None:
    assert (seen["method"], seen["path"]) == (expected["method"], expected["path"])
    assert seen["query"] == expected.get("query", "")
    if parts := expected.get("parts"):
        assert seen["content_type"].startswith("multipart/form-data; boundary=")
        for part in parts:
            assert part["disposition"].encode() in seen["body"]
            assert part["text"].encode() in seen["body"]
    else:
        assert seen["content_type"] == "application/json"
        body = json.loads(seen["body"]) if seen["body"] else None
        assert body == expected.get("body")


def values(result: Any) -> list[str]:
    """What a result holds, without names, nothings and order."""
    match result:
        case Record():
            return values(result.to_dict())
        case ListResponse():
            counts = [getattr(result, name) for name in COUNTS]
            return values([*result, *counts])
        case Rows():
            return values(list(result))
        case dict():
            return values(list(result.values()))
        case list() | tuple():
            return sorted(value for item in result for value in values(item))
        case None:
            return []
        case datetime():
            return [str(round(result.timestamp() * 1_000_000))]
        case str() if DATE.fullmatch(result):
            return values(datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*Z|Z", r"\1+00:00", result)))
        case _:
            return [json.dumps(result)]
