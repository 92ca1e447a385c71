"""The tenant of a row: the emulator's program, a release build, in its own process."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

TRUST = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE")
"""Some libraries prefer what these name to the CA that they are given."""

SEEDED_BESIDES = 2
"""The administrator and the service account."""


class Tenant:
    """A running tenant. `line` is what it printed: address and credentials."""

    def __init__(
        self, folder: Path, users: int, faults: str | None, tls: bool, pinned: Any
    ) -> None:
        command = [str(folder / "cyberark-identity-emulator"), "--seed-users", str(users)]
        if faults is not None:
            command += ["--fault", faults]
        if tls:
            command.append("--tls")
        self.build = folder
        self.users = users + SEEDED_BESIDES
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=pinned,
        )
        assert self._process.stdout
        self.line = self._process.stdout.readline()
        json.loads(self.line)

    @property
    def environment(self) -> dict[str, str]:
        """What a client is started with: all of ours, and where the tenant is."""
        inherited = {name: value for name, value in os.environ.items() if name not in TRUST}
        return {**inherited, "BENCH_TENANT": self.line}

    def __enter__(self) -> Tenant:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
