"""Questions to a person who signs in, and asking them on the terminal or in a notebook."""

from __future__ import annotations

import getpass
import sys
from typing import Any, NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


class Choice(NamedTuple):
    """A way to go on."""

    id: str
    """What is answered to choose it."""
    mechanism: str
    """Code of the mechanism, as the service has it: `UP`, `EMAIL`, `SMS`, `OTP`, …"""
    label: str
    """What it is called, with what is shown of the address."""


class Question(NamedTuple):
    """What a person is asked who signs in."""

    kind: Literal["choose", "secret", "code", "approve", "visit"]
    """What kind of answer is wanted: `choose` the `id` of one of the choices; `secret` a password
    or another text that nobody else may read; `code` a code, or None to wait until the person has
    approved on the device or by the link that was sent; `approve` none, the person is to approve
    somewhere else; `visit` none, the person is to open `url` in a browser.
    """
    message: str
    """The question in words, partly the service's own."""
    user: str | None = None
    """Who signs in, where that is known."""
    mechanism: str | None = None
    """Code of the mechanism that asks: `UP`, `EMAIL`, `SMS`, `OTP`, …"""
    choices: tuple[Choice, ...] = ()
    """What there is to choose from."""
    url: str | None = None
    """The address to open."""
    number: str | None = None
    """The number that the person's device shows, too, when it is the right one."""

    @classmethod
    def _of(cls, members: dict[str, Any]) -> Question:
        choices = tuple(Choice(**choice) for choice in members.pop("choices"))
        return cls(choices=choices, **members)


def terminal_prompt(question: Question) -> str | None:
    """Asks on the terminal, or in the cell of a notebook, without showing secrets. Addresses are
    printed, and opened in a browser where there is one.

    The default `prompt` of `UserLogin` and `AuthorizationCode`.
    """
    message = question.message
    if question.number is not None:
        message += f" [{question.number}]"
    if question.kind == "choose":
        return _choose(question)
    if question.kind == "secret":
        # Looked up now: a notebook's kernel puts its own in place of getpass and input.
        return getpass.getpass(f"{message}: ")
    if question.kind == "code":
        return input(f"{message} (Enter alone waits for your approval): ").strip() or None
    if question.kind == "visit":
        _open(question.url or "")
        message += f": {question.url}"
    print(message, file=sys.stderr)
    return None


def _choose(question: Question) -> str | None:
    print(question.message, file=sys.stderr)
    for number, choice in enumerate(question.choices, 1):
        print(f"  {number}  {choice.label}", file=sys.stderr)
    answer = input("Number: ").strip()
    if answer.isdecimal() and 0 < int(answer) <= len(question.choices):
        return question.choices[int(answer) - 1].id
    return None


def _open(url: str) -> None:
    # Here, because it takes longer to import than all of this module.
    import webbrowser

    # Without a browser the address is still there to be read.
    webbrowser.open(url)
