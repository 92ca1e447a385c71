"""httpx with pydantic models of what is read, and nothing more."""

import httpx
from pydantic import BaseModel, ConfigDict, Field
from work import PAGE, TENANT

HTTP = httpx.Client(verify=TENANT["ca_file"] or True, timeout=60)


class Email(BaseModel):
    model_config = ConfigDict(extra="allow")
    value: str | None = None


class User(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: str
    user_name: str = Field(alias="userName")
    active: bool | None = None
    emails: list[Email] = []


class Page(BaseModel):
    total: int = Field(alias="totalResults")
    resources: list[User] = Field(alias="Resources")


def sign_in():
    answer = HTTP.post(
        f"{TENANT['url']}/oauth2/token/{TENANT['app_id']}",
        data={"grant_type": "client_credentials"},
        auth=(TENANT["client_id"], TENANT["client_secret"]),
    )
    answer.raise_for_status()
    HTTP.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


sign_in()


def read(path):
    answer = HTTP.get(f"{TENANT['scim_url']}/{path}")
    if answer.status_code != 200:
        raise RuntimeError(answer.text)
    return answer.content


def some_ids(count):
    return [user.id for user in Page.model_validate_json(read(f"Users?count={count}")).resources]


def facts(user):
    return user.user_name, user.active, user.emails[0].value if user.emails else None


def get(user_id, model=User):
    return facts(model.model_validate_json(read(f"Users/{user_id}")))


def everybody(model=Page):
    count = 0
    while True:
        content = read(f"Users?startIndex={count + 1}&count={PAGE}")
        page = model.model_validate_json(content)
        count += sum(bool(facts(user)[0]) for user in page.resources)
        if count >= page.total or not page.resources:
            return count
