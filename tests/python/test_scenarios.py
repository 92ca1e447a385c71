"""The steps that all languages play, through the typed methods: see `tests/scenarios/README.md`."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import isawaitable
from operator import attrgetter
from pathlib import Path
from typing import Any

import cyberark_identity
import pytest
from cyberark_identity import AsyncClient, Client, IdentityError
from cyberark_identity.emulator import Emulator
from support import event_loop

TAPES = sorted((Path(__file__).parent.parent / "tapes").glob("*.tape"))
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
def language(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@contextmanager
def calls_of(client: Client | AsyncClient, language: str) -> Iterator[Call]:
    """Calls an operation by its typed method, and writes down that it ran in this language."""
    with event_loop() as loop:

        def run(name: str, arguments: dict[str, Any]) -> Any:
            write_down(language, name)
            method = attrgetter(name)(client)
            result = method(**arguments)
            return loop.run_until_complete(result) if isawaitable(result) else result

        yield run


def kind_of(language: str) -> type[Client] | type[AsyncClient]:
    return Client if language == "python-sync" else AsyncClient


def write_down(language: str, operation: str) -> None:
    if path := os.environ.get("SCENARIO_COVERAGE"):
        with open(path, "a", encoding="utf-8") as notes:
            notes.write(f"{language} {operation}\n")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario_and_again_from_a_tape(
    path: Path, language: str, tenant: Emulator, tmp_path: Path
) -> None:
    tape = tmp_path / "session.tape"
    kind = kind_of(language)
    client = kind(tenant.url, auth=tenant.credentials, record=tape, watch_drift=True)
    with calls_of(client, language) as call:
        play(path, call, tenant)
    drift = client.drift()
    assert drift is not None
    # Some faults change answers, which is what it is for.
    assert not list(drift) or path.stem.startswith("faults"), str(drift)

    requests = len(tenant.requests())
    with calls_of(kind.replay(tape, auth=tenant.credentials), language) as call:
        play(path, call, None)
    assert len(tenant.requests()) == requests, "nothing is sent"
    if folder := os.environ.get("RECORD_TAPES"):
        shutil.copy(tape, Path(folder) / f"{language}.{path.stem}.tape")


@pytest.mark.parametrize("tape", TAPES, ids=lambda path: path.stem)
def test_tapes_of_every_language_are_played(tape: Path, language: str) -> None:
    path = tape.parent.parent / "scenarios" / f"{tape.stem.split('.')[1]}.json"
    with calls_of(kind_of(language).replay(tape), language) as call:
        play(path, call, None)


def play(path: Path, call: Call, tenant: Emulator | None) -> None:
    """Without a tenant, what is said about it does not count."""
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


def set_the_stage(tenant: Emulator | None, step: dict[str, Any]) -> int:
    """Gives the number of the last request before the step."""
    if tenant is None:
        return 0
    tenant.advance_clock(step.get("advance", 0))
    if "faults" in step:
        tenant.add_faults(step["faults"])
    return max((int(request["id"]) for request in tenant.requests()), default=0)


def check_requests(where: str, tenant: Emulator | None, step: dict[str, Any], before: int) -> None:
    if tenant is None:
        return
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
