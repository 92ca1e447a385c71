"""What a user's type checker knows about the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

pytest.importorskip("mypy")

PROGRAM = """
    from datetime import datetime

    from cyberark_identity import AsyncClient, Client, StaticToken
    from cyberark_identity.models import Email, PatchOperation, User

    client = Client("https://x.example", auth=StaticToken("t"), timeout=5)

    user = client.scim.users.get("x")
    reveal_type(user)  # User
    reveal_type(user.emails[0].value)  # str | None
    reveal_type(user.meta.created if user.meta else None)  # datetime | None
    reveal_type(user.replace(active=False))  # User
    reveal_type(user.extra)  # MappingProxyType[str, Any]
    reveal_type(client.scim.users.query(count=1)[0])  # User
    reveal_type(client.scim.users.query(count=1)[1:])  # list[User]
    reveal_type(client.users.list().full_count)  # int | None
    reveal_type([row.start_date for row in client.users.list()])  # list[datetime | None]
    reveal_type(client.call_raw("users.list").status)  # int
    client.scim.users.create({"userName": "x"}, active=True, emails=[{"value": "a@b.c"}])
    client.scim.users.patch("x", [PatchOperation(op="add", path="active", value=True)])

    with Client.from_env(timeout=5) as other:
        reveal_type(other)  # Client

    client.scim.users.get(7)  # error: arg-type
    client.scim.users.create(user_name=None)  # error: arg-type
    client.scim.users.create(username="x")  # error: call-arg
    client.users.get("x").nope  # error: attr-defined
    Email(valeu="x")  # error: call-arg
    PatchOperation(op="change")  # error: arg-type
    Client("https://x.example", max_retry=2)  # error: call-arg
    state = client.access.set_state(id="x", state="None")  # error: func-returns-value

    async def main() -> None:
        async with AsyncClient("https://x.example", auth=StaticToken("t")) as client:
            reveal_type(client)  # AsyncClient
            reveal_type(await client.users.get("x"))  # DirectoryUser
            reveal_type((await client.organizations.list())[0].name)  # str | None
            reveal_type((await client.call_raw("users.list")).body)  # bytes
"""


def test_a_strict_checker_agrees(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(dedent(PROGRAM), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-pretty"]
    caches = ["--cache-dir", str(tmp_path / "cache"), "--config-file", "/dev/null"]
    shown = subprocess.run(
        [*command, *caches, str(program)], capture_output=True, text=True, timeout=120
    )
    found = told(shown.stdout)
    lines = program.read_text(encoding="utf-8").split("\n")
    wanted = {n: line.split("  # ")[1] for n, line in enumerate(lines, 1) if "  # " in line}
    assert found == wanted, shown.stdout + shown.stderr


def test_the_stub_says_what_the_native_module_has() -> None:
    command = [sys.executable, "-m", "mypy.stubtest", "--concise"]
    config = ["--mypy-config-file", str(Path(__file__).parents[2] / "mypy.ini")]
    module = "cyberark_identity._native"
    shown = subprocess.run([*command, *config, module], capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stdout + shown.stderr


def told(output: str) -> dict[int, str]:
    """What the checker says about each line: a type without its module, or the code of an error."""
    found = {}
    for line in output.splitlines():
        _, number, kind, text = line.split(":", 3)
        if kind.strip() == "error":
            found[int(number)] = f"error: {text.rpartition('[')[2].rstrip(']')}"
        elif "Revealed type is" in text:
            found[int(number)] = short(text.split('"')[1])
    return found


def short(type_name: str) -> str:
    for prefix in (
        "cyberark_identity._generated.models.",
        "cyberark_identity._async_client.",
        "cyberark_identity._client.",
        "cyberark_identity._native.",
        "builtins.",
        "datetime.",
        "types.",
    ):
        type_name = type_name.replace(prefix, "")
    return type_name
