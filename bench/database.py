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


def rows_asked(default: int) -> int:
    return int(sys.argv[1]) if len(sys.argv) > 1 else default
