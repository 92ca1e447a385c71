"""`make bench`: peers beside ours, in one run.

The client is pinned to one processor and the tenant, a release build in its own process, to
another. Every variant of a row runs in a fresh process in every round, the variants of a round one
after the other, so that what disturbs the machine disturbs all of them. Results go to
results.json; report.py makes the page of them.

    run.py [--rounds N] [--rows PART] [--smoke] [--build release]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from rows import GROWTH, ROWS, Row, Variant
from tenant import Tenant

HERE = Path(__file__).parent
ROOT = HERE.parent
CLIENT_CPU, TENANT_CPU = 0, 1
PER_PROCESS = 600
NOTHING = Variant("nothing", "python", "nothing", "first_call")
"""What a process costs without a client."""


def command(variant: Variant, count: int, build: Path) -> list[str]:
    if variant.language == "python":
        program = [sys.executable, str(HERE / "python" / "work.py"), variant.client]
    elif variant.language == "node":
        program = ["node", str(HERE / "node" / "work.mjs"), variant.client]
    else:
        program = [str(build / f"cyberark-identity-{variant.language}-loop")]
    return [*program, variant.work, str(count)]


def pin(cpu: int | None) -> Any:
    return None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})


def run(variant: Variant, row: Row, count: int, tenant: Tenant) -> dict[str, float]:
    """Runs a variant once. What it prints, or for whole processes what they used."""
    if variant.work == "first_call":
        used = processes(variant, row, count, tenant) - processes(NOTHING, row, count, tenant)
        return {"cpu": used, "units": count}
    return process(variant, row, count, tenant)


def processes(variant: Variant, row: Row, count: int, tenant: Tenant) -> float:
    """Processor time of so many processes, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(count):
        process(variant, row, 1, tenant)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def process(variant: Variant, row: Row, count: int, tenant: Tenant) -> dict[str, float]:
    done = subprocess.run(
        command(variant, count, tenant.build),
        env=tenant.environment,
        preexec_fn=pin(CLIENT_CPU if row.pinned else None),
        capture_output=True,
        text=True,
        timeout=PER_PROCESS,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{row.name}: {variant.name}: {done.stderr[-2000:]}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def play(row: Row, rounds: int, smoke: bool, build: Path) -> dict[str, Any]:
    """All variants of a row, round by round."""
    variants = [v for v in row.variants if not smoke or v.name == "ours"]
    users = 2_000 if smoke else row.users
    count = min(row.count, 2_000) if smoke else row.count
    measured: dict[str, list[dict[str, float]]] = {variant.name: [] for variant in variants}
    cpu = TENANT_CPU if row.pinned else None
    with Tenant(build, users, row.faults, row.tls, pin(cpu)) as tenant:
        # The administrator and the service account are users, too.
        count = tenant.users if row.unit == "user" else count
        for number in range(rounds):
            for variant in variants:
                measured[variant.name].append(run(variant, row, count, tenant))
            print(f"  round {number + 1} of {rounds}", flush=True)
    return {
        "name": row.name,
        "unit": row.unit,
        "measure": row.measure,
        "goals": row.goals,
        "variants": {name: summary(rounds) for name, rounds in measured.items()},
    }


def summary(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Microseconds for a unit: medians, and the spread of the processor time."""
    numbers: dict[str, float] = {"rss_mib": max(one.get("rss", 0) for one in rounds)}
    for kind in ("cpu", "wall"):
        each = [one[kind] / one["units"] * 1e6 for one in rounds if kind in one]
        if each:
            numbers[f"{kind}_us"] = statistics.median(each)
            numbers[f"{kind}_least"], numbers[f"{kind}_most"] = min(each), max(each)
    return numbers


def growth(rounds: int, build: Path) -> list[dict[str, Any]]:
    """A whole list and a Parquet export, from tenants of growing size."""
    grown = []
    for users in GROWTH:
        print(f"  {users} users", flush=True)
        row = Row(f"{users} users", "user", users, (), users=users)
        with Tenant(build, users, None, False, pin(TENANT_CPU)) as tenant:
            line: dict[str, Any] = {"users": users}
            for work in ("list", "parquet"):
                variant = Variant(work, "python", "ours", work)
                each = [run(variant, row, tenant.users, tenant) for _ in range(min(rounds, 3))]
                line[work] = summary(each)
        grown.append(line)
    return grown


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", default="", help="only rows whose name has this part")
    parser.add_argument("--smoke", action="store_true", help="ours alone, small: does it work?")
    parser.add_argument("--build", default="release", help="folder of the programs in target/")
    given = parser.parse_args()
    build = ROOT / "target" / given.build
    rounds = 1 if given.smoke else given.rounds
    results = []
    for row in ROWS:
        if given.rows.lower() in row.name.lower():
            print(row.name, flush=True)
            results.append(play(row, rounds, given.smoke, build))
    if given.smoke or given.rows:
        print(json.dumps(results, indent=1))
        return
    print("growth", flush=True)
    document = {"rounds": rounds, "rows": results, "growth": growth(rounds, build)}
    (HERE / "results.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
