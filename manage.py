#!/usr/bin/env python
"""Django's commands, with the embedded database running for those that need one."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "evaluate_replies",
    "findstatic",
    "help",
    "makemessages",
    "spectacular",
    "startapp",
    "version",
}
ON_TABLES = {"train_ranker", "evaluate_ranker"}  # with --table they look at a file and nothing else


def needs_database(words: list[str]) -> bool:
    """Whether `manage.py <words>` works with rows: everything but asking for help and a few commands on files."""
    if not words or words[0].startswith("-") or {"-h", "--help"} & set(words[1:]):
        return False
    if words[0] in ON_TABLES and any(word.partition("=")[0] == "--table" for word in words):
        return False
    return words[0] not in WITHOUT_DATABASE or "--database" in words


def refuse(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    sys.exit(2)


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
    except ModuleNotFoundError:
        refuse("Django is not installed here: run `make run` once, then use `.venv/bin/python manage.py`.")
    from config import database
    from config.embedded_pg import NoDatabaseError

    state = Path(os.environ.get("APP_STATE_DIR") or Path(__file__).with_name(".state"))
    if state.exists() and not os.access(state, os.R_OK | os.W_OK | os.X_OK):
        refuse(f"{state} belongs to somebody else: run as its owner, or set APP_STATE_DIR to a folder of your own.")
    if needs_database(sys.argv[1:]):
        try:
            database.ready()
        except NoDatabaseError as error:
            refuse(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
