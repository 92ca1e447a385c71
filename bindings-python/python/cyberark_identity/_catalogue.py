"""The operations, as a sequence that prints as a table."""

from __future__ import annotations

from ._native import OperationInfo
from ._native import operations as _operations

COLUMNS = (
    "name",
    "entities",
    "access",
    "method",
    "path",
    "retry",
    "confidence",
    "permission",
    "summary",
)


class Operations(tuple[OperationInfo, ...]):
    """Facts about every operation; `print()` and notebooks show them as a table."""

    __slots__ = ()

    def _rows(self) -> list[list[str]]:
        return [[_text(getattr(operation, column)) for column in COLUMNS] for operation in self]

    def __str__(self) -> str:
        rows = [list(COLUMNS), *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        )
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        from ._html import table  # only notebooks pay for it

        return table(COLUMNS, self._rows())


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def operations() -> Operations:
    """Facts about every operation: name, ids in the integration catalogue, summary, entities,
    method, path, access, retry class, permission, how certain these facts are, what is doubtful
    about them, and documentation.
    """
    return Operations(_operations())
