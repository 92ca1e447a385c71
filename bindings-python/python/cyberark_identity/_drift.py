"""How answers differ from what is known about them."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Drift:
    """One way in which the answers of an operation differ from what is known."""

    operation: str
    """Name of the operation."""
    path: str
    """Where in the result, in wire names: `emails[].value`."""
    change: str
    """`new field`, `changed type` or `missing field`."""
    expected: str
    """The type that is known; empty for a new field."""
    found: str
    """The type that came instead, when it was first seen. Never the value."""
    count: int
    """How many objects differ; for a missing field, how many consecutive answers lack it."""


class DriftReport:
    """The differences since the client was created: a sequence of `Drift`, printed as a table."""

    __slots__ = ("_text", "answers", "drifts", "others")

    answers: int
    """Answers that were examined."""
    drifts: tuple[Drift, ...]
    """The differences, by operation and path."""
    others: int
    """How often something else differed, after a thousand distinct differences."""

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
        from ._html import table

        columns = [field.name for field in fields(Drift)]
        rows = (list(map(str, astuple(drift))) for drift in self.drifts)
        return f"{table(columns, rows)}<p>in {self.answers} answers</p>"


def report(
    told: tuple[int, list[tuple[str, str, str, str, str, int]], int, str] | None,
) -> DriftReport | None:
    if told is None:
        return None
    answers, drifts, others, text = told
    return DriftReport(answers, tuple(Drift(*drift) for drift in drifts), others, text)
