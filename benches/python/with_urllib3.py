"""urllib3 with orjson."""

import columns
import orjson
import urllib3
from work import PAGE, TENANT, checked, facts, unwrapped

POOL = urllib3.PoolManager(ca_certs=TENANT["ca_file"])


def sign_in():
    answer = POOL.request(
        "POST",
        f"{TENANT['url']}/oauth2/token/{TENANT['app_id']}",
        fields={"grant_type": "client_credentials"},
        encode_multipart=False,
        headers=urllib3.make_headers(basic_auth=f"{TENANT['client_id']}:{TENANT['client_secret']}"),
    )
    return {"Authorization": f"Bearer {orjson.loads(answer.data)['access_token']}"}


HEADERS = sign_in()


def read(path):
    answer = POOL.request("GET", f"{TENANT['scim_url']}/{path}", headers=HEADERS)
    return checked(answer.status, orjson.loads(answer.data))


def some_ids(count):
    return [user["id"] for user in read(f"Users?count={count}")["Resources"]]


def get(user_id):
    return facts(read(f"Users/{user_id}"))


def post(url, body, headers):
    headers = {**headers, "Content-Type": "application/json"}
    return POOL.request("POST", url, headers=headers, body=orjson.dumps(body))


def platform(user_id):
    answer = post(f"{TENANT['url']}/CDirectoryService/GetUser", {"ID": user_id}, HEADERS)
    return unwrapped(answer.status, orjson.loads(answer.data))


def create(name):
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}
    answer = post(f"{TENANT['scim_url']}/Users", body, HEADERS)
    if answer.status != 201:
        raise RuntimeError(answer.data)
    orjson.loads(answer.data)


def handshake(user_id):
    with urllib3.PoolManager(ca_certs=TENANT["ca_file"]) as pool:
        headers = {"Authorization": f"Bearer {TENANT['token']}"}
        answer = pool.request("GET", f"{TENANT['scim_url']}/Users/{user_id}", headers=headers)
        return facts(checked(answer.status, orjson.loads(answer.data)))


def pages():
    start = 1
    while True:
        page = read(f"Users?startIndex={start}&count={PAGE}")
        yield page["Resources"]
        start += len(page["Resources"])
        if start > page["totalResults"] or not page["Resources"]:
            return


def everybody():
    return sum(bool(facts(user)[0]) for page in pages() for user in page)


def dicts():
    return sum(bool(user) for page in pages() for user in page)


def arrow():
    import pyarrow

    schema = columns.of_pyarrow()
    tables = [pyarrow.Table.from_pylist(page, schema=schema) for page in pages()]
    return pyarrow.concat_tables(tables).num_rows


def polars():
    import polars

    schema = columns.of_polars()
    frames = [polars.DataFrame(page, schema=schema) for page in pages()]
    return len(polars.concat(frames))


def pandas():
    import pandas

    frames = [pandas.DataFrame(page) for page in pages()]
    return len(pandas.concat(frames, ignore_index=True))
