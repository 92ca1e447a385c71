"""The page "Test your automation" does what it says, block by block."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from support import SECONDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "test-your-automation.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_every_block_is_run_somewhere() -> None:
    """Those in Rust are run by rustdoc, with the crate of the tests; the one for vitest is an
    example, which the tests of Node run.
    """
    languages = re.findall(r"```(\w+)\n", PAGE)
    assert sorted(languages) == ["bash", "bash", "js", "js", "python", "python", "rust"]
    example = ROOT / "examples" / "node" / "offboarding.test.mjs"
    assert blocks("js")[1] == example.read_text(encoding="utf-8")


def test_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(blocks("python")[0], encoding="utf-8")
    plugin = ["-p", "cyberark_identity.pytest_plugin"]
    done = run(sys.executable, "-m", "pytest", "-q", *plugin, cwd=tmp_path)
    assert "3 passed" in done.stdout


def test_python_without_pytest(tmp_path: Path) -> None:
    run(sys.executable, "-c", blocks("python")[1], cwd=tmp_path)


def test_node() -> None:
    script = ROOT / "node_modules" / ".guide.test.mjs"
    script.write_text(blocks("js")[0], encoding="utf-8")
    try:
        done = run("node", "--test", script, cwd=ROOT)
    finally:
        script.unlink()
    assert re.search(r"pass 2\b", done.stdout)


def test_any_language(tmp_path: Path) -> None:
    path = f"{ROOT / 'target' / 'debug'}{os.pathsep}{os.environ['PATH']}"
    script = "\n".join(["set -euo pipefail", *blocks("bash")])
    run("bash", "-c", script, cwd=tmp_path, PATH=path)
