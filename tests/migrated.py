"""A database that was migrated once, of which those of test runs are copies: to migrate each of them takes seconds."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).parents[1]
PREFIX = "migrated_"
DRAFT = "migrating"  # under this name until it is whole: who is killed leaves nothing that anybody would copy


@contextmanager
def template(folder: Path) -> Iterator[None]:
    """What Django makes inside is a copy; of another database once the migrations are others. One run at a time."""
    with (folder / "migrated.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        name = PREFIX + _digest()
        if name not in _known():
            _make(name)
        connection.settings_dict["TEST"]["TEMPLATE"] = name
        yield


def _digest() -> str:
    """Of all that decides what there is once everything is migrated, whoever's migrations they are."""
    files = [ROOT / "requirements.txt", *sorted(ROOT.glob("*/migrations/*.py"))]
    told = hashlib.sha256(Path(__file__).read_bytes())
    for path in files:
        told.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return told.hexdigest()[:16]


def _known() -> list[str]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        return [name for (name,) in cursor.fetchall()]


def _make(name: str) -> None:
    known, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    own, test["NAME"], test["TEMPLATE"] = test["NAME"], DRAFT, None
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    # Each copy gets anew what follows migrating: topics, roles, the keys of its own run.
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    connection.close()
    connection.settings_dict["NAME"], test["NAME"] = known, own
    with connection._nodb_cursor() as cursor:
        for old in _known():
            cursor.execute(f'DROP DATABASE "{old}"')
        cursor.execute(f'ALTER DATABASE "{DRAFT}" RENAME TO "{name}"')
