"""httpx with pydantic models of the whole user, as our records have it.

That is what an SDK has to do, which does not know what will be read of a user.
"""

from datetime import datetime
from functools import partial
from typing import Any

import with_httpx
from pydantic import BaseModel, ConfigDict, Field

some_ids = with_httpx.some_ids


class Model(BaseModel):
    model_config = ConfigDict(extra="allow")


class Name(Model):
    formatted: str | None = None
    given_name: str | None = Field(None, alias="givenName")
    family_name: str | None = Field(None, alias="familyName")


class Value(Model):
    """An e-mail address, a telephone number or a group."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None
    display: str | None = None
    ref: str | None = Field(None, alias="$ref")


class Meta(Model):
    resource_type: str | None = Field(None, alias="resourceType")
    location: str | None = None
    created: datetime | None = None
    last_modified: datetime | None = Field(None, alias="lastModified")


class Manager(Model):
    value: str | None = None
    display_name: str | None = Field(None, alias="displayName")
    ref: str | None = Field(None, alias="$ref")


class Enterprise(Model):
    employee_number: str | None = Field(None, alias="employeeNumber")
    cost_center: str | None = Field(None, alias="costCenter")
    organization: str | None = None
    division: str | None = None
    department: str | None = None
    manager: Manager | None = None


class User(with_httpx.User):
    name: Name | None = None
    display_name: str | None = Field(None, alias="displayName")
    preferred_language: str | None = Field(None, alias="preferredLanguage")
    emails: list[Value] = Field([])
    phone_numbers: list[Value] = Field([], alias="phoneNumbers")
    groups: list[Value] = Field([])
    schemas: list[str] = Field([])
    meta: Meta | None = None
    enterprise: Enterprise | None = Field(
        None, alias="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    )
    custom: dict[str, Any] | None = Field(None, alias="urn:scim:schemas:extension:custom:2.0")


class Page(with_httpx.Page):
    resources: list[User] = Field(alias="Resources")


get = partial(with_httpx.get, model=User)
everybody = partial(with_httpx.everybody, model=Page)
