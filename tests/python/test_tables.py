"""Lists as tables: the same values as records have, whatever package takes them over."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cyberark_identity import AsyncClient, Client, ServerError, StaticToken, Table
from cyberark_identity.emulator import Emulator
from odd_service import service
from support import run

CREATED = "2026-01-02T03:04:05.678Z"
ANA = {
    "id": "1",
    "userName": "ana@acme.example",
    "ACTIVE": "True",
    "emails": {"value": "ana@mail.example", "primary": "false", "verified": True},
    "phoneNumbers": [None, {"value": 5550100}],
    "meta": {"created": CREATED, "version": "7"},
    "urn:scim:schemas:extension:custom:2.0": {"badge": 7},
    "nickName": "Anita",
}
BEN = {"id": "2", "displayName": "Ben \u00f1", "active": "perhaps", "emails": ["ben"], "name": None}


@contextmanager
def serving(*pages: list[dict[str, Any]], fails_at: int = 0) -> Iterator[Client]:
    """A client of a service that has these pages of two users each."""

    def answer(start: int, count: int) -> tuple[int, Any]:
        if start == fails_at:
            return 500, {}
        found = pages[(start - 1) // 2] if pages else []
        total = sum(map(len, pages))
        return 200, {"Resources": found, "totalResults": total, "startIndex": start}

    with (
        service(answer) as (url, _),
        Client(url, auth=StaticToken("t"), max_retries=0) as client,
    ):
        yield client


def people(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": str(number)} for number in numbers]


def test_columns_hold_what_records_hold(client: Client) -> None:
    client.scim.users.create(
        user_name="ana@acme.example",
        name={"family_name": "Ruiz", "given_name": "Ana"},
        emails=[{"value": "ana@mail.example"}],
        active=True,
    )
    page = client.scim.users.query()
    rows = pa.table(page.to_arrow()).to_pylist()
    assert len(rows) == len(page) > 1

    def expected(value: Any) -> Any:
        """As Python reads it: a record as a dict of all its fields, a list as a list."""
        if isinstance(value, tuple):
            return [expected(item) for item in value]
        if hasattr(value, "to_dict"):
            return {name: expected(getattr(value, name)) for name in value.__match_args__}
        return value

    for row, user in zip(rows, page, strict=True):
        assert row.pop("extra") is None
        assert row.pop("custom") is None
        assert row == {name: expected(getattr(user, name)) for name in row}


def test_values_are_read_leniently_and_nothing_is_lost() -> None:
    with serving([ANA, BEN]) as client:
        ana, ben = pa.table(client.scim.users.query().to_arrow()).to_pylist()
    assert ana["active"] is True
    assert ana["emails"] == [{"value": "ana@mail.example", "type": None, "primary": False}]
    assert ana["phone_numbers"] == [{"value": "5550100", "type": None}]
    assert ana["meta"]["created"] == datetime(2026, 1, 2, 3, 4, 5, 678000, timezone.utc)
    assert json.loads(ana["custom"]) == {"badge": 7}
    assert json.loads(ana["extra"]) == {
        "emails": [{"verified": True}],
        "meta": {"version": "7"},
        "nickName": "Anita",
    }
    assert (ben["display_name"], ben["active"], ben["emails"]) == ("Ben \u00f1", None, None)
    assert (ben["name"], ben["groups"]) == (None, [])
    assert json.loads(ben["extra"]) == {"active": "perhaps", "emails": ["ben"]}


def test_the_schema_does_not_depend_on_the_data() -> None:
    with serving([ANA, BEN]) as client, serving() as empty:
        full = pa.table(client.scim.users.query().to_arrow())
        none = pa.table(empty.scim.users.query().to_arrow())
        assert full.schema == none.schema
        assert (full.num_rows, none.num_rows) == (2, 0)
        assert pa.schema(client.scim.users.iter()) == full.schema
        assert pa.table(empty.scim.users.iter().to_arrow()).schema == full.schema
    assert full.schema.field("active").type == pa.bool_()
    created = full.schema.field("meta").type.field("created").type
    assert created == pa.timestamp("us", tz="UTC")


def test_all_pages_each_user_once_and_only_what_is_left() -> None:
    pages = [people(1, 2), people(2, 3), people(4, 5)]
    with serving(*pages) as client:
        assert pa.table(client.scim.users.iter(page_size=2).to_arrow())["id"].to_pylist() == [
            "1", "2", "3", "4", "5",
        ]  # fmt: skip
        users = client.scim.users.iter(page_size=2)
        assert next(users).id == "1"
        assert [len(batch) for batch in users.batches()] == [1, 1, 2]
        assert next(users, None) is None


def test_other_packages_take_tables_over(client: Client) -> None:
    table = client.scim.users.iter().to_arrow()
    assert isinstance(table, Table)
    assert table.num_rows == len(table) == len(client.users.list())
    assert table.column_names[:2] == ["id", "user_name"]
    assert pl.DataFrame(table).equals(pl.DataFrame(table)), "it can be taken over again"
    assert pa.table(table) == pa.table(table)
    reader = pa.RecordBatchReader.from_stream(client.scim.users.iter(page_size=2))
    assert reader.read_all()["id"] == pa.table(table)["id"]
    assert isinstance(table.to_pandas(), pd.DataFrame)
    for source in (client.scim.users.query(), client.scim.users.iter(), client.users.list()):
        assert isinstance(source.to_polars(), pl.DataFrame)
    pandas = client.users.list().to_pandas()
    assert set(pandas["name"]) == {row.name for row in client.users.list()}


def test_rows_of_a_query_have_the_columns_that_come_up(client: Client) -> None:
    rows = client.redrock.query(script="select ID, Username, LastLogin from User")
    frame = rows.to_polars()
    assert frame.columns == list(rows[0].to_dict())
    assert frame["ID"].to_list() == [row["ID"] for row in rows]


def test_a_list_that_fails_gives_its_error_and_can_be_read_on(tmp_path: Path) -> None:
    file = tmp_path / "users.parquet"
    with serving(people(1, 2), people(3, 4), fails_at=3) as client:
        users = client.scim.users.iter(page_size=2)
        for use in (users.to_arrow, users.to_polars, lambda: users.to_parquet(file)):
            with pytest.raises(ServerError):
                use()
        with pytest.raises(Exception, match=r"scim\.users\.query"):
            pa.RecordBatchReader.from_stream(users).read_all()
    assert list(tmp_path.iterdir()) == []


def test_parquet(tmp_path: Path, client: Client) -> None:
    file = tmp_path / "users.parquet"
    client.scim.users.iter(page_size=2).to_parquet(file, compression="zstd")
    written = pq.read_table(file)
    assert written["id"].to_pylist() == [user.id for user in client.scim.users.iter()]
    assert written.schema == pa.schema(client.scim.users.iter())
    client.users.list().to_parquet(file)
    assert pq.read_table(file).num_rows == written.num_rows
    assert list(tmp_path.iterdir()) == [file]


def test_tables_in_event_loops(tenant: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "users.parquet"

    async def read() -> None:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            ids = [user.id async for user in client.scim.users.iter()]
            users = client.scim.users.iter
            assert pa.table(await users(page_size=2).to_arrow())["id"].to_pylist() == ids
            assert (await users(page_size=2).to_polars())["id"].to_list() == ids
            assert list((await users(page_size=2).to_pandas())["id"]) == ids
            assert sum([len(batch) async for batch in users(page_size=2).batches()]) == len(ids)
            await users(page_size=2).to_parquet(file)
            assert pq.read_table(file)["id"].to_pylist() == ids

    asyncio.run(read())


def test_what_is_missing_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for package, method, extra in [
        ("polars", "to_polars", "polars"),
        ("pandas", "to_pandas", "pandas"),
        ("pyarrow", "to_pandas", "pandas"),
        ("pyarrow", "to_parquet", "pyarrow"),
    ]:
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, package, None)
            convert = getattr(client.users.list(), method)
            arguments = ["x"] if method == "to_parquet" else []
            with pytest.raises(ImportError, match=rf"'cyberark-identity\[{extra}\]'") as raised:
                convert(*arguments)
            assert raised.value.name == package


def test_nothing_is_imported_before_it_is_used(tenant: Emulator) -> None:
    script = """
        import sys
        from cyberark_identity import Client, StaticToken

        url, token = sys.argv[1:]
        with Client(url, auth=StaticToken(token)) as client:
            print(len(client.scim.users.iter().to_arrow()) > 1)
        print(sorted({"pyarrow", "polars", "pandas", "numpy"} & set(sys.modules)))
    """
    assert run(script, tenant.url, tenant.token) == "True\n[]\n"
