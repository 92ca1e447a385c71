"""New hires, in Python with asyncio: the story of `new_hires.py`, with everybody hired at the same
time.

Run it with `python examples/python/new_hires_async.py`. The tenant is the embedded one.
"""

import asyncio
import csv
import json
import os
from pathlib import Path

from cyberark_identity import AsyncClient, ConflictError
from cyberark_identity.emulator import Emulator
from cyberark_identity.models import Email, EnterpriseUser, Name, PhoneNumber, User

HIRES = Path(__file__).parent.parent / "data" / "new_hires.csv"
PAGE = 100


async def main() -> None:
    with Emulator(seed_users=200) as tenant:
        async with AsyncClient(tenant.url, auth=tenant.credentials) as client:
            created = await hire(client)
            leaver = await suspend_leaver(client)
            await look_at_organizations(client)
            await meet_failures(client)

            users = await all_users(client)
            if path := os.environ.get("FINAL_STATE"):
                await save_state(client, users, Path(path))
            print(
                f"python, async: created {created}, suspended {leaver}, met 2 failures, "
                f"{len(users)} users in the end"
            )


async def hire(client: AsyncClient) -> int:
    with HIRES.open(encoding="utf-8", newline="") as file:
        hires = list(csv.DictReader(file))
    for user in await asyncio.gather(*(create(client, row) for row in hires)):
        print(f"  created {user.display_name} ({user.user_name})")
    return len(hires)


async def create(client: AsyncClient, row: dict[str, str]) -> User:
    return await client.scim.users.create(
        user_name=row["user_name"],
        display_name=f"{row['given_name']} {row['family_name']}",
        name=Name(given_name=row["given_name"], family_name=row["family_name"]),
        active=True,
        emails=[Email(value=row["email"], primary=True)],
        phone_numbers=[PhoneNumber(value=row["mobile"], type="mobile")],
        enterprise=EnterpriseUser(organization=row["organization"]),
    )


async def suspend_leaver(client: AsyncClient) -> str:
    page = await client.scim.users.query(
        filter='userName ew "@acme.example"', sort_by="userName", count=PAGE
    )
    print(f"  {page.total_results} people have a login of acme.example")
    leaver = next(user for user in page if user.active)
    assert leaver.id is not None
    await client.access.set_state(id=leaver.id, state="Disabled")
    after = await client.users.get(leaver.id)
    print(f"  suspended {after.name}: state {after.state}")
    return str(after.name)


async def look_at_organizations(client: AsyncClient) -> None:
    await client.organizations.create(name="Spring Intake")
    for organization in await client.organizations.list():
        print(f"  organization {organization.name}")


async def meet_failures(client: AsyncClient) -> None:
    outcomes = await asyncio.gather(
        client.scim.users.create(user_name="ana.ruiz@acme.example"),
        client.organizations.create(name="Spring Intake"),
        return_exceptions=True,
    )
    for error in outcomes:
        if not isinstance(error, ConflictError):
            raise AssertionError(f"a duplicate ended in {error!r}")
        print(f"  refused with HTTP {error.status}: {error}")


async def all_users(client: AsyncClient) -> list[User]:
    users: list[User] = []
    while page := await client.scim.users.query(
        sort_by="userName", start_index=len(users) + 1, count=PAGE
    ):
        users.extend(page)
    return users


async def save_state(client: AsyncClient, users: list[User], path: Path) -> None:
    """What is in the tenant, for `make demo` to compare."""
    state = {
        "organizations": sorted(str(one.name) for one in await client.organizations.list()),
        "users": [
            [u.user_name, u.display_name, u.active, u.emails[0].value if u.emails else None]
            for u in users
        ],
    }
    path.write_text(json.dumps(state, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
