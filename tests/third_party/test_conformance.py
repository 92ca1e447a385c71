"""The emulator as conformance programs that nobody here wrote see it.

What they find is compared with deviations.toml, which names the fact about the service behind each
departure from the RFC. A finding that is not there fails, and so does one that is no longer made.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomllib
from cyberark_identity.emulator import Emulator

from .conftest import PROGRAMS

HERE = Path(__file__).parent
CUSTOM = "urn:scim:schemas:extension:custom:2.0"
LINKED_OBJECT = "urn:ietf:params:scim:schemas:pam:1.0:LinkedObject"
SECONDS = 120


@pytest.fixture
def tenant() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def listed() -> dict[str, Any]:
    return tomllib.loads((HERE / "deviations.toml").read_text(encoding="utf-8"))


def explained(program: str) -> Counter[str]:
    """The findings of a program that deviations.toml explains."""
    deviations = listed()["deviation"]
    for deviation in deviations:
        assert deviation["fact"]
        assert deviation["source"]
    findings = [one for deviation in deviations for one in deviation["findings"]]
    return Counter(one for one in findings if one.startswith(f"{program}: "))


def compare(program: str, passed: int, found: Counter[str]) -> None:
    assert passed >= listed()["passed"][program]
    expected = explained(program)
    unexplained = sorted((found - expected).elements())
    gone = sorted((expected - found).elements())
    assert not unexplained, "fix these, or name the fact that demands them:\n" + "\n".join(
        unexplained
    )
    assert not gone, "no longer reported, take them off the list:\n" + "\n".join(gone)


def without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}([-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}", "<id>", text)


def run(*command: str | Path, token: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SCIM_CLI_HEADERS": f"Authorization: Bearer {token}"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def read_report(program: str, output: str) -> tuple[int, Counter[str]]:
    """How many checks passed, and the others: each is a line with its name, and a reason below."""
    reports = re.findall(r"^([A-Z]+) (\w+)\n  (.*)$", output, re.MULTILINE)
    assert reports, output
    passed = sum(status == "SUCCESS" for status, _, _ in reports)
    findings = Counter(
        f"{program}: {check}: {without_ids(reason.strip())}"
        for status, check, reason in reports
        if status != "SUCCESS"
    )
    return passed, findings


def test_scim2_tester(tenant: Emulator) -> None:
    program = "scim2-tester"
    done = run(PROGRAMS / "scim2", "--url", tenant.scim_url, "test", token=tenant.token)
    passed, findings = read_report(program, done.stdout)
    compare(program, passed, findings)


def test_scim2_tester_with_standard_schemas(tenant: Emulator, tmp_path: Path) -> None:
    """Again with discovery documents that the program can read: it stops early at some of ours."""
    program = "scim2-tester with standard schemas"
    schemas = tmp_path / "schemas.json"
    schemas.write_text(json.dumps(standard_schemas(tenant)), encoding="utf-8")
    types = tmp_path / "resource_types.json"
    types.write_text(json.dumps(standard_types(tenant)), encoding="utf-8")
    documents = ["--schemas", schemas, "--resource-types", types]
    done = run(PROGRAMS / "scim2", "--url", tenant.scim_url, *documents, "test", token=tenant.token)
    passed, findings = read_report(program, done.stdout)
    own = Counter(one for one in findings.elements() if not is_discovery(one))
    compare(program, passed, own)


def is_discovery(finding: str) -> bool:
    """Whether a finding is about the documents that the other run has read."""
    checks = ("resource_types_schema_validation", "access_schema_by_id", "access_invalid_schema")
    return finding.split(": ")[1] in checks


def test_scim_sanity(tenant: Emulator) -> None:
    program = "scim-sanity"
    options = ["--i-accept-side-effects", "--json-output", "--token", tenant.token]
    done = run(PROGRAMS / program, "probe", tenant.scim_url, *options, token=tenant.token)
    results = json.loads(done.stdout)["results"]
    statuses = Counter(result["status"] for result in results)
    compare(
        program,
        statuses["pass"],
        Counter(
            f"{program}: {result['name']}: {without_ids(result['message'])}"
            for result in results
            if result["status"] not in ("pass", "skip")
        ),
    )


def test_scim2_client(tenant: Emulator) -> None:
    """Another client's life with the tenant; it checks every answer against the schemas."""
    story = HERE / "scim2_client_story.py"
    done = run(PROGRAMS / "python", "-W", "error", story, tenant.scim_url, token=tenant.token)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "made, found, changed and deleted"


def discover(tenant: Emulator, what: str) -> list[dict[str, Any]]:
    authorization = {"Authorization": f"Bearer {tenant.token}"}
    request = urllib.request.Request(f"{tenant.scim_url}/{what}", headers=authorization)
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        resources: list[dict[str, Any]] = json.load(answer)["Resources"]
        return resources


def standard_types(tenant: Emulator) -> list[dict[str, Any]]:
    """Resource types without the extensions that the program cannot name or create."""
    types = discover(tenant, "ResourceTypes")
    for one in types:
        one["schemaExtensions"] = [
            extension
            for extension in one["schemaExtensions"]
            if extension["schema"] not in (CUSTOM, LINKED_OBJECT)
        ]
    return types


def standard_schemas(tenant: Emulator) -> list[dict[str, Any]]:
    """Schemas in which references are references and `meta` has a version, as in the RFC."""
    schemas = [
        one for one in discover(tenant, "Schemas") if one["id"] not in (CUSTOM, LINKED_OBJECT)
    ]
    for schema in schemas:
        schema["schemas"] = ["urn:ietf:params:scim:schemas:core:2.0:Schema"]
        for attribute in schema["attributes"]:
            standardize(attribute)
    return schemas


def standardize(attribute: dict[str, Any]) -> None:
    inner = attribute.get("subAttributes", [])
    if attribute["name"] == "meta":
        inner.append({**inner[0], "name": "version", "required": False})
    for one in inner:
        if one["name"] == "$ref":
            one["type"] = "reference"
