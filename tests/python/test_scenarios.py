"""The steps that all languages play, through the typed methods: see `tests/scenarios/README.md`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from inspect import isawaitable
from operator import attrgetter
from pathlib import Path
from typing import Any

import cyberark_identity
import pytest
from cyberark_identity import AsyncClient, Client, IdentityError
from cyberark_identity.emulator import Emulator
from support import event_loop

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.json"))
SEED_USERS = 50
KNOWN = {"call", "args", "save", "expect", "length", "contains", "error"}
KNOWN |= {"faults", "advance", "timeout", "requests"}

Call = Callable[[str, dict[str, Any]], Any]


@pytest.fixture
def tenant() -> Iterator[Emulator]:
    with Emulator(seed_users=SEED_USERS) as tenant:
        yield tenant


@pytest.fixture(params=["python-sync", "python-async"])
def call(request: pytest.FixtureRequest, tenant: Emulator) -> Iterator[Call]:
    """Calls an operation by its typed method, and writes down that it ran in this language."""
    language: str = request.param
    with event_loop() as loop:
        client: Client | AsyncClient
        if language == "python-sync":
            client = Client(tenant.url, auth=tenant.credentials)
        else:
            client = AsyncClient(tenant.url, auth=tenant.credentials)

        def run(name: str, arguments: dict[str, Any]) -> Any:
            write_down(language, name)
            method = attrgetter(name)(client)
            result = method(**arguments)
            return loop.run_until_complete(result) if isawaitable(result) else result

        yield run


def write_down(language: str, operation: str) -> None:
    if path := os.environ.get("SCENARIO_COVERAGE"):
        with open(path, "a", encoding="utf-8") as notes:
            notes.write(f"{language} {operation}\n")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path, tenant: Emulator, call: Call) -> None:
    saved: dict[str, Any] = {}
    for number, step in enumerate(json.loads(path.read_text(encoding="utf-8"))["steps"], 1):
        assert step.keys() <= KNOWN, f"step {number} has something that no runner knows"
        where = f"step {number} ({step['call']})"
        arguments = fill(step.get("args", {}), saved)
        if "timeout" in step:
            arguments["timeout"] = step["timeout"]
        before = set_the_stage(tenant, step)
        if error := step.get("error"):
            check_error(where, error, lambda: call(step["call"], arguments))  # noqa: B023
            check_requests(where, tenant, step, before)
            continue
        result = call(step["call"], arguments)
        check_requests(where, tenant, step, before)
        check(where, step, result, saved)
        for name, place in step.get("save", {}).items():
            saved[name] = at(result, place)


def set_the_stage(tenant: Emulator, step: dict[str, Any]) -> int:
    """Gives the number of the last request before the step."""
    tenant.advance_clock(step.get("advance", 0))
    if "faults" in step:
        tenant.add_faults(step["faults"])
    return max((int(request["id"]) for request in tenant.requests()), default=0)


def check_requests(where: str, tenant: Emulator, step: dict[str, Any], before: int) -> None:
    tenant.clear_faults()
    requests = [request for request in tenant.requests() if request["id"] > before]
    for part, wanted in step.get("requests", {}).items():
        seen = [request["path"] for request in requests if part in request["path"]]
        assert len(seen) == wanted, f"{where}: requests to {part}: {seen}"


def check(where: str, step: dict[str, Any], result: Any, saved: dict[str, Any]) -> None:
    for place, wanted in step.get("expect", {}).items():
        assert at(result, place) == fill(wanted, saved), f"{where}: {place}"
    if "length" in step:
        assert len(result) == step["length"], where
    for wanted in step.get("contains", []):
        filled = fill(wanted, saved).items()
        assert any(all(at(item, place) == value for place, value in filled) for item in result), (
            f"{where}: nothing matches {wanted}"
        )


def check_error(where: str, error: dict[str, Any], call: Callable[[], object]) -> None:
    wanted = dict(error)
    kind = getattr(cyberark_identity, wanted.pop("class"))
    with pytest.raises(IdentityError) as raised:
        call()
    assert type(raised.value) is kind, where
    assert {name: getattr(raised.value, name) for name in wanted} == wanted, where


def fill(value: Any, saved: dict[str, Any]) -> Any:
    """Puts saved values where `$name` and `${name}` stand."""
    if isinstance(value, str):
        if value[:1] == "$" and value[1:] in saved:
            return saved[value[1:]]
        for name, text in saved.items():
            value = value.replace(f"${{{name}}}", str(text))
        return value
    if isinstance(value, list):
        return [fill(item, saved) for item in value]
    if isinstance(value, dict):
        return {name: fill(item, saved) for name, item in value.items()}
    return value


def at(value: Any, place: str) -> Any:
    """The value at a path of names and indexes; None where it ends early."""
    for name in place.split(".") if place else ():
        if value is None:
            return None
        if name.isdecimal():
            value = value[int(name)] if int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, dict) else getattr(value, name)
    return value
