"""Fixtures: a tenant and clients of it, for each test anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cyberark_identity import Client
from cyberark_identity.emulator import Emulator


@pytest.fixture
def tenant() -> Iterator[Emulator]:
    with Emulator(seed_users=20) as emulator:
        yield emulator


@pytest.fixture
def client(tenant: Emulator) -> Iterator[Client]:
    with Client(tenant.url, auth=tenant.credentials) as client:
        yield client
