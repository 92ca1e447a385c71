"""Proxies that tests put between a client and a tenant, and that remember where they were sent."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import urlsplit

from support import QuietHandler, in_a_thread

LOOPBACK = ("127.0.0.1", 0)
USER, PASSWORD = b"me", b"hunter2"


class Server(ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def socks_proxy() -> Iterator[tuple[str, list[str]]]:
    """Host and port of a SOCKS 5 proxy (RFC 1928) that asks for a user and a password (RFC 1929),
    and where clients that it knows wanted to go.
    """
    targets: list[str] = []

    class Handler(StreamRequestHandler):
        def text(self) -> bytes:
            return self.rfile.read(self.rfile.read(1)[0])

        def handle(self) -> None:
            self.rfile.read(1)
            self.text()  # the ways in which the client could sign in
            self.wfile.write(b"\x05\x02")
            self.rfile.read(1)
            known = (self.text(), self.text()) == (USER, PASSWORD)
            self.wfile.write(b"\x01" + bytes([not known]))
            if known:
                self.connect()

        def connect(self) -> None:
            kind = self.rfile.read(4)[3]
            name = socket.inet_ntoa(self.rfile.read(4)) if kind == 1 else self.text().decode()
            (port,) = struct.unpack("!H", self.rfile.read(2))
            targets.append(f"{name}:{port}")
            with socket.create_connection((name, port)) as server:
                self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
                join(self.connection, server)

    with in_a_thread(Server(LOOPBACK, Handler)) as address:
        yield address, targets


@contextmanager
def closed_proxy(status: int = 502) -> Iterator[tuple[str, list[str]]]:
    """The URL of an HTTP proxy that lets nobody through, and where its clients wanted to go."""
    targets: list[str] = []

    class Handler(QuietHandler):
        def do_CONNECT(self) -> None:
            targets.append(self.path)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_error(status)

        do_POST = do_CONNECT

    with in_a_thread(ThreadingHTTPServer(LOOPBACK, Handler)) as address:
        yield f"http://{address}", targets


@contextmanager
def proxy_of_any_name(tenant_url: str) -> Iterator[tuple[str, list[str]]]:
    """The URL of an HTTP proxy that takes every name for the tenant's, and what its clients asked
    for, of each connection the first request.
    """
    targets: list[str] = []

    class Handler(StreamRequestHandler):
        rbufsize = 0  # what follows the head is not for this

        def handle(self) -> None:
            head = b"".join(iter(self.rfile.readline, b"\r\n")) + b"\r\n"
            targets.append(head.split()[1].decode())
            tenant = urlsplit(tenant_url)
            with socket.create_connection((tenant.hostname, tenant.port or 80)) as server:
                server.sendall(head)
                join(self.connection, server)

    with in_a_thread(Server(LOOPBACK, Handler)) as address:
        yield f"http://{address}", targets


def join(client: socket.socket, server: socket.socket) -> None:
    """Until both have closed."""
    back = Thread(target=copy, args=(server, client))
    back.start()
    copy(client, server)
    back.join()


def copy(source: socket.socket, sink: socket.socket) -> None:
    """Until one of them closes; then the other is closed for this direction, too."""
    try:
        while block := source.recv(65536):
            sink.sendall(block)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
