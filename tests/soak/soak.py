"""Many calls from Python, synchronous and asynchronous, with cancellations mixed in, while memory
and open files are watched. Part of `make soak`.

    soak.py PROGRAM [CALLS]

PROGRAM is the emulator's, which runs beside this one so that its memory does not count.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from cyberark_identity import AsyncClient, Client, ClientCredentials

PARTS = 10
AT_ONCE = 64
CANCELLED = 50
"""One asynchronous call in so many is cancelled in the middle."""
SLACK_MIB = 8.0
"""How much the resident set may grow after the first part."""


def usage() -> tuple[float, int]:
    """Resident memory in MiB, and open files. Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20, len(os.listdir("/proc/self/fd"))


def watch(name: str, calls: int, run: Callable[[int], int]) -> None:
    """Runs all calls part by part, and ends the program when something grows."""
    print(f"{name:13}{'calls':>9}{'cancelled':>11}{'RSS MiB':>10}{'open files':>12}")
    cancelled = 0
    run(calls // PARTS)
    warm_rss, warm_files = usage()
    for part in range(1, PARTS + 1):
        cancelled += run(calls // PARTS)
        rss, files = usage()
        print(f"{'':13}{part * (calls // PARTS):9}{cancelled:11}{rss:10.1f}{files:12}")
        if rss > warm_rss + SLACK_MIB or files > warm_files + AT_ONCE:
            sys.exit("soak: memory or open files grow")


def synchronous(client: Client, calls: int) -> int:
    for number in range(calls):
        if number % 2:
            assert client.users.get_by_name("admin@acme.example").uuid
        else:
            assert client.scim.users.query()[0].id
    return 0


async def asynchronous(client: AsyncClient, calls: int) -> int:
    room = asyncio.Semaphore(AT_ONCE)
    cancelled = 0

    async def one(number: int) -> None:
        nonlocal cancelled
        async with room:
            call = asyncio.ensure_future(client.users.get_by_name("admin@acme.example"))
            if number % CANCELLED == 0:
                await asyncio.sleep(0)
                call.cancel()
            try:
                assert (await call).uuid
            except asyncio.CancelledError:
                cancelled += 1

    for start in range(0, calls, 1000):
        await asyncio.gather(*(one(number) for number in range(start, min(start + 1000, calls))))
    return cancelled


def main(program: str, calls: int) -> None:
    command = [program, "--seed-users", "10"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as tenant:
        assert tenant.stdin
        assert tenant.stdout
        told = json.loads(tenant.stdout.readline())
        auth = ClientCredentials(told["app_id"], told["client_id"], told["client_secret"])
        with Client(told["url"], auth=auth) as client:
            watch("Python sync", calls, lambda part: synchronous(client, part))
        async_client = AsyncClient(told["url"], auth=auth)
        watch("Python async", calls, lambda part: asyncio.run(asynchronous(async_client, part)))
        asyncio.run(async_client.aclose())
        tenant.stdin.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200_000)
