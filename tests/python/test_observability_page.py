"""The page "Observability": its Python blocks run, and send nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "observability.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("cyberark_identity")
    handlers = root.handlers[:]
    yield
    root.handlers[:] = handlers
    ours.setLevel(logging.NOTSET)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0][:40])
def test_block(block: str) -> None:
    names: dict[str, object] = {}
    exec(compile(block, "docs/observability.md", "exec"), names)
    if "Client" in names:
        assert "of https://abc1234.id.cyberark.cloud" in repr(names["client"])


def test_there_are_some() -> None:
    assert len(BLOCKS) >= 3


def test_every_logger_and_channel_is_told() -> None:
    package = Path(__file__).parents[2]
    native = (package / "bindings-node/src-ts/observe.ts").read_text(encoding="utf-8")
    for name in re.findall(r"channel\('cyberark-identity:([a-z:]+)'\)", native):
        assert f":{name}`" in PAGE, name
    core = (package / "core/src/observe/event.rs").read_text(encoding="utf-8")
    events = re.findall(r'=> "([a-z_]+)",', core)
    assert len(events) > 15
    for name in events:
        assert f"`{name}`" in PAGE or f"`.{name}`" in PAGE or f".{name}`" in PAGE, name
