"""The code that a newcomer reads first runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first code block of a language that starts a tenant."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(code for code in blocks if "Emulator" in code)


@pytest.mark.parametrize(
    ("language", "program", "ending"),
    [("python", [sys.executable], ".py"), ("ts", ["node"], ".mjs")],
)
def test_ten_lines_run(language: str, program: list[str], ending: str, tmp_path: Path) -> None:
    script = (
        ROOT / "node_modules" / f".readme{ending}" if ending == ".mjs" else tmp_path / "readme.py"
    )
    script.write_text(block(language), encoding="utf-8")
    try:
        done = subprocess.run(
            [*program, script], capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        script.unlink()
    assert done.returncode == 0, done.stderr
    assert "Disabled" in done.stdout


def test_tables_as_documented(tmp_path: Path) -> None:
    text = (ROOT / "docs/tables.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) > 4
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "users.parquet").exists()
