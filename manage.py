#!/usr/bin/env python
"""Django's commands, with the embedded database running for those that need one."""

import os
import signal
import sys
from types import FrameType

WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "spectacular",
    "startapp",
    "version",
}


def needs_database(words: list[str]) -> bool:
    """Whether `manage.py <words>` works with rows: everything but asking for help and a few commands on files."""
    if not words or words[0].startswith("-") or {"-h", "--help"} & set(words[1:]):
        return False
    return words[0] not in WITHOUT_DATABASE or "--database" in words


def leave(number: int, frame: FrameType | None) -> None:
    """Leave by the front door: by default a signal skips `atexit`, and the embedded database would be left behind."""
    raise SystemExit(128 + number)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, leave)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # but keep what `nohup` set
        signal.signal(signal.SIGHUP, leave)
    try:
        from django.core.management import execute_from_command_line

        from config import database
        from config.embedded_pg import NoDatabaseError
    except ImportError as error:
        sys.exit(f"{error}: run `make run` once, then use `.venv/bin/python manage.py`.")
    if needs_database(sys.argv[1:]):
        try:
            database.ready()
        except NoDatabaseError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(2)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
