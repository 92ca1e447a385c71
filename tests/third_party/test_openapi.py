"""The OpenAPI document is true: what goes out, by the wire fixtures, is what it describes."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest

from .conftest import PROGRAMS, ROOT

JSON = "application/json"
FORM = "multipart/form-data"
RETURNED = {"AttributeColumn", "Group", "User"}
"""Things that go back as they were read, with members that nobody knows."""


@dataclass
class Findings:
    """What is wrong with requests, and what a validator has still to say."""

    problems: list[str] = field(default_factory=list)
    pairs: list[tuple[str, Any, Any]] = field(default_factory=list)

    def all(self) -> list[str]:
        done = subprocess.run(
            [PROGRAMS / "python", ROOT / "tests" / "third_party" / "validate.py"],
            input=json.dumps([pair[1:] for pair in self.pairs]),
            capture_output=True,
            text=True,
            check=True,
        )
        answers = json.loads(done.stdout)
        assert len(answers) == len(self.pairs)
        invalid = [
            f"{where}: {problem}"
            for (where, *_), problems in zip(self.pairs, answers, strict=True)
            for problem in problems
        ]
        return self.problems + invalid


class Document:
    def __init__(self, text: str) -> None:
        document = json.loads(text)
        self.paths = document["paths"]
        self.components = document["components"]
        for name, schema in self.components["schemas"].items():
            if name not in RETURNED:
                close(schema)

    def check(self, findings: Findings, where: str, name: str, request: dict[str, Any]) -> None:
        method = request["method"].lower()
        described = {
            route: methods[method]
            for route, methods in self.paths.items()
            if name
            in (methods.get(method, {}).get("operationId"), methods.get(method, {}).get("x-also"))
        }
        if not described:
            findings.problems.append(f"{where}: {name} is not described")
            return
        [(route, operation)] = described.items()
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(route))
        found = re.fullmatch(pattern, request["path"])
        if found is None:
            findings.problems.append(f"{where}: {request['path']} is not {route}")
            return
        path = {key: unquote(value) for key, value in found.groupdict().items()}
        query = parse_qsl(request.get("query", ""), keep_blank_values=True)
        self._parameters(findings, where, operation, "path", path)
        self._parameters(findings, where, operation, "query", dict(query))
        self._body(findings, where, operation, request)

    def _parameters(
        self, findings: Findings, where: str, operation: Any, place: str, given: dict[str, str]
    ) -> None:
        parameters = {one["name"]: one for one in operation["parameters"] if one["in"] == place}
        required = {name for name, one in parameters.items() if one["required"]}
        for name in required - given.keys():
            findings.problems.append(f"{where}: {name} is missing in the {place}")
        for name, text in given.items():
            if name not in parameters:
                findings.problems.append(f"{where}: {name} of the {place} is not described")
                continue
            schema = parameters[name]["schema"]
            typed = schema.get("type") in ("integer", "boolean")
            value = json.loads(text) if typed else text
            findings.pairs.append((f"{where}: {name}", self._whole(schema), value))

    def _body(self, findings: Findings, where: str, operation: Any, request: Any) -> None:
        content = operation.get("requestBody", {}).get("content", {})
        if "parts" in request:
            kind, body = FORM, form(request["parts"])
        elif request.get("body") is not None:
            kind, body = JSON, request["body"]
        elif content:
            findings.problems.append(f"{where}: there is no body")
            return
        else:
            return
        if kind not in content:
            findings.problems.append(f"{where}: a body of {kind} is not described")
            return
        schema = copy.deepcopy(content[kind]["schema"])
        close(schema)
        findings.pairs.append((where, self._whole(schema), body))

    def _whole(self, schema: Any) -> Any:
        """With what it refers to."""
        return {"allOf": [schema], "components": self.components}


def close(schema: Any) -> None:
    """To JSON Schema, a member that is not described is right; here it is a mistake. Extensions of
    SCIM, whose names are URNs, stay open, and so does what says itself what else there may be."""
    if "properties" in schema and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
        schema["patternProperties"] = {"^urn:": {}}


def form(parts: list[dict[str, Any]]) -> dict[str, str]:
    """A form as the object that the document describes it as."""
    named = ((re.search(r'\bname="([^"]*)"', part["disposition"]), part) for part in parts)
    return {found[1]: part["text"] for found, part in named if found}


def fixtures() -> Iterator[tuple[str, dict[str, Any]]]:
    """The requests, by operation and case. A file with `answers` is as many fixtures."""
    for file in sorted((ROOT / "tests" / "wire").glob("*/*.json")):
        name = f"{file.parent.name}/{file.stem}"
        shared = json.loads(file.read_text(encoding="utf-8"))
        for number, answer in enumerate(shared.pop("answers", [None]), 1):
            one = shared if answer is None else {**shared, **answer}
            yield name if answer is None else f"{name}#{number}", one["request"]


FIXTURES = dict(fixtures())


@pytest.fixture(scope="module")
def document() -> Document:
    return Document((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))


def test_every_request_of_the_fixtures_is_as_the_document_says(document: Document) -> None:
    findings = Findings()
    assert len(FIXTURES) > 100
    for where, request in FIXTURES.items():
        document.check(findings, where, where.partition("/")[0], request)
    assert findings.all() == []


@pytest.mark.parametrize(
    ("fixture", "part", "value"),
    [
        ("users.get/success", "body", {}),
        ("users.get/success", "body", None),
        ("users.get/success", "body", {"ID": 1}),
        ("users.get/success", "body", {"ID": "1", "Unheard": "of"}),
        ("users.get/success", "query", "unheard=of"),
        ("users.get/success", "path", "/CDirectoryService/GetUsers"),
        ("attributes.set/success", "body", {"ID": "1", "Columns": {}}),
        ("users.create/success", "body", {"Name": "a", "InSysAdminRole": False}),
        ("redrock.query/success", "body", {"Script": "x", "parameters": {}}),
        ("scim.users.create/success", "body", {"userName": "a"}),
        ("scim.groups.replace/success", "body", {"schemas": []}),
        ("scim.users.query/success", "query", "count=%22one%22"),
        ("access.is_locked/success", "query", ""),
        ("onboarding.upload_csv/success", "parts", []),
    ],
)
def test_a_request_that_is_not_as_the_document_says_is_found(
    document: Document, fixture: str, part: str, value: Any
) -> None:
    request = {**FIXTURES[fixture], part: value}
    findings = Findings()
    document.check(findings, fixture, fixture.partition("/")[0], request)
    assert findings.all() != []
