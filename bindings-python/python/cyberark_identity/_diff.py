"""The PATCH that turns one resource into another."""

from __future__ import annotations

from ._generated.models import PatchOperation
from ._native import Record
from ._native import diff as _diff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def diff(
    before: Record | Mapping[str, Any], after: Record | Mapping[str, Any]
) -> list[PatchOperation]:
    """The operations that turn `before` into `after`; an empty list if nothing differs.

        user = client.scim.users.get(id)
        changes = diff(user, user.replace(display_name="Ana R.", active=False))
        client.scim.users.patch(id=id, operations=changes)

    Attributes within an object are changed one by one, lists as a whole. Attributes that only the
    service writes (id, meta, schemas, groups) are left alone.

    Args:
        before: A record, or a mapping with wire names (not Python's, because a mapping does not
            say which of the two it uses).
        after: What it should become, in the same form.
    """
    return [PatchOperation(**operation) for operation in _diff(_wire(before), _wire(after))]


def _wire(resource: Record | Mapping[str, Any]) -> dict[str, Any]:
    return resource.to_dict(wire=True) if isinstance(resource, Record) else dict(resource)
