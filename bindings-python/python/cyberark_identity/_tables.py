"""Tables for other packages, which are imported only when they are used."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module

from . import _bridges
from ._native import AsyncItems, Items, Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from os import PathLike
    from typing import Any

    import pandas as pd
    import polars as pl


_ROWS_OF_A_GROUP = 8_192
"""Rows of a row group in a Parquet file: small enough to be held in memory, large enough to be
compressed well."""


def polars(source: Items[Any] | Page[Any] | Table) -> pl.DataFrame:
    """A `polars.DataFrame`."""
    frame: pl.DataFrame = _need("polars", "to_polars").DataFrame(_held(source))
    return frame


def pandas(source: Items[Any] | Page[Any] | Table) -> pd.DataFrame:
    """A `pandas.DataFrame`, by way of pyarrow."""
    _need("pandas", "to_pandas")
    frame: pd.DataFrame = _need("pyarrow", "to_pandas", "pandas").table(_held(source)).to_pandas()
    return frame


def parquet(
    source: Items[Any] | Page[Any] | Table, path: str | PathLike[str], **options: Any
) -> None:
    """Writes a Parquet file, page by page."""
    tables: Iterable[Table] = source.batches() if isinstance(source, Items) else [_held(source)]
    with _ParquetFile(source, path, options) as file:
        for table in tables:
            file.write(table)


async def async_arrow(items: AsyncItems[Any]) -> Table:
    """All that is left as one table."""
    return Table.concat(items, [table async for table in async_batches(items)])


async def async_polars(items: AsyncItems[Any]) -> pl.DataFrame:
    """All that is left as a `polars.DataFrame`."""
    _need("polars", "to_polars")
    return polars(await async_arrow(items))


async def async_pandas(items: AsyncItems[Any]) -> pd.DataFrame:
    """All that is left as a `pandas.DataFrame`."""
    _need("pandas", "to_pandas")
    return pandas(await async_arrow(items))


async def async_parquet(items: AsyncItems[Any], path: str | PathLike[str], **options: Any) -> None:
    """Writes a Parquet file, page by page."""
    with _ParquetFile(items, path, options) as file:
        async for table in async_batches(items):
            file.write(table)


async def async_batches(items: AsyncItems[Any]) -> AsyncIterator[Table]:
    """What is left as tables, one for each page."""
    while True:
        if (table := items.take_batch()) is not None:
            yield table
        elif not await _bridges.advance(items):
            return


def _held(source: Items[Any] | Page[Any] | Table) -> Table:
    """Lists are read to their end first, because their errors would get lost inside other
    packages; and some of those would treat a page as a plain sequence.
    """
    return source if isinstance(source, Table) else source.to_arrow()


class _ParquetFile:
    """A file under another name until it is complete."""

    def __init__(self, source: object, path: str | PathLike[str], options: dict[str, Any]) -> None:
        self._pyarrow = _need("pyarrow", "to_parquet")
        writer = _need("pyarrow.parquet", "to_parquet", "pyarrow").ParquetWriter
        self._path = os.fspath(path)
        self._draft = f"{self._path}.part"
        self._writer = writer(self._draft, self._pyarrow.schema(source), **options)
        self._tables: list[Any] = []
        self._rows = 0

    def write(self, table: Table) -> None:
        """Adds rows."""
        part = self._pyarrow.RecordBatchReader.from_stream(table).read_all()
        self._tables.append(part)
        self._rows += part.num_rows
        if self._rows >= _ROWS_OF_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._tables:
            self._writer.write_table(self._pyarrow.concat_tables(self._tables))
        self._tables, self._rows = [], 0

    def __enter__(self) -> _ParquetFile:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        try:
            if error is None:
                self._flush()
            self._writer.close()
            if error is None:
                os.replace(self._draft, self._path)
        finally:
            with suppress(FileNotFoundError):
                os.remove(self._draft)


def _need(module: str, method: str, extra: str | None = None) -> Any:
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ImportError as error:
        extra = extra or package
        raise ImportError(
            f"{method}() needs {package}: pip install 'cyberark-identity[{extra}]'", name=package
        ) from error
