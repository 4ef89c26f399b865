"""What keeps two threads of a worker from the same work, and lets them do different work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["KeyLocks"]


class KeyLocks:
    """One lock a key between the threads of a worker, for as long as somebody wants it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._wanted: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Wait until no other thread holds the key, and hold it."""
        with self._guard:
            lock, count = self._wanted.get(key, (threading.Lock(), 0))
            self._wanted[key] = (lock, count + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, count = self._wanted.pop(key)
                if count > 1:
                    self._wanted[key] = (lock, count - 1)
