"""New hires, in Python: reads a CSV file, creates the people, suspends a leaver, and meets two
failures.

Run it with `python examples/python/new_hires.py`. The tenant is the embedded one.
"""

import csv
import json
import os
from pathlib import Path

from cyberark_identity import Client, ConflictError
from cyberark_identity.emulator import Emulator
from cyberark_identity.models import Email, EnterpriseUser, Name, PhoneNumber, User

HIRES = Path(__file__).parent.parent / "data" / "new_hires.csv"
PAGE = 100


def main() -> None:
    with Emulator(seed_users=200) as tenant, Client(tenant.url, auth=tenant.credentials) as client:
        created = hire(client)
        leaver = suspend_leaver(client)
        look_at_organizations(client)
        meet_failures(client)

        users = all_users(client)
        if path := os.environ.get("FINAL_STATE"):
            save_state(client, users, Path(path))
        print(
            f"python, sync: created {created}, suspended {leaver}, met 2 failures, "
            f"{len(users)} users in the end"
        )


def hire(client: Client) -> int:
    with HIRES.open(encoding="utf-8", newline="") as file:
        hires = list(csv.DictReader(file))
    for row in hires:
        user = client.scim.users.create(
            user_name=row["user_name"],
            display_name=f"{row['given_name']} {row['family_name']}",
            name=Name(given_name=row["given_name"], family_name=row["family_name"]),
            active=True,
            emails=[Email(value=row["email"], primary=True)],
            phone_numbers=[PhoneNumber(value=row["mobile"], type="mobile")],
            enterprise=EnterpriseUser(organization=row["organization"]),
        )
        print(f"  created {user.display_name} ({user.user_name})")
    return len(hires)


def suspend_leaver(client: Client) -> str:
    page = client.scim.users.query(
        filter='userName ew "@acme.example"', sort_by="userName", count=PAGE
    )
    print(f"  {page.total_results} people have a login of acme.example")
    leaver = next(user for user in page if user.active)
    assert leaver.id is not None
    client.access.set_state(id=leaver.id, state="Disabled")
    after = client.users.get(leaver.id)
    print(f"  suspended {after.name}: state {after.state}")
    return str(after.name)


def look_at_organizations(client: Client) -> None:
    client.organizations.create(name="Spring Intake")
    for organization in client.organizations.list():
        print(f"  organization {organization.name}")


def meet_failures(client: Client) -> None:
    try:
        client.scim.users.create(user_name="ana.ruiz@acme.example")
    except ConflictError as error:
        print(f"  refused with HTTP {error.status}: {error}")
    else:
        raise AssertionError("a duplicate was accepted")
    try:
        client.organizations.create(name="Spring Intake")
    except ConflictError as error:
        print(f"  refused with HTTP {error.status}: {error}")
    else:
        raise AssertionError("a duplicate was accepted")


def all_users(client: Client) -> list[User]:
    users: list[User] = []
    while page := client.scim.users.query(
        sort_by="userName", start_index=len(users) + 1, count=PAGE
    ):
        users.extend(page)
    return users


def save_state(client: Client, users: list[User], path: Path) -> None:
    """What is in the tenant, for `make demo` to compare."""
    state = {
        "organizations": sorted(str(one.name) for one in client.organizations.list()),
        "users": [
            [u.user_name, u.display_name, u.active, u.emails[0].value if u.emails else None]
            for u in users
        ],
    }
    path.write_text(json.dumps(state, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
