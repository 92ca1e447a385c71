"""A tenant on this machine, for tests and first steps. Nothing leaves loopback.

    with Emulator(seed_users=50) as tenant:
        client = Client(tenant.url, auth=tenant.credentials)
        client.scim.users.create(user_name="ana@acme.example")

From a shell: `python -m cyberark_identity.emulator --port 0 --seed-users 50` prints one line of
JSON and serves until it is stopped.
"""

from __future__ import annotations

import json
import sys

from ._auth import ClientCredentials
from ._native import Tenant, run_emulator

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self

__all__ = ["Emulator"]


class Emulator:
    """A running tenant with a directory of its own. Stop it, or use it in a `with` statement.

    Args:
        seed_users: How many people the directory holds at the start.
        tls: Serve over TLS; `ca_file` is then what a client has to trust.
        faults: What goes wrong: a fault rule or a list of them, such as
            `{"match": {"path": "/scim/Users", "times": 1}, "action": {"status": 503}}`.
        token_lifetime: Seconds for which issued tokens live.
        port: Port to listen on; 0 picks a free one.
        host: Address to listen on.
        state: A file that keeps the tenant across restarts, crashes and `kill -9`. A new file
            starts with `seed_users` people; an existing one has its own. It contains passwords and
            tokens in clear text, and only one process can use it at a time: a file that is in use,
            has another format or is something else raises `OSError`. `None` keeps the tenant in
            memory.
    """

    def __init__(
        self,
        *,
        seed_users: int = 0,
        tls: bool = False,
        faults: dict[str, Any] | list[dict[str, Any]] | None = None,
        token_lifetime: float = 18_000,
        port: int = 0,
        host: str = "127.0.0.1",
        state: str | os.PathLike[str] | None = None,
    ) -> None:
        self._tenant = Tenant(
            seed_users=seed_users,
            tls=tls,
            faults=None if faults is None else json.dumps(faults),
            token_lifetime=token_lifetime,
            port=port,
            host=host,
            state=state,
        )
        description = self._tenant.description()
        self.url: str = description["url"]
        """Address of the tenant."""
        self.scim_url: str = description["scim_url"]
        """Address of its SCIM calls."""
        self.app_id: str = description["app_id"]
        """OAuth2 application that issues tokens."""
        self.client_id: str = description["client_id"]
        """Login name of the service user."""
        self.client_secret: str = description["client_secret"]
        """Its secret."""
        self.token: str = description["token"]
        """A system administrator's token, valid for as long as the tenant runs."""
        self.ca_file: str | None = description["ca_file"]
        """Certificate to trust, with TLS."""

    @property
    def credentials(self) -> ClientCredentials:
        """How a client signs in."""
        return ClientCredentials(self.app_id, self.client_id, self.client_secret)

    def requests(self) -> list[dict[str, Any]]:
        """The requests that arrived, oldest first, without their secrets."""
        return self._tenant.requests()

    def clear_requests(self) -> None:
        """Forgets the requests that arrived."""
        self._tenant.clear_requests()

    def add_faults(self, faults: dict[str, Any] | list[dict[str, Any]]) -> None:
        """Adds fault rules."""
        self._tenant.add_faults(json.dumps(faults))

    def clear_faults(self) -> None:
        """Removes all fault rules."""
        self._tenant.clear_faults()

    def token_for(self, user_name: str) -> str:
        """A token for any account, to see what its owner may do.

        Raises:
            ValueError: There is no such account.
        """
        token = self._tenant.token_for(user_name)
        if token is None:
            raise ValueError(f"the tenant has no account {user_name!r}")
        return token

    def set_sign_in(
        self,
        user: str | None = None,
        *,
        challenges: Sequence[Sequence[str]] | None = None,
        pod_fqdn: str | None = None,
        idp_redirect_url: str | None = None,
        idp_pin: bool = False,
        security_questions: Sequence[Mapping[str, str]] | None = None,
    ) -> None:
        """Sets what people have to do to sign in.

        Args:
            user: Login name; without it, the policy is for everybody who has none of their own.
            challenges: One mechanism of each has to be satisfied, in this order: `UP` (password),
                `EMAIL`, `SMS` and `OATH` (codes), `OTP` (push, or the code of the device), `PF`
                (phone call), `SQ` (security questions). A password by default.
            pod_fqdn: The host at which they have to start.
            idp_redirect_url: Address of another identity provider that signs them in.
            idp_pin: Whether the page of that provider ends with a PIN, which has to be typed into
                the program. It is the code of that sign-in once it is approved.
            security_questions: What `SQ` asks: the `question` and the correct `answer` of each.
                Several are answered at once.

        Raises:
            ValueError: There is no such mechanism, a challenge without one, `SQ` without
                questions, or a PIN without an identity provider.
        """
        policy = {
            "user": user,
            "challenges": challenges,
            "pod_fqdn": pod_fqdn,
            "idp_redirect_url": idp_redirect_url,
            "idp_pin": idp_pin,
            "security_questions": security_questions
            and [dict(question) for question in security_questions],
        }
        self._tenant.set_sign_in(json.dumps(policy))

    def sign_ins(self) -> list[dict[str, Any]]:
        """The sign-ins in progress, oldest first, with the codes that people received."""
        return self._tenant.sign_ins()

    def decide_sign_in(self, user: str, approve: bool) -> bool:
        """Approves or denies what waits for a person: a push, a call, another identity provider.
        False if nothing does.
        """
        return self._tenant.decide_sign_in(user, approve)

    def advance_clock(self, seconds: float) -> None:
        """Moves the tenant's clock forward, which expires what would have expired by then."""
        self._tenant.advance_clock(seconds)

    def expire_tokens(self) -> None:
        """Expires every token that was issued; `token` stays valid."""
        self._tenant.expire_tokens()

    def stop(self) -> None:
        """Stops the tenant. Its directory is gone, unless `state` keeps it. Stopping twice is
        harmless.
        """
        self._tenant.stop()

    def __repr__(self) -> str:
        return f"<Emulator at {self.url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def main() -> int:
    """The command line."""
    import signal

    # Else Python's own handler would raise KeyboardInterrupt after the orderly end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_emulator(["cyberark-identity-emulator", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
