"""pycurl with orjson: the fastest peer that waits for its answers."""

from base64 import b64encode
from io import BytesIO

import orjson
import pycurl
from work import TENANT, checked, facts, unwrapped

CURL = pycurl.Curl()
if TENANT["ca_file"]:
    CURL.setopt(pycurl.CAINFO, TENANT["ca_file"])


def perform(url, headers, form=None):
    body = BytesIO()
    CURL.setopt(pycurl.URL, url)
    CURL.setopt(pycurl.HTTPHEADER, headers)
    CURL.setopt(pycurl.WRITEDATA, body)
    if form is None:
        CURL.setopt(pycurl.HTTPGET, 1)
    else:
        CURL.setopt(pycurl.POSTFIELDS, form)
    CURL.perform()
    return CURL.getinfo(pycurl.RESPONSE_CODE), orjson.loads(body.getvalue())


def sign_in():
    pair = b64encode(f"{TENANT['client_id']}:{TENANT['client_secret']}".encode()).decode()
    url = f"{TENANT['url']}/oauth2/token/{TENANT['app_id']}"
    _, answer = perform(url, [f"Authorization: Basic {pair}"], "grant_type=client_credentials")
    return [f"Authorization: Bearer {answer['access_token']}"]


HEADERS = sign_in()


def read(path):
    return checked(*perform(f"{TENANT['scim_url']}/{path}", HEADERS))


def some_ids(count):
    return [user["id"] for user in read(f"Users?count={count}")["Resources"]]


def get(user_id):
    return facts(read(f"Users/{user_id}"))


def platform(user_id):
    url = f"{TENANT['url']}/CDirectoryService/GetUser"
    headers = [*HEADERS, "Content-Type: application/json"]
    return unwrapped(*perform(url, headers, orjson.dumps({"ID": user_id})))
