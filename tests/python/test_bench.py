"""The harness of `make bench` works. What it measures is not looked at here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.skipif(sys.platform != "linux", reason="pins processes, which Linux can")
@pytest.mark.parametrize(
    "row", ["one GET after the other over TLS", "asyncio, 64", "list of 100,000, three"]
)
def test_our_variant_of_a_row_runs(row: str) -> None:
    command = [sys.executable, "benches/run.py", "--smoke", "--build", "debug", "--rows", row]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout[done.stdout.index("[\n") :])
    assert result["variants"]["ours"]["cpu_us"] > 0
