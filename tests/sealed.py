"""Seals a test run off from what belongs to the developer. Loaded by `-p tests.sealed`, before Django's settings are.

Secrets and files go to a throw-away folder, rings to memory, mail nowhere. The test cluster stays beside the developer's
own, since making one takes longer than migrating it; it holds nothing worth keeping.
"""

import atexit
import fcntl
import itertools
import os
import tempfile
from pathlib import Path

SETTINGS = (
    *("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "BASE_URL", "KEYRING", "EMAIL_URL", "SENDER_NAME", "SENDER_ADDRESS"),
    *("REPLY_TOKENS", "MAILGUN_SIGNING_KEY"),
    *("POSTAL_ADDRESS", "ENCODER", "SENTRY_DSN", "TIME_ZONE", "UPLOAD_MAX_BYTES", "FAILPOINT", "UNMERGE_DAYS"),
    *("SNAPSHOT_DIR", "RANDOMISED_SLOTS", "INBOUND_URL", "PRIVATE_HOSTS"),
    *("CLICK_DURABILITY", "CLICK_DIR", "CLICK_FSYNC", "TRUSTED_PROXIES", "PUBLIC_PER_MINUTE"),
)


def free_number(folder: Path) -> int:
    """The first number that no other run of this checkout has, so that two runs do not share databases."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in itertools.count(1):
        handle = os.open(folder / f"run-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return number  # the open handle holds it as long as this process lives
        except BlockingIOError:
            os.close(handle)
    raise AssertionError


def seal() -> None:
    state = Path(os.environ.get("APP_STATE_DIR", Path(__file__).parents[1] / ".state")).absolute()
    throwaway = tempfile.TemporaryDirectory(prefix="causeway-tests-")
    atexit.register(throwaway.cleanup)
    for name in SETTINGS:
        os.environ.pop(name, None)
    os.environ |= {
        "APP_STATE_DIR": throwaway.name,
        "CELERY_BROKER_URL": "memory://",
        "TEST_CLUSTER": str(state / "pgtest"),
        "TEST_DATABASE": f"app_{free_number(state / 'pgtest')}",
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"),  # the workers of a run share the cores
    }


if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker inherits the environment of the run it works for
    seal()
