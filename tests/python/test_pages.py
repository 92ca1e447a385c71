"""The pages about tapes and drift do what they say, block by block."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from test_guide import ROOT, run


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("page", ["tapes.md", "drift.md"])
def test_python(page: str, tmp_path: Path) -> None:
    done = run(sys.executable, "-c", blocks(page, "python")[0], cwd=tmp_path)
    shown = blocks(page, "text")
    assert done.stdout == (shown[0] if shown else "")


def test_a_fixture_records_once_and_plays_from_then_on(tmp_path: Path) -> None:
    (tmp_path / "test_people.py").write_text(blocks("tapes.md", "python")[1], encoding="utf-8")
    for _ in range(2):
        done = run(sys.executable, "-m", "pytest", "-q", cwd=tmp_path)
        assert "1 passed" in done.stdout
    assert (tmp_path / "people.tape").read_text(encoding="utf-8").count("/CDirectoryService/") == 1


def test_node(tmp_path: Path) -> None:
    script = ROOT / "node_modules" / ".tapes.mjs"
    script.write_text(blocks("tapes.md", "js")[0], encoding="utf-8")
    try:
        run("node", script, cwd=tmp_path)
    finally:
        script.unlink()
