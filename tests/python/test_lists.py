"""Lists of records: sequences that make their items as they are read."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from typing import Any

import pytest
from cyberark_identity import ListResponse, Rows
from cyberark_identity._native import restore_page
from cyberark_identity.models import Organization, QueryRow, User, UserRow


def rows(value: Any) -> Rows[UserRow]:
    made = restore_page(Rows, UserRow, json.dumps(value).encode())
    assert isinstance(made, Rows)
    return made


def page(value: Any) -> ListResponse[User]:
    made = restore_page(ListResponse, User, json.dumps(value).encode())
    assert isinstance(made, ListResponse)
    return made


def query(*names: str, **members: Any) -> dict[str, Any]:
    return {"Results": [{"Entities": [], "Row": {"Name": name}} for name in names], **members}


def users(*ids: str, **members: Any) -> dict[str, Any]:
    return {"Resources": [{"id": one, "active": True} for one in ids], **members}


class TestSequence:
    def test_length_index_and_iteration(self) -> None:
        three = rows(query("a", "b", "c"))
        assert len(three) == 3
        assert [row.name for row in three] == ["a", "b", "c"]
        assert (three[0].name, three[-1].name) == ("a", "c")
        assert [row.name for row in reversed(three)] == ["c", "b", "a"]
        for index in (3, -4, 10**12):
            with pytest.raises(IndexError):
                three[index]
        with pytest.raises(TypeError):
            three["a"]  # type: ignore[call-overload]

    @pytest.mark.parametrize("slice_", [slice(1, 3), slice(None, None, -1), slice(-2, 9, 2)])
    def test_slices_are_lists(self, slice_: slice) -> None:
        names = ["a", "b", "c", "d"]
        assert [row.name for row in rows(query(*names))[slice_]] == names[slice_]

    def test_membership_position_and_count(self) -> None:
        twice = rows(query("a", "b", "a"))
        assert twice[1] in twice
        assert UserRow(name="c") not in twice
        assert "a" not in twice
        assert twice.index(UserRow(name="b")) == 1
        assert twice.index(UserRow(name="a"), 1) == 2
        assert twice.index(UserRow(name="a"), -3, -1) == 0
        assert twice.count(UserRow(name="a")) == 2
        with pytest.raises(ValueError, match="not in the list"):
            twice.index(UserRow(name="b"), 2)

    def test_is_a_sequence_for_python_too(self) -> None:
        two = rows(query("a", "b"))
        assert isinstance(two, Sequence)
        match two:
            case [first, *rest]:
                assert (first.name, len(rest)) == ("a", 1)
            case _:
                pytest.fail("no match")
        assert bool(two)
        assert not rows([])

    def test_comparison_is_by_records(self) -> None:
        assert rows(query("a", FullCount=1)) == rows([{"Name": "a"}])
        assert hash(rows(query("a"))) == hash(rows([{"Name": "a"}]))
        assert rows(query("a")) != rows(query("b"))
        assert rows(query("a", "b")) != rows(query("a"))
        assert rows([]) != page({})
        assert rows([]) != []

    def test_pickle_keeps_everything(self) -> None:
        for one in (rows(query("a", FullCount=7)), page(users("1", totalResults=3))):
            again = pickle.loads(pickle.dumps(one))
            assert again == one
            assert type(again) is type(one)
        assert pickle.loads(pickle.dumps(rows(query(FullCount=7)))).full_count == 7

    def test_items_outlive_their_list(self) -> None:
        first = rows(query("a", "b"))[0]
        assert first.name == "a"

    def test_can_be_subscripted_at_run_time(self) -> None:
        assert str(Rows[UserRow]).endswith("Rows[cyberark_identity._generated.models.UserRow]")


class TestLayouts:
    def test_rows_in_the_query_format_as_a_bare_list_and_as_null(self) -> None:
        assert rows(query("a", FullCount=9)).full_count == 9
        assert [row.name for row in rows([{"Name": "a"}])] == ["a"]
        assert rows([]).full_count is None
        nothings: list[Any] = [None, {}, {"Results": None}, {"Results": []}]
        for nothing in nothings:
            assert list(rows(nothing)) == []

    def test_rows_whatever_the_letter_case(self) -> None:
        odd = rows({"results": [{"row": {"NAME": "a"}}], "fullcount": "4"})
        assert (odd[0].name, odd.full_count) == ("a", 4)

    def test_list_responses(self) -> None:
        one = page(users("1", "2", totalResults=9, startIndex=3, itemsPerPage=2))
        assert (one.total_results, one.start_index, one.items_per_page) == (9, 3, 2)
        assert [user.id for user in one] == ["1", "2"]

    @pytest.mark.parametrize("value", [{}, {"Resources": None}, {"totalResults": 0}])
    def test_list_responses_without_resources_are_empty(self, value: Any) -> None:
        assert list(page(value)) == []

    @pytest.mark.parametrize("value", [7, "x", {"Results": {}}, {"Results": [{}]}, [1]])
    def test_what_holds_no_rows_is_refused(self, value: Any) -> None:
        with pytest.raises(TypeError):
            rows(value)

    @pytest.mark.parametrize("value", [[], None, {"Resources": {}}, {"Resources": ["x"]}])
    def test_what_is_no_list_response_is_refused(self, value: Any) -> None:
        with pytest.raises(TypeError):
            page(value)


class TestShowing:
    def test_repr_shows_the_first_few(self) -> None:
        assert repr(rows(query("a"))) == "Rows([UserRow(name='a')])"
        many = repr(rows(query(*"abcdefg")))
        assert many.endswith("UserRow(name='c'), … 7 in all])")

    def test_html_is_a_table_of_the_columns_that_hold_something(self) -> None:
        table = rows(query("<a>", "b"))._repr_html_()
        assert "<th>name</th>" in table
        assert "<td>&lt;a&gt;</td>" in table
        assert "<th>mail</th>" not in table
        assert table.endswith("<p>2 of 2</p>")
        assert rows(query(*map(str, range(100))))._repr_html_().endswith("<p>20 of 100</p>")

    def test_rows_of_free_queries_show_their_members(self) -> None:
        table = restore_page(Rows, QueryRow, b'[{"A<b>": "x", "Password": "p"}, {"C": 7}]')
        assert repr(table) == "Rows([QueryRow(A<b>='x', Password=***), QueryRow(C=7)])"
        html = table._repr_html_()
        assert "<th>A&lt;b&gt;</th><th>Password</th><th>C</th>" in html
        assert "<tr><td></td><td></td><td>7</td></tr>" in html

    def test_to_dicts(self) -> None:
        [one] = restore_page(Rows, Organization, b'[{"Name": "a", "X": 1}]').to_dicts()
        assert (one["name"], one["path"], one["X"]) == ("a", None, 1)
        assert rows(query("a")).to_dicts(wire=True) == [{"Name": "a"}]
