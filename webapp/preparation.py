"""What happens before the first worker starts where datasets lie in object storage.

A process of its own, for gunicorn's must stay without threads: it copies everything once, so that
workers find it on disk, and says in words where there is nothing to start with.
"""

import logging
import sys

from core.errors import SettingsError
from webapp.logs import start_logging
from webapp.mirror import Mirror
from webapp.settings import read_settings

__all__ = ["prepare"]

_LOG = logging.getLogger("ctcrimes")


def prepare() -> None:
    """Bring the copies up to date; ends the process where there is nothing to show.

    Raises:
        SystemExit: Object storage gives nothing and there is no copy of before, or the folder of
            copies is another user's.
    """
    settings = read_settings()
    start_logging(settings.log_level)
    try:
        mirror = Mirror(settings)
    except SettingsError as error:
        sys.exit(str(error))
    fault = mirror.bring()
    if fault and not mirror.has_copy:
        sys.exit(f"nothing to show: {fault}")
    if fault:
        _LOG.error("object storage: the copies that are here go on: %s", fault)


if __name__ == "__main__":
    prepare()
