"""`make bench-guard`: instructions of the hot paths against a checked-in budget.

A program runs under callgrind twice, with few calls and with many; the difference is what the calls
cost, without start and sign-in. Instructions do not depend on what else the machine does, so the
budget is tight. They do depend on the interpreter and the processor: a budget is compared where it
was counted, and elsewhere what is counted is only told. The tenant runs by itself, outside of
callgrind.

    guard.py [--update] [--rows PART]
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rows import Variant
from run import HERE, ROOT, command
from tenant import Tenant

BUDGET = HERE / "budget.json"
MARGIN = 0.05
"""What it may be above the budget. What is as much below asks for a new budget."""


@dataclass(frozen=True)
class Guarded:
    name: str
    variant: Variant
    few: int
    many: int
    users: int = 1_998
    """Without the two that every tenant has."""


def python(work: str) -> Variant:
    return Variant("ours", "python", "ours", work)


GUARDED = (
    Guarded("Rust, GET", Variant("ours", "core", "", "get"), 50, 550),
    Guarded("Python, GET", python("get"), 50, 550),
    Guarded("Python, GET on asyncio", python("at_once"), 100, 1_100),
    Guarded("Python, user of a list", python("repeated:everybody"), 1, 3),
    Guarded("Python, user of a list as dict", python("repeated:dicts"), 1, 3),
)


def instructions(guarded: Guarded, count: int, tenant: Tenant) -> int:
    """Those of a whole process, all threads together."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "callgrind")
        done = subprocess.run(
            [
                *("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"),
                *command(guarded.variant, count, tenant.build),
            ],
            env={**tenant.environment, "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    told = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or told is None:
        raise SystemExit(f"{guarded.name}: {done.stderr[-2000:]}")
    return int(told[1])


def cost(guarded: Guarded, build: Path) -> int:
    """Instructions of one call, or of one user of a list."""
    with Tenant(build, guarded.users, None, False, None) as tenant:
        few, many = (instructions(guarded, n, tenant) for n in (guarded.few, guarded.many))
        units = units_of(guarded, guarded.many, tenant) - units_of(guarded, guarded.few, tenant)
    return round((many - few) / units)


def units_of(guarded: Guarded, count: int, tenant: Tenant) -> int:
    """Users of whole lists, or calls: in Python a tenth more, to warm up."""
    variant = guarded.variant
    if "repeated" in variant.work:
        return count * tenant.users
    return count + count // 10 if variant.language == "python" else count


def verdict(counted: int, allowed: int | None) -> str:
    if allowed is None:
        return ""
    if counted > allowed * (1 + MARGIN):
        return f" of {allowed:,}: above the budget"
    if counted < allowed * (1 - MARGIN):
        return f" of {allowed:,}: below, lower the budget"
    return f" of {allowed:,}: kept"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true", help="write what was counted as budget")
    parser.add_argument("--rows", default="", help="only those whose name has this part")
    given = parser.parse_args()
    budget: dict[str, Any] = json.loads(BUDGET.read_text(encoding="utf-8"))
    here = f"CPython {platform.python_version()} on {platform.machine()}"
    if here != budget["counted with"] and not given.update:
        print(f"the budget was counted with {budget['counted with']}, this is {here}: only told")
    allowed_here = budget["instructions"] if here == budget["counted with"] else {}
    failed = False
    for guarded in GUARDED:
        if given.rows.lower() not in guarded.name.lower():
            continue
        counted = cost(guarded, ROOT / "target" / "release")
        allowed = allowed_here.get(guarded.name)
        print(f"{guarded.name}: {counted:,} instructions{verdict(counted, allowed)}", flush=True)
        failed = failed or (allowed is not None and counted > allowed * (1 + MARGIN))
        budget["instructions"][guarded.name] = counted
    if given.update:
        budget["counted with"] = here
        BUDGET.write_text(json.dumps(budget, indent=2) + "\n", encoding="utf-8")
    elif failed:
        sys.exit("slower than allowed: make it faster, or say why and run guard.py --update")


if __name__ == "__main__":
    main()
