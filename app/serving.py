"""Serving the pages with granian, until somebody ends it."""

import ctypes
import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.connect import Addresses
from app.errors import SettingsError
from app.settings import Settings

APPLICATION = "app.web:application"
PR_SET_PDEATHSIG = 1
SECONDS_TO_FINISH = 10


def serve(
    settings: Settings, addresses: Addresses, say: Callable[[str], None], meanwhile: Callable[[], None]
) -> None:
    """Serve until Ctrl-C, SIGTERM or a closed terminal; says the address once the pages answer.

    `meanwhile` runs beside the workers, in a thread that ends with the server.

    Raises SettingsError where the address cannot be listened on.
    """
    address = address_to_listen_on(settings)
    # The workers read their settings from the environment, as they would under any other server.
    os.environ["DATABASE_URL"] = addresses.serving
    os.environ["OWNER_DATABASE_URL"] = addresses.owner
    os.register_at_fork(after_in_child=_end_with_the_parent)
    kept = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    server = Granian(
        APPLICATION,
        address=address,
        port=settings.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=settings.workers,
        blocking_threads=settings.threads + settings.downloads,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
    )

    def announce() -> None:
        # A closed terminal ends what was started in it, unless nohup said otherwise; granian would reload.
        signal.signal(signal.SIGHUP, signal.SIG_IGN if kept else server.signal_handler_interrupt)
        threading.Thread(target=_say_when_it_answers, args=(address, settings, say), daemon=True).start()
        threading.Thread(target=meanwhile, daemon=True).start()

    server.on_startup(announce)
    server.serve()


def address_to_listen_on(settings: Settings) -> str:
    """The numeric address of HOST, after trying that HOST and PORT can be listened on.

    Tried beforehand, because granian shares its port: two servers would take turns in answering.
    """
    host, port = settings.host, settings.port
    try:
        family, kind, _, _, name = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(name)
            probe.listen()
    except socket.gaierror as error:
        raise SettingsError(f"HOST {host!r} is no address of this machine: {error.strerror}.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"is taken by another program; end that, or choose another port: PORT={port % 65535 + 1}"
        else:
            reason = f"cannot be listened on ({error.strerror}); choose another HOST or PORT"
        raise SettingsError(f"Port {port} of {host} {reason}.") from None
    return str(name[0])


def end_on_sigterm() -> None:
    """Let SIGTERM end the process as Ctrl-C does, so that what was started is stopped."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def public_address(settings: Settings) -> str:
    """Where a person on this machine opens the pages."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return settings.base_url or f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _say_when_it_answers(address: str, settings: Settings, say: Callable[[str], None]) -> None:
    """A worker listens when it has loaded the application, a second or two after it began."""
    for _ in range(600):
        try:
            socket.create_connection((address, settings.port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            say(f"Cortile is at {public_address(settings)}/ (Ctrl-C ends it).")
            return


def _end_with_the_parent() -> None:
    """Let a worker end by its parent alone: told by it, or with it.

    Ctrl-C reaches every process of a terminal, and a granian worker that hears of its end twice, from the
    terminal and from its parent, may wait for ever. On Linux, a worker whose parent was killed outright ends
    too, instead of holding the port.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
