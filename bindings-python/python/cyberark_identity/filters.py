"""SCIM filters into which any value can be put safely.

    from cyberark_identity import filters as f

    client.scim.users.query(filter=f.user_name.starts_with("ana"))
    client.scim.groups.query(filter=f.display_name.equals(name))

Each is a string such as `userName sw "ana"`, escaped as the service expects. The attributes are
those that the service documents: `user_name` and `email` of users; `display_name`, `id`,
`member_name` and `member_id` of groups. Others may work: `f.attribute("name.familyName")`.
Comparisons are reported to be case-sensitive.
"""

import json


class Attribute:
    """An attribute to filter by."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def equals(self, value: str) -> str:
        """The attribute is `value`."""
        return self._compare("eq", value)

    def starts_with(self, value: str) -> str:
        """The attribute begins with `value`."""
        return self._compare("sw", value)

    def contains(self, value: str) -> str:
        """The attribute contains `value`."""
        return self._compare("co", value)

    def ends_with(self, value: str) -> str:
        """The attribute ends with `value`."""
        return self._compare("ew", value)

    def _compare(self, operator: str, value: str) -> str:
        if not isinstance(value, str):
            raise TypeError(f"a filter compares with text, not {type(value).__name__}")
        return f"{self.name} {operator} {json.dumps(value, ensure_ascii=False)}"

    def __repr__(self) -> str:
        return f"Attribute({self.name!r})"


def attribute(name: str) -> Attribute:
    """An attribute by its name on the wire, such as `name.familyName`."""
    return Attribute(name)


user_name = Attribute("userName")
email = Attribute("emails.value")
display_name = Attribute("displayName")
id = Attribute("id")
member_name = Attribute("members.display")
member_id = Attribute("members.value")
