"""aiohttp with orjson: the fastest peer for asyncio."""

import ssl
from contextlib import asynccontextmanager

import aiohttp
import orjson
import with_urllib3
from work import IN_FLIGHT, PAGE, TENANT, checked, facts

some_ids = with_urllib3.some_ids


@asynccontextmanager
async def session():
    context = ssl.create_default_context(cafile=TENANT["ca_file"]) if TENANT["ca_file"] else None
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT, ssl=context or True)
    async with aiohttp.ClientSession(connector=connector) as session:
        answer = await session.post(
            f"{TENANT['url']}/oauth2/token/{TENANT['app_id']}",
            data={"grant_type": "client_credentials"},
            auth=aiohttp.BasicAuth(TENANT["client_id"], TENANT["client_secret"]),
        )
        token = (await answer.json())["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        yield session


async def read(session, path):
    async with session.get(f"{TENANT['scim_url']}/{path}") as answer:
        return checked(answer.status, orjson.loads(await answer.read()))


@asynccontextmanager
async def opened():
    async with session() as open_session:

        async def get(user_id):
            return facts(await read(open_session, f"Users/{user_id}"))

        yield get


async def everybody():
    async with session() as open_session:
        count = 0
        while True:
            page = await read(open_session, f"Users?startIndex={count + 1}&count={PAGE}")
            count += sum(bool(facts(user)[0]) for user in page["Resources"])
            if count >= page["totalResults"] or not page["Resources"]:
                return count
