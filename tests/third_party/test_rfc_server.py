"""The SCIM slice against a server that follows RFC 7644 and knows nothing of CyberArk, from Python
and from Node.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from cyberark_identity import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    StaticToken,
)
from cyberark_identity.models import Email, Name

from .conftest import Server


def test_python_sync(rfc_server: Server) -> None:
    with Client(rfc_server.url, auth=StaticToken(rfc_server.token)) as client:
        users = client.scim.users
        made = users.create(
            user_name="ana@acme.example",
            name=Name(given_name="Ana", family_name="Ruiz"),
            emails=[Email(value="ana@mail.example", type="work", primary=True)],
            active=True,
        )
        assert made.id is not None
        assert made.meta is not None
        assert made.meta.created is not None
        assert made.meta.created.tzinfo is not None
        assert made["meta"]["version"], "what the RFC has and CyberArk has not is still reachable"
        assert users.get(made.id).emails[0].value == "ana@mail.example"

        for name in ["bob", 'quo"te', "back\\slash", "Ωmega", "with space+&%"]:
            users.create(user_name=f"{name}@acme.example")
        assert users.query(filter='userName eq "bob@acme.example"').total_results == 1
        page = users.query(sort_by="userName", start_index=2, count=2)
        assert (page.total_results, page.start_index, len(page)) == (6, 2, 2)

        operations = [
            {"op": "replace", "path": "active", "value": False},
            {"op": "replace", "value": {"displayName": "Ana R."}},
        ]
        assert users.patch(id=made.id, operations=operations).id is None, "this server answers 204"
        changed = users.get(made.id)
        assert (changed.active, changed.display_name) == (False, "Ana R.")

        with pytest.raises(ConflictError) as taken:
            users.create(user_name="ana@acme.example")
        assert (taken.value.status, taken.value.code) == (409, "uniqueness")
        with pytest.raises(InvalidRequestError) as refused:
            users.query(filter='shoeSize eq "41"')
        assert refused.value.code == "invalidFilter"

        users.delete(made.id)
        with pytest.raises(NotFoundError):
            users.get(made.id)


def test_a_wrong_token_is_an_authentication_error(rfc_server: Server) -> None:
    client = Client(rfc_server.url, auth=StaticToken("wrong"))
    with client, pytest.raises(AuthenticationError) as refused:
        client.scim.users.get("1")
    assert refused.value.status == 401


def test_python_async(rfc_server: Server) -> None:
    async def story() -> None:
        async with AsyncClient(rfc_server.url, auth=StaticToken(rfc_server.token)) as client:
            names = [f"user{number}@acme.example" for number in range(20)]
            made = await asyncio.gather(
                *(client.scim.users.create(user_name=name) for name in names)
            )
            assert [user.user_name for user in made] == names
            page = await client.scim.users.query(count=5)
            assert (page.total_results, len(page)) == (20, 5)
            await asyncio.gather(*(client.scim.users.delete(user.id) for user in made))
            assert (await client.scim.users.query()).total_results == 0

    asyncio.run(story())


def test_node(rfc_server: Server) -> None:
    script = Path(__file__).with_name("rfc_server.mjs")
    environment = {
        **os.environ,
        "CYBERARK_IDENTITY_TENANT_URL": rfc_server.url,
        "CYBERARK_IDENTITY_TOKEN": rfc_server.token,
    }
    done = subprocess.run(
        ["node", script], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 users made, paged, changed and deleted" in done.stdout
