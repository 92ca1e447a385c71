"""What a client has seen that differs from what is known."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Drift:
    """One way in which the answers to an operation differ from what is known."""

    operation: str
    """Name of the operation."""
    path: str
    """Where in the result, in the names of the wire: `emails[].value`."""
    change: str
    """`new field`, `changed type` or `missing field`."""
    expected: str
    """What is known; empty for a new field."""
    found: str
    """The type of what came first in its place. Never the value."""
    count: int
    """How often: objects that have it, or for a missing field answers in a row that lack it."""


class DriftReport:
    """What a client has seen since it was made: a sequence of `Drift` that prints as a table."""

    __slots__ = ("_text", "answers", "drifts", "others")

    answers: int
    """Answers that were looked at."""
    drifts: tuple[Drift, ...]
    """What differs, by operation and path."""
    others: int
    """How often something differed beyond the thousand ways that are told apart."""

    def __init__(self, answers: int, drifts: tuple[Drift, ...], others: int, text: str) -> None:
        self.answers = answers
        self.drifts = drifts
        self.others = others
        self._text = text

    def __iter__(self) -> Iterator[Drift]:
        return iter(self.drifts)

    def __len__(self) -> int:
        return len(self.drifts)

    def __getitem__(self, index: int) -> Drift:
        return self.drifts[index]

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<DriftReport: {len(self)} in {self.answers} answers>"

    def _repr_html_(self) -> str:
        """The table, for notebooks."""

        def line(cells: tuple[object, ...], tag: str) -> str:
            return "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells)

        names = tuple(Drift.__dataclass_fields__)
        head = f"<tr>{line(names, 'th')}</tr>"
        cells = (tuple(getattr(drift, name) for name in names) for drift in self.drifts)
        rows = "".join(f"<tr>{line(row, 'td')}</tr>" for row in cells)
        return f"<table>{head}{rows}</table><p>in {self.answers} answers</p>"


def report(
    told: tuple[int, list[tuple[str, str, str, str, str, int]], int, str] | None,
) -> DriftReport | None:
    if told is None:
        return None
    answers, drifts, others, text = told
    return DriftReport(answers, tuple(Drift(*drift) for drift in drifts), others, text)
