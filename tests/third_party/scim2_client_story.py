"""A person and a group as scim2-client makes, finds, changes and deletes them.

It validates each answer. test_conformance.py runs it in the environment of the programs, with the
address of the SCIM calls, and the header to send in SCIM_CLI_HEADERS.
"""

import os
import sys

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    Email,
    EnterpriseUser,
    Group,
    GroupMember,
    NotFoundException,
    PatchOp,
    PatchOperation,
    ResourceType,
    ScimProvider,
    SearchRequest,
    UniquenessException,
    User,
)

Person = User[EnterpriseUser]


def main() -> None:
    name, value = os.environ["SCIM_CLI_HEADERS"].split(": ", 1)
    with httpx2.Client(base_url=sys.argv[1], headers={name: value}, timeout=20) as http:
        types = [ResourceType.from_resource(model) for model in (Person, Group)]
        provider = ScimProvider(models=[User, EnterpriseUser, Group], resource_types=types)
        story(SyncSCIMClient(http, provider=provider))
    print("made, found, changed and deleted")


def story(scim: SyncSCIMClient) -> None:
    address = "ana@acme.example"
    ana = scim.create(
        Person(user_name=address, emails=[Email(value=address, primary=True)], active=True)
    )
    assert ana.id
    assert scim.query(Person, ana.id).user_name == address
    found = scim.query(Person, query_parameters=SearchRequest(filter=f'userName eq "{address}"'))
    assert [person.id for person in found.resources] == [ana.id]
    page = scim.query(Person, query_parameters=SearchRequest(start_index=2, count=1))
    assert (page.start_index, len(page.resources)) == (2, 1)
    try:
        scim.create(Person(user_name=address))
        raise AssertionError("a second account of the same name was made")
    except UniquenessException:
        pass

    group = scim.create(Group(display_name="Readers", members=[GroupMember(value=ana.id)]))
    assert scim.query(Group, group.id).members[0].display == address
    changed = scim.modify(Person, ana.id, replacing(Person, "displayName", "Ana R."))
    assert changed.display_name == "Ana R."
    changed.display_name = "Ana Ruiz"
    assert scim.replace(changed).display_name == "Ana Ruiz"
    scim.modify(Group, group.id, replacing(Group, "members", []))
    assert not scim.query(Group, group.id).members

    scim.delete(Group, group.id)
    scim.delete(Person, ana.id)
    try:
        scim.query(Person, ana.id)
        raise AssertionError("the account is still there")
    except NotFoundException:
        pass


def replacing(model, path, value):
    """A PATCH of one attribute."""
    operation = PatchOperation[model](op=PatchOperation.Op.replace_, path=path, value=value)
    return PatchOp[model](operations=[operation])


main()
