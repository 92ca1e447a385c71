"""This SDK, as a user gets it: every default in force."""

from cyberark_identity import Client, ClientCredentials, StaticToken
from work import TENANT

AUTH = ClientCredentials(TENANT["app_id"], TENANT["client_id"], TENANT["client_secret"])
CLIENT = Client(TENANT["url"], auth=AUTH, ca_file=TENANT["ca_file"])


def some_ids(count):
    return [user.id for user in CLIENT.scim.users.query(count=count)]


def facts(user):
    return user.user_name, user.active, user.emails[0].value


def get(user_id):
    return facts(CLIENT.scim.users.get(user_id))


def platform(user_id):
    user = CLIENT.users.get(user_id)
    return user.name, user.state, user.mail


def handshake(user_id):
    token = StaticToken(TENANT["token"])
    with Client(TENANT["url"], auth=token, ca_file=TENANT["ca_file"]) as client:
        return facts(client.scim.users.get(user_id))


class opened:  # not by contextlib, whose import would count for the first call
    async def __aenter__(self):
        from cyberark_identity import AsyncClient  # a program without a loop does not import it

        client = self.client = AsyncClient(TENANT["url"], auth=AUTH, ca_file=TENANT["ca_file"])

        async def get(user_id):
            return facts(await client.scim.users.get(user_id))

        return get

    async def __aexit__(self, *_):
        await self.client.aclose()


def everybody():
    count = 0
    for user in CLIENT.scim.users.iter():
        emails = user.emails
        name, _, _ = user.user_name, user.active, emails and emails[0].value
        count += bool(name)
    return count


def dicts():
    return sum(bool(user.to_dict()) for user in CLIENT.scim.users.iter())


def arrow():
    import pyarrow

    return pyarrow.table(CLIENT.scim.users.iter().to_arrow()).num_rows


def polars():
    return len(CLIENT.scim.users.iter().to_polars())


def pandas():
    return len(CLIENT.scim.users.iter().to_pandas())


def parquet():
    from pathlib import Path
    from tempfile import TemporaryDirectory

    import pyarrow.parquet

    with TemporaryDirectory() as folder:
        path = Path(folder, "users.parquet")
        CLIENT.scim.users.iter().to_parquet(path)
        return pyarrow.parquet.ParquetFile(path).metadata.num_rows


def create(name):
    CLIENT.scim.users.create(user_name=name)
