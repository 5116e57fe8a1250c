"""Before a command runs: is there a database, and one that we can work with?"""

from functools import cache

from django.conf import settings
from django.db import NotSupportedError, OperationalError, connection

from config.embedded_pg import EmbeddedPostgres, NoDatabaseError

OLDEST = 15
POSTGRES = "django.db.backends.postgresql"


@cache
def embedded() -> EmbeddedPostgres:
    """The one cluster of this installation, used only when DATABASE_URL is unset."""
    return EmbeddedPostgres(settings.STATE_DIR / "pg")


def ready() -> None:
    """Start the embedded database, or check the one that DATABASE_URL names. Raises NoDatabaseError."""
    if settings.HAS_EXTERNAL_DATABASE:
        _check_external()
    else:
        embedded().ensure()


def _check_external() -> None:
    advice = f"set it to postgres://user:password@host/name of a server of version {OLDEST} or later, or unset it"
    if settings.DATABASES["default"]["ENGINE"] != POSTGRES:
        raise NoDatabaseError(f"DATABASE_URL does not name a Postgres database: {advice}.")
    try:
        connection.ensure_connection()
        version = connection.cursor().connection.info.server_version // 10_000
    except (OperationalError, NotSupportedError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise NoDatabaseError(f"The database of DATABASE_URL is out of reach ({reason}): {advice}.") from error
    finally:
        connection.close()
    if version < OLDEST:
        raise NoDatabaseError(f"The database of DATABASE_URL is Postgres {version}: {advice}.")
