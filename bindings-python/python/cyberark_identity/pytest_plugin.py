"""Fixtures for testing automation: a separate tenant for each test, and clients of it.

pytest finds this plugin by itself if the package is installed; `-p no:cyberark_identity` disables
it. Nothing is started for tests that use none of the fixtures.

    def test_leavers_are_disabled(identity_tenant, identity_client):
        person = identity_client.scim.users.create(user_name="ana@acme.example")
        offboard(identity_tenant.url, person.id)
        assert not identity_client.scim.users.get(person.id).active

Options of `Emulator` go into a mark:

    @pytest.mark.identity_tenant(seed_users=50, faults={"match": {"times": 1}, "action": "hang"})
    def test_a_slow_tenant(identity_client): ...
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import AsyncClient, Client
from .emulator import Emulator

__all__ = ["identity_async_client", "identity_client", "identity_tenant"]

MARK = "identity_tenant"


def pytest_configure(config: pytest.Config) -> None:
    """Registers the mark, so that `--strict-markers` accepts it."""
    line = f"{MARK}(**options): options of the Emulator that the fixture {MARK} starts"
    config.addinivalue_line("markers", line)


@pytest.fixture
def identity_tenant(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A running tenant that no other test has touched.

    It starts within milliseconds and is stopped after the test. The options of the mark
    `identity_tenant` are those of `Emulator`; the mark closest to the test counts.
    """
    mark = request.node.get_closest_marker(MARK)
    if mark is not None and mark.args:
        raise pytest.UsageError(f"the mark {MARK} takes named options only, such as seed_users=50")
    with Emulator(**(mark.kwargs if mark is not None else {})) as tenant:
        yield tenant


@pytest.fixture
def identity_client(identity_tenant: Emulator) -> Iterator[Client]:
    """A client that signs in to `identity_tenant` as its service user, a system administrator."""
    with Client(
        identity_tenant.url, auth=identity_tenant.credentials, ca_file=identity_tenant.ca_file
    ) as client:
        yield client


@pytest.fixture
def identity_async_client(identity_tenant: Emulator) -> AsyncClient:
    """The asynchronous twin of `identity_client`, for any way of running asynchronous tests.

    Use it in `async with`, which closes it in the event loop of the test. Nothing is sent before
    that.
    """
    return AsyncClient(
        identity_tenant.url, auth=identity_tenant.credentials, ca_file=identity_tenant.ca_file
    )
