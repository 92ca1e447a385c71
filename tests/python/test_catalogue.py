"""The operations show themselves as a table."""

from __future__ import annotations

from cyberark_identity import operations


def test_printed_in_columns() -> None:
    head, *lines = str(operations()).splitlines()
    assert head.split()[:5] == ["name", "entities", "access", "method", "path"]
    assert head.split()[-1] == "summary"
    assert len(lines) == len(operations()) > 50
    for line, operation in zip(lines, operations(), strict=True):
        assert line.startswith(operation.name)
        assert line.index(f" {operation.method} ") + 1 == head.index("method")


def test_a_table_in_a_notebook() -> None:
    table = operations()._repr_html_()
    assert table.count("<tr>") == len(operations()) + 1
    row = "<td>scim.users.get</td><td>user</td><td>read</td><td>GET</td><td>/scim/Users/{id}</td>"
    assert row in table
    assert "<td>Reads one user by id.</td>" in table
