"""scim2-client on httpx2: it validates each answer by the models of scim2-models."""

import httpx2
import with_urllib3
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import EnterpriseUser, ResourceType, ScimProvider, SearchRequest, User
from work import PAGE, TENANT

Person = User[EnterpriseUser]
HTTP = httpx2.Client(base_url=TENANT["scim_url"], headers=with_urllib3.HEADERS, timeout=60)
PROVIDER = ScimProvider(
    models=[User, EnterpriseUser], resource_types=[ResourceType.from_resource(Person)]
)
SCIM = SyncSCIMClient(HTTP, provider=PROVIDER)

some_ids = with_urllib3.some_ids


def facts(user):
    return user.user_name, user.active, user.emails[0].value if user.emails else None


def get(user_id):
    return facts(SCIM.query(Person, user_id))


def everybody():
    count = 0
    while True:
        where = SearchRequest(start_index=count + 1, count=PAGE)
        page = SCIM.query(Person, query_parameters=where)
        count += sum(bool(facts(user)[0]) for user in page.resources or ())
        if count >= page.total_results or not page.resources:
            return count
