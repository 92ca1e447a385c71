"""A changed copy becomes the PATCH that makes the change."""

from __future__ import annotations

from cyberark_identity import Client, diff
from cyberark_identity.models import Email, EnterpriseUser, Name


def test_a_changed_copy_becomes_a_patch(client: Client) -> None:
    before = client.scim.users.create(
        user_name="diff@acme.example",
        display_name="Ana Ruiz",
        name=Name(given_name="Ana", family_name="Ruiz"),
        emails=[Email(value="ana@mail.example")],
        preferred_language="en_US",
    )
    assert before.id is not None
    after = before.replace(
        active=False,
        preferred_language=None,
        emails=[Email(value="ruiz@mail.example")],
        enterprise=EnterpriseUser(organization="Engineering"),
    )
    changes = diff(before, after)
    assert {(change.op, change.path) for change in changes} == {
        ("replace", "active"),
        ("remove", "preferredLanguage"),
        ("replace", "emails"),
        (
            "replace",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization",
        ),
    }
    changed = client.scim.users.patch(id=before.id, operations=changes)
    assert changed.active is False
    assert changed.preferred_language is None
    assert changed.emails[0].value == "ruiz@mail.example"
    assert changed.enterprise is not None
    assert changed.enterprise.organization == "Engineering"
    assert changed.name == before.name


def test_nothing_differs(client: Client) -> None:
    user = client.scim.users.query(count=1)[0]
    assert diff(user, user) == []
    assert diff({"active": True}, {"active": True, "emails": []}) == []
