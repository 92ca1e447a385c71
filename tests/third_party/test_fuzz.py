"""schemathesis sends the emulator what the OpenAPI document allows, and what it does not.

No call may fail inside the emulator, hang, or end the connection, and afterwards the directory
agrees with itself. FUZZ_EXAMPLES says how many cases each operation gets; `make fuzz-emulator`
takes many.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cyberark_identity import Client, StaticToken
from cyberark_identity.emulator import Emulator

from .conftest import PROGRAMS, ROOT

HERE = Path(__file__).parent
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "15"))
SEED = "20260101"
SECONDS_FOR_ONE_CALL = "10"


def test_no_defect_no_hang_and_a_consistent_directory(tmp_path: Path) -> None:
    with Emulator(seed_users=20) as tenant:
        fuzz(tenant, tmp_path)
        assert len(tenant.requests()) > 100
        with Client(tenant.url, auth=StaticToken(tenant.token)) as client:
            assert_consistent(client)


def fuzz(tenant: Emulator, folder: Path) -> None:
    done = subprocess.run(
        [
            *(PROGRAMS / "schemathesis", "run", ROOT / "docs" / "openapi.json"),
            *("--url", tenant.url, "--header", f"Authorization: Bearer {tenant.token}"),
            *("--checks", "no_defect", "--phases", "coverage,fuzzing"),
            *("--max-examples", str(EXAMPLES), "--seed", SEED, "--no-shrink"),
            *("--request-timeout", SECONDS_FOR_ONE_CALL, "--warnings", "off"),
            *("--suppress-health-check", "all", "--continue-on-failure"),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "fuzz_hooks"},
        capture_output=True,
        text=True,
        timeout=None if EXAMPLES > 100 else 300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def assert_consistent(client: Client) -> None:
    """What is listed is what can be read, and every view counts the same."""
    users = list(client.scim.users.iter())
    ids = {user.id for user in users}
    assert len(ids) == len(users) == client.scim.users.query(count=1).total_results
    assert {row.uuid for row in client.users.list()} == ids
    for user in users:
        assert client.scim.users.get(user.id).user_name == user.user_name
    groups = list(client.scim.groups.iter())
    group_ids = {group.id for group in groups}
    assert len(group_ids) == client.scim.groups.query(count=1).total_results
    for group in groups:
        assert client.scim.groups.get(group.id).display_name == group.display_name
        assert {member.value for member in group.members or []} <= ids | group_ids
    for user in users:
        assert {group.value for group in user.groups or []} <= group_ids
