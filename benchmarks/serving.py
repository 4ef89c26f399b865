"""What every benchmark that starts a server needs."""

import socket
import time
from urllib.error import URLError
from urllib.request import urlopen

HOST = "127.0.0.1"


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, *, patience: float) -> None:
    """Until the server answers; the last error is raised after as many seconds."""
    end = time.monotonic() + patience
    while True:
        try:
            with urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
