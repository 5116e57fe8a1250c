"""A database of its own for a measurement: the cluster that tests use, one database made and dropped."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sealed import seal


@contextmanager
def database() -> Iterator[None]:
    """Django set up on an empty, migrated database."""
    seal()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    from config.embedded_pg import EmbeddedPostgres

    cluster = EmbeddedPostgres(Path(os.environ["TEST_CLUSTER"]), fast=True).ensure()
    connection.settings_dict |= cluster.dsn | {"NAME": f"{os.environ['TEST_DATABASE']}_bench"}
    setup_test_environment()
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()
        connection.close()
        cluster.release()


@contextmanager
def copies(number: int) -> Iterator[list[str]]:
    """The names of so many databases that are what this one is now, for `use`."""
    from django.db import connection

    own = connection.settings_dict["NAME"]
    names = [f"{own}_{place}" for place in range(number)]
    connection.close()
    with connection._nodb_cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{own}"')
    try:
        yield names
    finally:
        use(own)
        with connection._nodb_cursor() as cursor:
            for name in names:
                cursor.execute(f'DROP DATABASE "{name}"')


def use(name: str) -> None:
    """Work with this database from now on."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def rows_asked(default: int) -> int:
    return int(sys.argv[1]) if len(sys.argv) > 1 else default
