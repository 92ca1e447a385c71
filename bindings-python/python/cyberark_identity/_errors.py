"""What all errors have in common. The classes themselves come from the error table in core."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal


class IdentityError(Exception):
    """The base of all errors about a call or a client. `str()` also says what to do."""

    message: str
    """What happened, in one sentence."""
    hint: str | None
    """What to do about it."""
    operation: str | None
    """Name of the operation, such as `users.get`."""
    call_id: str | None
    """Id of the call, which its log records and hooks carry as well; None if it did not begin."""
    delivery: Literal["not_sent", "unknown", "answered"]
    """Whether the request may have reached the service; with `unknown`, check before you send a
    write again.
    """
    status: int | None
    """HTTP status. Failures of platform calls arrive with 200."""
    code: str | None
    """The service's own code: `ErrorCode`, `scimType`, or the OAuth2 `error`."""
    message_id: str | None
    """`MessageID` of the platform's envelope."""
    error_id: str | None
    """`ErrorID` of the platform's envelope, which the vendor's support asks for."""
    request_id: str | None
    """The service's id of the exchange (`X-CFY-TX-ID`)."""
    field: str | None
    """The argument at fault, such as `emails[0].value`."""
    retry_after: float | None
    """Seconds that the service asked to wait."""
    attempts: int
    """Requests sent for this call."""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        operation: str | None = None,
        call_id: str | None = None,
        delivery: Literal["not_sent", "unknown", "answered"] = "not_sent",
        status: int | None = None,
        code: str | None = None,
        message_id: str | None = None,
        error_id: str | None = None,
        request_id: str | None = None,
        field: str | None = None,
        retry_after: float | None = None,
        attempts: int = 0,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.operation = operation
        self.call_id = call_id
        self.delivery = delivery
        self.status = status
        self.code = code
        self.message_id = message_id
        self.error_id = error_id
        self.request_id = request_id
        self.field = field
        self.retry_after = retry_after
        self.attempts = attempts
        self._curl: str | None = None

    def as_curl(self) -> str | None:
        """The request as a `curl` command line for a POSIX shell, to try it by hand; `None` if the
        call sent no request, or if signing in failed.

        It contains no secret: the token is `$TOKEN`, passwords and secret headers are `***`. Of a
        form with a file only the names are shown, and `@BODY` stands for a body that is too large
        to show.
        """
        return self._curl

    def __str__(self) -> str:
        operation = f"{self.operation}: " if self.operation else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{operation}{self.message}{hint}"

    def __reduce__(self) -> tuple[Any, ...]:
        # Not the inherited way: it would hand the message alone to a class of two bases.
        return _restore, (type(self), self.message), self.__dict__


def _restore(error_class: type[IdentityError], message: str) -> IdentityError:
    return error_class(message)


class ServiceError(IdentityError):
    """The service answered, and refused."""
