"""A JSON Schema validator as a program: reads a list of `[schema, instance]` and writes, for each,
the list of what is wrong with the instance. Run in the environment of the verification tools.
"""

from __future__ import annotations

import json
import sys

from jsonschema_rs import Draft202012Validator


def problems(schema: dict, instance: object) -> list[str]:
    validator = Draft202012Validator(schema)
    return [
        f"{'/'.join(map(str, error.instance_path)) or 'the whole'}: {error.message}"
        for error in validator.iter_errors(instance)
    ]


if __name__ == "__main__":
    json.dump([problems(*pair) for pair in json.load(sys.stdin)], sys.stdout)
