"""The page "Signing in": its Python blocks run, and send nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "sign-in.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1][:40])
def test_block(block: str) -> None:
    names: dict[str, object] = {}
    exec(compile(block, "docs/sign-in.md", "exec"), names)
    assert "of https://abc1234.id.cyberark.cloud" in repr(names["client"])


def test_there_are_some() -> None:
    assert len(BLOCKS) >= 6
