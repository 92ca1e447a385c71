"""Files as arguments, in every form that Python has for one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from cyberark_identity import Client, InvalidArgumentError
from cyberark_identity.emulator import Emulator

CSV = "Login Name,Display Name,Email Address\nana@acme.example,Ana Ruiz,ana@mail.example\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


class Named(io.BytesIO):
    name = "/srv/people.csv"


FORMS: dict[str, Any] = {
    "bytes": lambda path: path.read_bytes(),
    "bytearray": lambda path: bytearray(path.read_bytes()),
    "memoryview": lambda path: memoryview(path.read_bytes()),
    "path": lambda path: path,
    "open file": lambda path: Named(path.read_bytes()),
    "mapping with a path": lambda path: {"path": path},
    "mapping with text": lambda path: {"content": CSV, "name": "people.csv"},
    "mapping with bytes": lambda path: {"content": CSV.encode(), "type": "text/csv"},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("how", ["method", "call"])
def test_a_csv_file(tenant: Emulator, client: Client, file: Path, form: str, how: str) -> None:
    given = FORMS[form](file)
    if how == "method":
        upload = client.onboarding.upload_csv(file=given)
    else:
        upload = client.call("onboarding.upload_csv", {"file": given})
    assert upload.to_dict(wire=True)
    request = tenant.requests()[-1]
    assert request["headers"]["content-type"].startswith("multipart/form-data")
    assert request["status"] == 200


@pytest.mark.parametrize("form", ["bytes", "path", "open file"])
def test_a_file_arrives_whole_after_an_attempt_that_failed(
    tenant: Emulator, client: Client, file: Path, form: str
) -> None:
    busy = {"match": {"prefix": "/CDirectoryService", "times": 1}, "action": {"status": 503}}
    tenant.add_faults(busy)
    uploaded = client.onboarding.upload_csv(file=FORMS[form](file))
    assert uploaded.full_count == 1
    uploads = [one["status"] for one in tenant.requests() if "/oauth2/" not in one["path"].lower()]
    assert uploads == [503, 200]


def test_a_picture_comes_back(client: Client) -> None:
    user = client.users.get_by_name("admin@acme.example")
    assert user.uuid is not None
    assert client.users.set_picture(user.uuid, PNG).startswith("/")


@pytest.mark.parametrize(
    "given", ["people.csv", 7, io.StringIO(CSV), {"name": "x"}, {"contents": b""}, {"path": 7}]
)
def test_what_is_no_file_is_refused(tenant: Emulator, client: Client, given: Any) -> None:
    with pytest.raises(InvalidArgumentError) as raised:
        client.onboarding.upload_csv(file=given)
    assert (raised.value.field or "").startswith("file")
    assert tenant.requests() == []


def test_a_file_that_is_not_there(client: Client, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match=r"nowhere\.csv"):
        client.onboarding.upload_csv(file=tmp_path / "nowhere.csv")
