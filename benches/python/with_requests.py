"""requests, as scripts use it."""

import requests
from work import TENANT, checked, facts, unwrapped

SESSION = requests.Session()
SESSION.verify = TENANT["ca_file"] or True


def sign_in():
    answer = SESSION.post(
        f"{TENANT['url']}/oauth2/token/{TENANT['app_id']}",
        data={"grant_type": "client_credentials"},
        auth=(TENANT["client_id"], TENANT["client_secret"]),
    )
    answer.raise_for_status()
    SESSION.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


sign_in()


def read(path):
    answer = SESSION.get(f"{TENANT['scim_url']}/{path}", timeout=60)
    return checked(answer.status_code, answer.json())


def some_ids(count):
    return [user["id"] for user in read(f"Users?count={count}")["Resources"]]


def get(user_id):
    return facts(read(f"Users/{user_id}"))


def platform(user_id):
    url = f"{TENANT['url']}/CDirectoryService/GetUser"
    answer = SESSION.post(url, json={"ID": user_id}, timeout=60)
    return unwrapped(answer.status_code, answer.json())


def handshake(user_id):
    with requests.Session() as session:
        session.verify = TENANT["ca_file"]
        session.headers["Authorization"] = f"Bearer {TENANT['token']}"
        answer = session.get(f"{TENANT['scim_url']}/Users/{user_id}", timeout=60)
        return facts(checked(answer.status_code, answer.json()))


def create(name):
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}
    answer = SESSION.post(f"{TENANT['scim_url']}/Users", json=body, timeout=60)
    if answer.status_code != 201:
        raise RuntimeError(answer.text)
    answer.json()
