"""A SOCKS 5 proxy (RFC 1928) that asks for a user and a password (RFC 1929)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

USER, PASSWORD = b"me", b"hunter2"


@contextmanager
def socks_proxy() -> Iterator[tuple[str, list[str]]]:
    """Host and port of a proxy, and where clients that it knows wanted to go."""
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
                back = Thread(target=copy, args=(server, self.connection))
                back.start()
                copy(self.connection, server)
                back.join()

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", targets
        finally:
            server.shutdown()
            thread.join()


def copy(source: socket.socket, sink: socket.socket) -> None:
    """Until one of them closes; then the other is closed for this direction, too."""
    try:
        while block := source.recv(65536):
            sink.sendall(block)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
