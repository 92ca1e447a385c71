"""Every operation's wire fixtures in Python: arguments to request, answer to result or error.

Results are compared field by field under their wire names; what is nothing counts as missing.
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
from cyberark_identity import (
    AsyncClient,
    Client,
    ListResponse,
    Record,
    Rows,
    StaticToken,
    operations,
)
from cyberark_identity._native import Field
from replay import HEADER, WIRE, Replay, fixtures, load, replay
from support import event_loop

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
CATALOGUE = WIRE.parent / "catalogue_ids.txt"
COUNTS = {
    "total_results": "totalResults",
    "start_index": "startIndex",
    "items_per_page": "itemsPerPage",
}

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
        assert told(result) == told(fixture["result"])
    check_request(journal.seen[name], fixture["request"])


def reads() -> list[str]:
    """Fixtures that end in a user or a group."""
    operations = ["scim.users.get/", "scim.groups.get/"]
    return [
        name for name in fixtures() if name.startswith(tuple(operations)) and "result" in load(name)
    ]


@pytest.mark.parametrize("name", reads())
def test_what_was_read_is_put_back_whole(name: str, call: Call, journal: Replay) -> None:
    """`schemas` says what there is, so it is made anew. Some forms lack the attribute that a
    resource needs, or what tells that it was read; they get both.
    """
    fixture = load(name)
    read = call(name.split("/")[0], fixture["arguments"], name)
    kind, needed = ("user", "userName") if "users" in name else ("group", "displayName")
    changes: dict[str, Any] = {needed: "put.back@acme.example"}
    if not isinstance(fixture["result"].get("meta"), dict):
        changes["meta"] = {"location": "x"}
    python = {wire: name for name, wire in names(type(read)).items()}
    changed = read.replace(**{python[wire]: value for wire, value in changes.items()})
    answer = f"scim.{kind}s.replace/success"
    call(f"scim.{kind}s.replace", {"id": "x", kind: changed}, answer)
    sent = json.loads(journal.seen[answer]["body"])
    expected = fixture["result"] | changes
    assert told(sent | {"schemas": None}) == told(expected | {"schemas": None})


def test_every_id_of_the_catalogue_is_a_way_to_call_its_operation(
    call: Call, journal: Replay
) -> None:
    names = {id: operation.name for operation in operations() for id in operation.ids}
    ids = CATALOGUE.read_text(encoding="utf-8").split()
    assert len(ids) == 56
    for id in ids:
        name = f"{names[id]}/success"
        fixture = load(name)
        journal.seen.pop(name, None)
        result = call(id, fixture["arguments"], name)
        assert told(result) == told(fixture["result"])
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


def told(result: Any) -> Any:
    """A result as JSON under the names of the wire, without nothings, dates in microseconds."""
    match result:
        case ListResponse():
            counts = {wire: getattr(result, name) for name, wire in COUNTS.items()}
            return told({"Resources": list(result), **counts})
        case Rows() | list() | tuple():
            return [told(item) for item in result]
        case Record():
            fields = {wire: getattr(result, name) for name, wire in names(type(result)).items()}
            return told(fields | dict(result.extra))
        case dict():
            members = {name: told(value) for name, value in result.items()}
            return {name: value for name, value in members.items() if value not in (None, [], {})}
        case datetime():
            return round(result.timestamp() * 1_000_000)
        case str() if DATE.fullmatch(result):
            return told(datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*Z|Z", r"\1+00:00", result)))
        case _:
            return result


def names(record: type[Record]) -> dict[str, str]:
    """Wire names of its fields."""
    return {name: field.wire for name, field in vars(record).items() if isinstance(field, Field)}
