"""The application on a port of its own, in a thread of the test that asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from cheroot.wsgi import Server
from flask import Flask

THREADS = 8
SECONDS_KEPT = 300
"""Longer than any test: a connection that a browser keeps must not be closed under its next request."""


@contextmanager
def on_a_port(app: Flask, host: str = "127.0.0.1") -> Iterator[str]:
    """The address at which `app` answers for the length of the block."""
    server = Server((host, 0), app, numthreads=THREADS, timeout=SECONDS_KEPT, shutdown_timeout=5)
    server.prepare()
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join()
