"""The pytest plugin as users meet it: found by its entry point, in a pytest of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from support import SECONDS

ROOT = Path(__file__).parents[2]
PROJECT = (ROOT / "bindings-python" / "pyproject.toml").read_text(encoding="utf-8")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the metadata that an installer makes of the project file."""
    table = re.search(r"\[project\.entry-points\.(pytest11)\]\n((?:\w.*\n)+)", PROJECT)
    assert table is not None
    metadata = tmp_path / "installed" / "cyberark_identity-0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Name: cyberark-identity\nVersion: 0\n", encoding="utf-8")
    lines = f"[{table[1]}]\n{table[2]}".replace('"', "")
    (metadata / "entry_points.txt").write_text(lines, encoding="utf-8")
    return metadata.parent


def run(installed: Path, code: str, *options: str) -> subprocess.CompletedProcess[str]:
    """A pytest in a folder of its own, which finds the plugin only if it is installed."""
    folder = installed.parent / "project"
    folder.mkdir()
    (folder / "test_it.py").write_text(dedent(code), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--strict-markers", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
        check=False,
    )


def test_fixtures_work_and_each_test_has_a_tenant_of_its_own(installed: Path) -> None:
    done = run(
        installed,
        """
        import asyncio
        import pytest

        @pytest.mark.parametrize("time", [1, 2])
        def test_a_fresh_tenant(time, identity_tenant, identity_client):
            users = identity_client.scim.users
            users.create(user_name="ana@acme.example")
            assert users.query().total_results == 3
            assert identity_tenant.requests()

        def test_async(identity_tenant, identity_async_client):
            async def story():
                async with identity_async_client as client:
                    return (await client.scim.users.query()).total_results
            assert asyncio.run(story()) == 2

        @pytest.mark.identity_tenant(seed_users=7, tls=True)
        class TestMarked:
            def test_of_the_class(self, identity_tenant, identity_client):
                assert identity_tenant.url.startswith("https://")
                assert identity_client.scim.users.query().total_results == 9

            @pytest.mark.identity_tenant(seed_users=1)
            def test_nearest_counts(self, identity_tenant, identity_client):
                assert identity_tenant.url.startswith("http://")
                assert identity_client.scim.users.query().total_results == 3
        """,
    )
    assert "5 passed" in done.stdout, done.stdout + done.stderr


def test_a_tenant_is_stopped_after_its_test(installed: Path) -> None:
    done = run(
        installed,
        """
        import pytest

        tenants = []

        def test_one(identity_tenant):
            tenants.append(identity_tenant)

        def test_two():
            with pytest.raises(RuntimeError, match="stopped"):
                tenants[0].requests()
        """,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_mistakes_in_the_mark_are_named(installed: Path) -> None:
    done = run(
        installed,
        """
        import pytest

        @pytest.mark.identity_tenant(50)
        def test_position(identity_tenant): ...

        @pytest.mark.identity_tenant(sed_users=50)
        def test_name(identity_tenant): ...
        """,
    )
    assert "takes named options only" in done.stdout
    assert "sed_users" in done.stdout
    assert "2 errors" in done.stdout


def test_fixtures_are_documented(installed: Path) -> None:
    shown = run(installed, "", "--fixtures").stdout
    for fixture in ("identity_tenant", "identity_client", "identity_async_client"):
        assert re.search(rf"^{fixture} .*pytest_plugin.py:\d+\n    \w", shown, re.MULTILINE)


def test_can_be_left_out(installed: Path) -> None:
    done = run(installed, "def test(identity_tenant): ...", "-p", "no:cyberark_identity")
    assert "fixture 'identity_tenant' not found" in done.stdout
