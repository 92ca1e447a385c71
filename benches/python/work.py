"""What every Python client does, and how it is measured. Each client is a module beside this one.

    python work.py CLIENT WORK COUNT

BENCH_TENANT is the JSON line of the tenant. Prints one line of JSON: processor time (user and
system) and elapsed time of the work in seconds, without start and sign-in, and the peak of the
resident memory in MiB.
"""

import importlib
import json
import os
import resource
import sys
import threading
import time

TENANT = json.loads(os.environ["BENCH_TENANT"])
IN_FLIGHT = 64
PAGE = 1000
PACKAGES = {
    "arrow": ("pyarrow", "pandas"),
    "pandas": ("pandas", "pyarrow"),
    "parquet": ("pyarrow.parquet",),
    "polars": ("polars",),
}
"""What makes the tables, imported before time is taken."""


def facts(user):
    """What is read of a user, by clients that get dicts."""
    emails = user.get("emails")
    return user["userName"], user.get("active"), emails[0]["value"] if emails else None


def checked(status, body):
    """The outcome, by clients that have to look for themselves."""
    if status != 200 or "Error" in body.get("schemas", [""])[0]:
        raise RuntimeError(f"{status}: {body}")
    return body


def unwrapped(status, body):
    """The result of a platform call and what is read of it, by clients that have to look."""
    if status != 200 or body.get("success") is not True:
        raise RuntimeError(f"{status}: {body}")
    user = body["Result"]
    return user["Name"], user.get("State"), user.get("Mail")


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def timed(work):
    """Runs the work, which says how many units it did, and prints what that took."""
    cpu, wall = processor_time(), time.perf_counter()
    units = work()
    cpu, wall = processor_time() - cpu, time.perf_counter() - wall
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": cpu, "wall": wall, "units": units, "rss": rss}))
    return units


def measured(work, count):
    """Runs the work once to warm up, with a tenth of the count, and once to measure it."""
    work(max(1, count // 10))

    def whole():
        work(count)
        return count

    timed(whole)


def one_after_the_other(client, read, count):
    known = client.some_ids(50)

    def work(count):
        for number in range(count):
            name, _, email = read(known[number % len(known)])
            if not name or not email:
                raise RuntimeError("an empty user")

    measured(work, count)


def at_once(client, count, runner):
    import asyncio

    known = client.some_ids(50)

    async def work(count):
        async with client.opened() as get:
            numbers = iter(range(count))

            async def lane():
                for number in numbers:
                    name, _, email = await get(known[number % len(known)])
                    if not name or not email:
                        raise RuntimeError("an empty user")

            await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))

    measured(lambda count: runner(work(count)), count)


def in_threads(client, count, threads):
    known = client.some_ids(50)

    def lane(count):
        for number in range(count):
            client.get(known[number % len(known)])

    def work(count):
        lanes = [threading.Thread(target=lane, args=(count // threads,)) for _ in range(threads)]
        for one in lanes:
            one.start()
        for one in lanes:
            one.join()

    measured(work, count)


def everybody(client, count, runner):
    def work():
        read = client.everybody()
        return read if isinstance(read, int) else runner(read)

    client.some_ids(1)  # signs in; a list is its own warm-up
    all_of(count, timed(work))


def table(client, count, kind):
    client.some_ids(1)  # signs in
    for package in PACKAGES.get(kind, ()):
        importlib.import_module(package)
    all_of(count, timed(getattr(client, kind)))


def all_of(count, read):
    if read != count:
        raise RuntimeError(f"{read} of {count} users")


def create(client, count):
    def work(count):
        begun = time.monotonic_ns()
        for number in range(count):
            client.create(f"bench-{begun}-{number}@acme.example")

    measured(work, count)


def runner_of(work):
    if not work.startswith(("at_once", "list")):
        return work, None
    if not work.endswith("_uvloop"):
        import asyncio

        return work, asyncio.run
    import uvloop

    return work.removesuffix("_uvloop"), uvloop.run


def main(client_name, work, count):
    client = importlib.import_module(client_name)
    work, runner = runner_of(work)
    kind, _, detail = work.partition(":")
    if kind == "first_call":  # measured from outside, as a whole process
        name, _, email = client.get(client.some_ids(1)[0])
        print(json.dumps({"units": 1, "read": bool(name and email)}))
    elif kind in ("get", "platform", "handshake"):
        one_after_the_other(client, getattr(client, kind), count)
    elif kind == "at_once":
        at_once(client, count, runner)
    elif kind == "threads":
        in_threads(client, count, int(detail))
    elif kind == "list":
        everybody(client, count, runner)
    elif kind == "repeated":
        for _ in range(count):
            getattr(client, detail)()
    elif kind == "create":
        create(client, count)
    else:
        table(client, count, kind)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
