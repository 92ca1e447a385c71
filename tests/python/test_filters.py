"""Filters hold any value, and find what has it and nothing else."""

from __future__ import annotations

import random

import pytest
from cyberark_identity import Client, InvalidArgumentError
from cyberark_identity import filters as f
from cyberark_identity.models import Email

SPECIAL = ['"', "\\", "'", " or ", "%", "&", "\n", "\0", "Ω", "😀", "é"]


def test_the_four_comparisons() -> None:
    assert f.user_name.equals("ana") == 'userName eq "ana"'
    assert f.email.starts_with("ana") == 'emails.value sw "ana"'
    assert f.display_name.contains('O"B') == 'displayName co "O\\"B"'
    assert f.attribute("name.familyName").ends_with("é") == 'name.familyName ew "é"'
    with pytest.raises(TypeError, match="text"):
        f.id.equals(7)  # type: ignore[arg-type]


def test_any_value_survives_the_round_trip(client: Client) -> None:
    chance = random.Random(7)
    for number in range(50):
        parts = chance.choices([*SPECIAL, chr(chance.randrange(32, 0xD800))], k=6)
        value = "".join(parts)
        name = f"filtered.{number}@acme.example"
        made = client.scim.users.create(user_name=name, emails=[Email(value=value)])
        found = client.scim.users.query(filter=f.email.equals(value))
        assert [user.id for user in found] == [made.id], value
        assert made.id is not None
        client.scim.users.delete(made.id)


def test_what_the_service_does_not_document_is_refused_before_sending(client: Client) -> None:
    for text in ["userName pr", 'userName eq "a" or userName eq "b"', "userName eq a"]:
        with pytest.raises(InvalidArgumentError) as refused:
            client.scim.users.query(filter=text)
        assert refused.value.field == "filter"
        assert refused.value.delivery == "not_sent"
