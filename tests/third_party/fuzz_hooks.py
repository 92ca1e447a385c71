"""What schemathesis looks for in each answer of the emulator. Loaded by SCHEMATHESIS_HOOKS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import schemathesis

DEFECT = "The emulator failed on this request"
"""What the emulator answers when a handler panics."""

WRONG_TYPE = re.compile(r'Cannot convert the value of "(.+)" into (an? .+)\. ')
"""The one reason that the service is known to have for 500 where it was sent something: a value of
another JSON type than the attribute has."""

FITS = {
    "a string": lambda value: isinstance(value, str),
    "a boolean": lambda value: str(value).lower() in ("true", "false"),
    "an object": lambda value: isinstance(value, dict),
    "an array": lambda value: isinstance(value, list),
    "an array of objects": lambda value: (
        isinstance(value, list) and all(isinstance(item, dict) for item in value)
    ),
}


@schemathesis.check
def no_defect(ctx, response, case):
    """No failure of the emulator's own; a 500 of the service's is one that the request explains."""
    text = response.content.decode(errors="replace")
    assert DEFECT not in text, text
    if response.status_code >= 500:
        assert response.status_code == 500, text
        assert case.path.startswith("/scim/"), text
        assert is_explained(response.json(), json.loads(response.request.body or "null")), text


def is_explained(error: dict[str, Any], request: Any) -> bool:
    cause = WRONG_TYPE.fullmatch(error["detail"])
    if error["status"] != "500" or cause is None:
        return False
    attribute, wanted = cause.groups()
    name = segments(attribute)[-1]
    return any(not FITS[wanted](value) for value in values(name, request))


def values(name: str, part: Any) -> Iterator[Any]:
    """What stands in a request under this name, or is assigned to it by a PATCH operation."""
    if isinstance(part, list):
        for item in part:
            yield from values(name, item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if name in segments(key):
                yield value
            yield from values(name, value)
        path = part.get("path")
        if isinstance(path, str) and name in segments(path):
            yield part.get("value")


def segments(path: str) -> list[str]:
    return re.split(r"[.:\[\]]", path.strip().lower())
