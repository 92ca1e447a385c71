"""The rows of the benchmark: what is compared, how much of it, and the goals."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Variant:
    """A client and what it does: a module of `python/` or `node/`, or the raw loop."""

    name: str
    language: str
    client: str
    work: str


@dataclass(frozen=True)
class Row:
    """Variants that do the same work; the first is ours."""

    name: str
    unit: str
    count: int
    variants: tuple[Variant, ...]
    goals: dict[str, float] = field(default_factory=dict)
    """Name of a peer: how many times as much as ours it should take, at least."""
    measure: str = "cpu"
    users: int = 2_000
    faults: str | None = None
    pinned: bool = True
    tls: bool = False


def python(work: str, *clients: tuple[str, str]) -> tuple[Variant, ...]:
    return tuple(Variant(name, "python", client, work) for name, client in clients)


def node(work: str, *clients: tuple[str, str]) -> tuple[Variant, ...]:
    return tuple(Variant(name, "node", client, work) for name, client in clients)


OURS = ("ours", "ours")
REQUESTS = ("requests", "with_requests")
HTTPX = ("httpx+pydantic", "with_httpx")
HTTPX_WHOLE = ("httpx+pydantic, whole user", "with_httpx_whole")
URLLIB3 = ("urllib3+orjson", "with_urllib3")
PYCURL = ("pycurl+orjson", "with_pycurl")
SCIM2 = ("scim2-client", "with_scim2")
AIOHTTP = ("aiohttp+orjson", "with_aiohttp")
NODE = (OURS, ("undici", "undici"), ("fetch", "fetch"), ("axios", "axios"))
LATE = '{"match": {"method": "GET", "path": "/scim/Users"}, "action": {"delay_ms": 20}}'

ROWS = (
    Row(
        "Python, one GET after the other",
        "call",
        4_000,
        (
            *python("get", OURS, REQUESTS, HTTPX, HTTPX_WHOLE, URLLIB3, PYCURL, SCIM2),
            Variant("raw Rust", "raw", "raw", "get"),
        ),
        {"requests": 8, "httpx+pydantic": 7.5, "urllib3+orjson": 4.5, "pycurl+orjson": 1.15},
    ),
    Row(
        "Python, platform call (POST, envelope)",
        "call",
        4_000,
        python("platform", OURS, REQUESTS, URLLIB3, PYCURL),
    ),
    Row(
        "Python, one GET after the other over TLS",
        "call",
        4_000,
        python("get", OURS, REQUESTS, HTTPX, URLLIB3, PYCURL),
        tls=True,
    ),
    Row(
        "Python, a new client for each GET over TLS",
        "call",
        100,
        python("handshake", OURS, REQUESTS, URLLIB3),
        tls=True,
    ),
    Row(
        "Python, create 10,000 users",
        "call",
        10_000,
        python("create", OURS, REQUESTS, URLLIB3),
    ),
    Row(
        "asyncio, 64 in flight",
        "call",
        20_000,
        (*python("at_once", OURS, AIOHTTP), Variant("raw Rust", "raw", "raw", "at_once")),
        {"aiohttp+orjson": 4, "raw Rust": 0.5},
    ),
    Row(
        "asyncio on uvloop, 64 in flight",
        "call",
        20_000,
        python("at_once_uvloop", OURS, AIOHTTP),
        {"aiohttp+orjson": 3},
    ),
    Row(
        "Python, list of 100,000, three attributes",
        "user",
        100_000,
        python("list", OURS, HTTPX, HTTPX_WHOLE, URLLIB3, AIOHTTP),
        {"httpx+pydantic": 25, "aiohttp+orjson": 7},
        users=100_000,
    ),
    Row(
        "Python, list of 100,000 as dicts",
        "user",
        100_000,
        python("dicts", OURS, URLLIB3),
        {"urllib3+orjson": 0.95},
        users=100_000,
    ),
    Row(
        "Python, list of 100,000 to Arrow",
        "user",
        100_000,
        python("arrow", OURS, URLLIB3),
        {"urllib3+orjson": 4},
        users=100_000,
    ),
    Row(
        "Python, list of 100,000 to polars",
        "user",
        100_000,
        python("polars", OURS, URLLIB3),
        {"urllib3+orjson": 5},
        users=100_000,
    ),
    Row(
        "Python, list of 100,000 to pandas",
        "user",
        100_000,
        python("pandas", OURS, URLLIB3),
        users=100_000,
    ),
    Row(
        "Python, list of 100,000, answers 20 ms late (elapsed time)",
        "user",
        100_000,
        python("list", OURS, URLLIB3, AIOHTTP),
        {"urllib3+orjson": 4, "aiohttp+orjson": 4},
        measure="wall",
        users=100_000,
        faults=LATE,
    ),
    Row(
        "Node, 64 in flight",
        "call",
        20_000,
        node("at_once", *NODE),
        {"undici": 1.4, "fetch": 13, "axios": 15},
    ),
    Row("Node, one GET after the other", "call", 4_000, node("get", *NODE), {"undici": 1}),
    Row(
        "Node, list of 100,000",
        "user",
        100_000,
        node("list", *NODE),
        {"undici": 1.4, "fetch": 1.8, "axios": 2},
        users=100_000,
    ),
    Row(
        "Python, import and first call (whole process less one without a client)",
        "process",
        10,
        python("first_call", OURS, REQUESTS, ("ark-sdk-python, import only", "with_ark")),
        {"requests": 15, "ark-sdk-python, import only": 40},
    ),
    Row(
        "Python, 32 threads on one client, not pinned (elapsed time of one thread ÷ 32 threads)",
        "call",
        16_000,
        (
            Variant("32 threads", "python", "ours", "threads:32"),
            Variant("1 thread", "python", "ours", "threads:1"),
            Variant("8 threads", "python", "ours", "threads:8"),
        ),
        {"1 thread": 1.6},
        measure="wall",
        pinned=False,
    ),
)

GROWTH = (1_000, 10_000, 100_000, 1_000_000)
"""Users of the tenants that a whole list is read from, to see whether the cost of a user grows."""
