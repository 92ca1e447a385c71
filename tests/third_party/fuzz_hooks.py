"""What schemathesis looks for in each answer of the emulator. Loaded by SCHEMATHESIS_HOOKS."""

import schemathesis

DEFECT = "The emulator failed on this request"
"""What the emulator answers when a handler panics."""


@schemathesis.check
def no_defect(ctx, response, case):
    """The service answers some mistakes in SCIM bodies with 500 itself, in platform calls none."""
    text = response.content.decode(errors="replace")
    assert DEFECT not in text, text
    if response.status_code >= 500:
        assert case.path.startswith("/scim/"), f"{response.status_code}: {text}"
        assert response.json()["status"] == str(response.status_code)
