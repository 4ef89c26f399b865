"""The cache in Redis: JSON text, waits that end, and locks that expire with a dead worker."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

from cachelib.serializers import RedisSerializer
from flask import Flask
from flask_caching import Cache
from flask_caching.backends.rediscache import RedisCache
from redis.backoff import NoBackoff
from redis.client import Redis
from redis.exceptions import LockError, RedisError
from redis.retry import Retry

from webapp.settings import without_password

__all__ = ["JsonRedisCache", "RedisKeeper", "connection_options"]

_PREFIX: Final = "ctcrimes:view:"
_LOCK_PREFIX: Final = "ctcrimes:lock:"
# Other versions of the data and the program leave on their own.
_KEPT: Final = 7 * 24 * 3600  # seconds
_LONGEST_LOCK: Final = 15.0  # seconds that a dead worker keeps others from a view, at most
_WAIT: Final = 0.25  # seconds for a connection, and for an answer
_TURN: Final = 0.02  # seconds between looks at a lock


class _JsonSerializer(RedisSerializer):
    """Text in and out; what is not JSON is as good as nothing."""

    def dumps(self, value: Any, *_: Any, **__: Any) -> bytes:  # noqa: ANN401 - inherited
        return json.dumps(value).encode()

    def loads(self, value: bytes | None) -> Any:  # noqa: ANN401 - inherited
        try:
            return None if value is None else json.loads(value)
        except ValueError:
            return None


class JsonRedisCache(RedisCache):
    """Flask-Caching's Redis cache, with JSON instead of pickles."""

    serializer = _JsonSerializer()


class RedisKeeper:
    """Text by key in a Redis that all workers of all machines share."""

    errors: tuple[type[Exception], ...] = (OSError, RedisError)

    def __init__(self, server: Flask, *, url: str) -> None:
        """Attach the cache to the server; nothing is asked of Redis yet."""
        self.where = without_password(url)
        self._cache = Cache(
            server,
            config={
                "CACHE_TYPE": f"{__name__}.{JsonRedisCache.__name__}",
                "CACHE_REDIS_URL": url,
                "CACHE_KEY_PREFIX": _PREFIX,
                "CACHE_DEFAULT_TIMEOUT": _KEPT,
                "CACHE_OPTIONS": connection_options(),
            },
        )
        self._client = Redis.from_url(url, **connection_options())

    def read(self, key: str) -> str | None:
        """What was written under the key; null where there is nothing.

        Raises:
            RedisError: Redis does not answer in time, or not with a value.
        """
        text = self._cache.get(_short(key))
        return text if isinstance(text, str) else None

    def write(self, key: str, text: str) -> None:
        """Keep the text for a week.

        Raises:
            RedisError: Redis does not answer in time, or has no room.
        """
        self._cache.set(_short(key), text)

    def acquire(self, key: str, *, patience: float) -> Callable[[], None] | None:
        """Wait for the key's lock, and return what lets go of it; null after ``patience`` seconds.

        Raises:
            RedisError: Redis does not answer in time, or does not take a lock.
        """
        lock = self._client.lock(
            f"{_LOCK_PREFIX}{_short(key)}", timeout=_LONGEST_LOCK, sleep=_TURN, thread_local=False
        )
        if not lock.acquire(blocking_timeout=patience):
            return None

        def release() -> None:
            with contextlib.suppress(LockError):  # it expired, and somebody else may have it
                lock.release()

        return release


def connection_options() -> dict[str, Any]:
    """How to connect: an answer that does not come costs a visitor half a second, not a minute.

    One more try is made at once, because a connection from before a restart of Redis is dead.
    """
    return {
        "socket_connect_timeout": _WAIT,
        "socket_timeout": _WAIT,
        "retry": Retry(NoBackoff(), 1),
    }


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
