"""Questions to a person who signs in, and how they are asked on a terminal or in a notebook."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal


class _Shown:
    """Prints as its constructor is called."""

    __slots__: tuple[str, ...] = ()

    def __repr__(self) -> str:
        members = (f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({', '.join(members)})"


class Choice(_Shown):
    """A way to continue."""

    __slots__ = ("id", "label", "mechanism")
    __match_args__ = ("id", "mechanism", "label")

    def __init__(self, id: str, mechanism: str, label: str) -> None:
        self.id = id
        """The answer that chooses it."""
        self.mechanism = mechanism
        """The service's code of the mechanism: `UP`, `EMAIL`, `SMS`, `OTP`, …"""
        self.label = label
        """Its name for people, with the part of the address that the service shows."""


class Question(_Shown):
    """What a person is asked when signing in."""

    __slots__ = ("choices", "kind", "mechanism", "message", "number", "url", "user")
    __match_args__ = ("kind", "message")

    def __init__(
        self,
        kind: Literal["choose", "secret", "code", "approve", "visit"],
        message: str,
        *,
        user: str | None = None,
        mechanism: str | None = None,
        choices: tuple[Choice, ...] = (),
        url: str | None = None,
        number: str | None = None,
    ) -> None:
        self.kind: Literal["choose", "secret", "code", "approve", "visit"] = kind
        """What kind of answer is expected. `choose`: the `id` of one of the choices. `secret`: a
        password or another text that nobody else may read. `code`: a code, or None to wait until
        the person has approved on the device or through the link that was sent. `approve`: none,
        the person approves somewhere else. `visit`: none, the person opens `url` in a browser.
        """
        self.message = message
        """The text of the question, partly the service's own."""
        self.user = user
        """Who signs in, if known."""
        self.mechanism = mechanism
        """Code of the mechanism that asks: `UP`, `EMAIL`, `SMS`, `OTP`, …"""
        self.choices = choices
        """The choices."""
        self.url = url
        """The URL to open."""
        self.number = number
        """The number that the person's device has to show as well."""

    @classmethod
    def _of(cls, members: dict[str, Any]) -> Question:
        choices = tuple(Choice(**choice) for choice in members.pop("choices"))
        return cls(choices=choices, **members)


def terminal_prompt(question: Question) -> str | None:
    """Asks on the terminal, or in the cell of a notebook, without showing secrets. URLs are
    printed, and opened in a browser if there is one.

    The default `prompt` of `UserLogin` and `AuthorizationCode`.
    """
    message = question.message
    if question.number is not None:
        message += f" [{question.number}]"
    if question.kind == "choose":
        return _choose(question)
    if question.kind == "secret":
        # Imported and looked up now: it takes long, and a notebook's kernel puts its own in place.
        import getpass

        return getpass.getpass(f"{message}: ")
    if question.kind == "code":
        return input(f"{message} (Enter alone waits for your approval): ").strip() or None
    if question.kind == "visit":
        _open(question.url or "")
        message += f": {question.url}"
    _say(message)
    return None


def _choose(question: Question) -> str | None:
    _say(question.message)
    for number, choice in enumerate(question.choices, 1):
        _say(f"  {number}  {choice.label}")
    answer = input("Number: ").strip()
    if answer.isdecimal() and 0 < int(answer) <= len(question.choices):
        return question.choices[int(answer) - 1].id
    return None


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _open(url: str) -> None:
    import webbrowser

    # Without a browser the address is still there to be read.
    webbrowser.open(url)
