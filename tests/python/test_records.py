"""Records: views that convert what is read, and lose nothing."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from cyberark_identity import Record
from cyberark_identity._native import restore, text
from cyberark_identity.models import (
    AccountState,
    DirectoryUser,
    Email,
    EnterpriseUser,
    Name,
    Organization,
    PatchOperation,
    PhoneNumber,
    ResourceMeta,
    SortOrder,
    User,
)

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

ANA = b"""{
    "id": "7f1c0e52", "userName": "ana@acme.example", "active": true,
    "name": {"familyName": "Ruiz", "middleName": "M."},
    "emails": [{"value": "ana@mail.example", "type": "work", "primary": true, "verified": 1}],
    "meta": {"resourceType": "User", "created": "2024-11-07T17:20:00.1234567Z"},
    "displayName": null, "shoeSize": 41
}"""


@pytest.fixture
def ana() -> User:
    return user(ANA)


def user(json: bytes) -> User:
    record = restore(User, json)
    assert isinstance(record, User)
    return record


class TestReading:
    def test_values_nested_records_and_lists(self, ana: User) -> None:
        assert ana.user_name == "ana@acme.example"
        assert ana.active is True
        assert ana.name is not None
        assert ana.name.family_name == "Ruiz"
        assert [email.value for email in ana.emails] == ["ana@mail.example"]
        assert isinstance(ana.emails[0], Email)

    def test_what_is_not_there_is_nothing(self, ana: User) -> None:
        assert ana.preferred_language is None
        assert ana.phone_numbers == ()
        assert ana.enterprise is None

    def test_null_and_absent_are_told_apart_by_wire_name(self, ana: User) -> None:
        assert ana.display_name is None
        assert ana.preferred_language is None
        assert "displayName" in ana
        assert ana["displayName"] is None
        assert "preferredLanguage" not in ana
        with pytest.raises(KeyError, match="preferredLanguage"):
            ana["preferredLanguage"]

    def test_dates_are_aware_and_exact_to_the_microsecond(self, ana: User) -> None:
        assert ana.meta is not None
        assert ana.meta.created == datetime(2024, 11, 7, 17, 20, 0, 123456, timezone.utc)

    @pytest.mark.parametrize(
        ("wire", "moment"),
        [
            ("/Date(1731000000123)/", datetime(2024, 11, 7, 17, 20, 0, 123000, timezone.utc)),
            ("/Date(-62135596800000)/", None),
            ("/Date(-1)/", datetime(1969, 12, 31, 23, 59, 59, 999000, timezone.utc)),
            ("tomorrow", None),
        ],
    )
    def test_the_platforms_dates(self, wire: str, moment: datetime | None) -> None:
        row = restore(DirectoryUser, b'{"CreateDate": "%s"}' % wire.encode())
        assert isinstance(row, DirectoryUser)
        assert row.create_date == moment
        assert row["CreateDate"] == wire

    @pytest.mark.parametrize(
        ("json", "read"),
        [
            ("true", True),
            ('"True"', True),
            ('"false"', False),
            ("1", True),
            ("0", False),
            ('"0"', False),
            ('"perhaps"', None),
            ("7", None),
            ("[]", None),
            ("null", None),
        ],
    )
    def test_booleans_in_all_their_spellings(self, json: str, read: bool | None) -> None:
        assert user(b'{"active": %s}' % json.encode()).active is read

    def test_text_also_from_numbers_and_numbers_from_text(self) -> None:
        assert user(b'{"id": 12}').id == "12"
        assert user(b'{"id": true}').id == "true"
        assert user(b'{"id": {"a": 1}}').id is None
        organization = restore(Organization, b'{"MemberCount": " 7 "}')
        assert isinstance(organization, Organization)
        assert organization.member_count == 7

    def test_a_single_value_where_a_list_belongs(self) -> None:
        one = user(b'{"emails": {"value": "a@b.c"}, "schemas": "urn:x"}')
        assert [email.value for email in one.emails] == ["a@b.c"]
        assert one.schemas == ("urn:x",)

    def test_names_in_another_letter_case(self) -> None:
        assert user(b'{"USERNAME": "x", "Active": "True"}').user_name == "x"
        assert user(b'{"Active": "True"}')["active"] == "True"

    def test_what_is_not_understood_stays_reachable(self) -> None:
        odd = user(b'{"active": "perhaps", "emails": [{"value": "a"}, 7], "name": "Ana"}')
        assert (odd.active, odd.emails, odd.name) == (None, (), None)
        assert odd["active"] == "perhaps"
        assert dict(odd.extra) == {
            "active": "perhaps",
            "emails": [{"value": "a"}, 7],
            "name": "Ana",
        }

    def test_large_numbers_and_any_text(self) -> None:
        record = user('{"n": 9007199254740993, "t": "\\u0000\\ud83d\\ude00 ☃"}'.encode())
        assert record["n"] == 9007199254740993
        assert record["t"] == "\0😀 ☃"


class TestExtra:
    def test_holds_what_has_no_field(self, ana: User) -> None:
        assert dict(ana.extra) == {"shoeSize": 41}
        assert dict(ana.emails[0].extra) == {"verified": 1}

    def test_does_not_change(self, ana: User) -> None:
        with pytest.raises(TypeError):
            ana.extra["shoeSize"] = 42  # type: ignore[index]


class TestMaking:
    def test_by_keyword(self) -> None:
        email = Email(value="a@b.c", type="work")
        assert (email.value, email.type, email.primary) == ("a@b.c", "work", None)
        assert email.to_dict(wire=True) == {"value": "a@b.c", "type": "work"}

    def test_none_is_null_and_left_out_is_absent(self) -> None:
        assert Email(value=None).to_dict(wire=True) == {"value": None}
        assert Email().to_dict(wire=True) == {}

    def test_nested_from_records_and_dicts_in_either_spelling(self) -> None:
        made = User(
            name={"family_name": "Ruiz", "givenName": "Ana"},
            emails=[Email(value="a@b.c"), {"value": "d@e.f"}],
            meta=ResourceMeta(created=datetime(2024, 1, 2, 3, 4, 5, 600, timezone.utc)),
        )
        assert made.to_dict(wire=True) == {
            "name": {"familyName": "Ruiz", "givenName": "Ana"},
            "emails": [{"value": "a@b.c"}, {"value": "d@e.f"}],
            "meta": {"created": "2024-01-02T03:04:05.0006Z"},
        }

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"valeu": "x"}, "Email: `valeu` is no field; there are value, type, primary"),
            ({"value": 7}, "Email: `value` must be text"),
            ({"primary": "yes"}, "Email: `primary` must be true or false"),
            ({"value": object()}, "Email: `value` cannot be sent"),
        ],
    )
    def test_mistakes_are_type_errors_that_name_the_field(
        self, fields: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(TypeError) as raised:
            Email(**fields)
        assert message in str(raised.value)

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"name": {"given": "Ana"}}, "`name.given` is no field"),
            ({"emails": [{"value": 7}]}, "`emails[0].value` must be text"),
            ({"emails": "a@b.c"}, "`emails` must be a list"),
            ({"name": "Ana"}, "`name` must be a record"),
            ({"meta": {"created": datetime(2024, 1, 2)}}, "time zone"),
        ],
    )
    def test_mistakes_inside_are_named_by_their_path(
        self, fields: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(TypeError) as raised:
            User(**fields)
        assert message in str(raised.value)

    def test_positions_are_refused(self) -> None:
        with pytest.raises(TypeError, match="by name"):
            Email("a@b.c")  # type: ignore[call-arg]

    def test_record_itself_has_no_fields(self) -> None:
        with pytest.raises(TypeError, match="subclasses"):
            Record(value="x")

    def test_subclasses_of_users_have_the_fields_too(self) -> None:
        class Colleague(User):
            @property
            def greeting(self) -> str:
                return f"Dear {self.display_name}"

        ana = Colleague(display_name="Ana")
        assert ana.greeting == "Dear Ana"
        assert isinstance(ana.replace(display_name="Anna"), Colleague)


class TestChanging:
    def test_replace_makes_a_changed_copy_and_keeps_the_unknown(self, ana: User) -> None:
        changed = ana.replace(active=False, name=Name(family_name="Ruiz Gil"))
        assert (changed.active, ana.active) == (False, True)
        assert changed.to_dict(wire=True) == {
            **ana.to_dict(wire=True),
            "active": False,
            "name": {"familyName": "Ruiz Gil"},
        }

    def test_replace_finds_the_spelling_that_was_sent(self) -> None:
        changed = user(b'{"UserName": "x"}').replace(user_name="y")
        assert changed.to_dict(wire=True) == {"UserName": "y"}

    def test_replace_refuses_unknown_names(self, ana: User) -> None:
        with pytest.raises(TypeError, match="`shoeSize` is no field"):
            ana.replace(shoeSize=42)

    def test_attributes_cannot_be_set_or_deleted(self, ana: User) -> None:
        with pytest.raises(AttributeError, match=r"replace\(active=…\)"):
            ana.active = False
        with pytest.raises(AttributeError, match="do not change"):
            del ana.active
        with pytest.raises(AttributeError):
            ana.activ = False  # type: ignore[attr-defined]


class TestComparing:
    def test_by_value_in_any_order(self) -> None:
        one = user(b'{"id": "1", "n": 1.0, "active": true}')
        other = user(b'{"active": true, "id": "1", "n": 1}')
        assert one == other
        assert hash(one) == hash(other)
        assert len({one, other}) == 1

    def test_differences_count_at_any_depth(self, ana: User) -> None:
        assert ana != ana.replace(active=False)
        assert user(b'{"a": [1, 2]}') != user(b'{"a": [2, 1]}')
        assert user(b'{"a": {"b": null}}') != user(b'{"a": {}}')

    def test_made_and_received_records_are_equal(self, ana: User) -> None:
        received = restore(Email, b'{"type": "work", "value": "a@b.c"}')
        assert received == Email(value="a@b.c", type="work")

    def test_other_classes_are_different(self) -> None:
        assert Email(value="x") != Name()
        assert Name() != EnterpriseUser()
        assert Name() != {}


class TestExporting:
    def test_to_dict_has_every_field_under_its_python_name(self, ana: User) -> None:
        exported = ana.to_dict()
        assert exported["user_name"] == "ana@acme.example"
        assert exported["name"] == {
            "formatted": None,
            "family_name": "Ruiz",
            "given_name": None,
            "middleName": "M.",
        }
        assert exported["meta"]["created"] == datetime(2024, 11, 7, 17, 20, 0, 123456, timezone.utc)
        assert exported["emails"][0]["verified"] == 1
        assert exported["phone_numbers"] == []
        assert exported["preferred_language"] is None
        assert exported["shoeSize"] == 41

    def test_to_dict_on_the_wire_is_what_was_sent(self, ana: User) -> None:
        import json

        assert ana.to_dict(wire=True) == json.loads(ANA)

    def test_pickle_and_copy(self, ana: User) -> None:
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(ana, protocol))
            assert again == ana
            assert type(again) is User
        assert copy.copy(ana) is ana
        assert copy.deepcopy({"ana": ana})["ana"] is ana

    def test_a_pickle_cannot_make_other_things(self) -> None:
        with pytest.raises(TypeError, match="not a class of records"):
            restore(dict, b"{}")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="JSON object"):
            restore(User, b"[]")
        with pytest.raises(ValueError, match="line"):
            restore(User, b"{")


class TestShowing:
    def test_repr_is_short_and_tells_the_main_fields(self, ana: User) -> None:
        assert repr(ana) == "User(id='7f1c0e52', user_name='ana@acme.example', active=True)"
        assert len(repr(user(b'{"userName": "%s"}' % (b"x" * 5000)))) < 120

    def test_repr_blanks_what_is_called_a_secret(self) -> None:
        class Account(Record):
            __slots__ = ()
            name: str | None = text("Name")
            secret: str | None = text("ClientSecret")

        account = Account(name="svc", secret="hunter2")
        assert repr(account).endswith("Account(name='svc', secret=***)")
        assert "hunter2" not in account._repr_html_()
        assert account.secret == "hunter2"

    def test_html_is_a_table_and_escaped(self) -> None:
        html = user(b'{"userName": "<script>\\"x\\" & y"}')._repr_html_()
        assert html == (
            "<table><tr><th>user_name</th><td>&lt;script&gt;&quot;x&quot; &amp; y</td></tr></table>"
        )

    def test_fields_are_documented(self) -> None:
        assert "Login name with suffix" in (User.user_name.__doc__ or "")
        assert "`userName` on the wire" in (User.user_name.__doc__ or "")
        assert repr(User.user_name) == '<field User.user_name: "userName">'
        assert "user_name" in dir(User)

    def test_signature_names_the_fields(self) -> None:
        import inspect

        assert list(inspect.signature(Email).parameters) == ["value", "type", "primary"]

    def test_a_class_has_its_own_fields_whichever_is_asked_first(self) -> None:
        """They are found out when somebody asks; a subclass does not take those of its base."""

        class Base(Record):
            id: str | None = text("Id")

        class Account(Base):
            name: str | None = text("Name")

        assert Base(id="1").to_dict() == {"id": "1"}
        assert Account(id="1", name="ana").to_dict() == {"id": "1", "name": "ana"}
        assert (Base.__match_args__, Account.__match_args__) == (("id",), ("id", "name"))

    def test_without_fields_there_is_nothing_to_tell(self) -> None:
        assert not hasattr(Record, "__match_args__")
        with pytest.raises(TypeError, match="use one of its subclasses"):
            Record(id="1")


class TestMatching:
    def test_by_keyword_and_by_position(self, ana: User) -> None:
        match ana:
            case User(active=True, name=Name(family_name=family)):
                assert family == "Ruiz"
            case _:
                pytest.fail("no match")
        match Email(value="a@b.c", type="home"):
            case Email("a@b.c", kind):
                assert kind == "home"
            case _:
                pytest.fail("no match")


def test_words_are_checked_by_the_core_and_read_as_text() -> None:
    assert PatchOperation(op="add", path="active", value=True).op == "add"


def test_a_year_that_python_lacks_reads_as_nothing() -> None:
    row = restore(DirectoryUser, b'{"CreateDate": "-000044-03-15T00:00:00Z"}')
    assert isinstance(row, DirectoryUser)
    assert row.create_date is None
    assert row["CreateDate"].startswith("-000044")


def test_offsets_are_normalised_to_utc() -> None:
    row = restore(DirectoryUser, b'{"CreateDate": "2024-11-07T19:20:00+02:00"}')
    assert isinstance(row, DirectoryUser)
    assert row.create_date is not None
    assert row.create_date.utcoffset() == timedelta(0)
    assert row.create_date.hour == 17


class TestWords:
    def test_known_words_are_plain_text(self) -> None:
        assert AccountState.LOCKED == "Locked"
        assert SortOrder.DESCENDING == "descending"

    def test_words_are_read_as_plain_text_and_unknown_ones_are_kept(self) -> None:
        for word in (AccountState.LOCKED, "Hibernating"):
            account = restore(DirectoryUser, b'{"State": "%b"}' % word.encode())
            assert isinstance(account, DirectoryUser)
            assert account.state == word
        assert PhoneNumber(value="1", type="pager").type == "pager"
