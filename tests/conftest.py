import gc
import os
import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, transaction
from django.test import override_settings
from django.utils import translation
from hypothesis import settings as trying

from config.embedded_pg import EmbeddedPostgres
from crm import keyring
from tests import migrated
from tests.fakes import Sink

# The fast suite tries few examples, the same each time; `make test-all` many, and others each time.
trying.register_profile("quick", max_examples=15, deadline=None, derandomize=True)
trying.register_profile("whole", max_examples=300, deadline=None)
trying.load_profile("quick")

SNAPSHOTS = settings.STATE_DIR / "snapshots"
# Begun last, one of these is what the other workers of a run wait for.
LONGEST = {
    *("test_up.py", "test_loading.py", "test_embedded_pg.py", "test_translations.py", "test_training_report.py"),
    *("test_import_crashes.py", "test_loop_browser.py", "test_loop_api.py", "test_verdicts_browser.py"),
    *("test_campaign_browser.py", "test_hostile_pages_browser.py"),
}


@pytest.hookimpl(tryfirst=True)  # pytest-django then has those with real transactions last, in this order
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Thousands of collected tests stay until the end: whoever looks for garbage need not look at them each time."""
    gc.disable()
    collected = yield
    gc.collect()
    gc.freeze()
    gc.enable()
    return collected


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request):
    """Without DATABASE_URL, tests have their own cluster: quick, safe beside a running demo, one database per worker."""
    if settings.HAS_EXTERNAL_DATABASE:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
        yield
        return
    cluster = EmbeddedPostgres(Path(os.environ["TEST_CLUSTER"]), fast=True).ensure()
    connection.settings_dict |= cluster.dsn | {"NAME": os.environ["TEST_DATABASE"]}
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")  # names databases after the one above
    yield
    connection.close()
    cluster.release()


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_modify_db_settings, django_db_blocker):
    """In the tests' own cluster nobody migrates what was migrated before."""
    if settings.HAS_EXTERNAL_DATABASE:
        request.getfixturevalue("django_db_setup")
        return
    with django_db_blocker.unblock(), migrated.template(Path(os.environ["TEST_CLUSTER"])):
        request.getfixturevalue("django_db_setup")


@pytest.fixture(scope="session", autouse=True)
def files_of_style_are_looked_for_when_asked():
    """Each new client begins the middleware anew, which else lists them all first: a third of what its page costs."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_in_one_round():
    """Of a million: what makes guessing dear made every account with a password cost half a second."""
    PBKDF2PasswordHasher.iterations = 1


@pytest.fixture(autouse=True)
def english():
    """A test that spoke French leaves no French behind."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker):
    """For fixtures of a module that take long: the rows and the snapshot they make are there for all its tests after
    them, each of which works in a savepoint and on a copy. They hand on keys: what a test does to an object stays.
    """
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(SNAPSHOT_DIR=SNAPSHOTS / uuid4().hex):
        yield
        transaction.set_rollback(True)
        shutil.rmtree(settings.SNAPSHOT_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def own_snapshot(settings):
    """Each test ranks from a snapshot of its own: what another one rolled back is in none of its files."""
    before = settings.SNAPSHOT_DIR
    settings.SNAPSHOT_DIR = SNAPSHOTS / uuid4().hex
    if before.parent == SNAPSHOTS and before.exists():  # made once for the whole module
        shutil.copytree(before, settings.SNAPSHOT_DIR)
    yield
    shutil.rmtree(settings.SNAPSHOT_DIR, ignore_errors=True)


@pytest.fixture
def own_keyring(settings, tmp_path):
    """The same keys in a folder of this test's own: what it commits beside them concerns no other test."""
    keyring.fingerprint()  # makes them, where nobody needed any yet
    ring = settings.KEYRING.read_text()
    settings.KEYRING = tmp_path / "keyring.json"
    settings.KEYRING.write_text(ring)


@pytest.fixture
def organisation(settings):
    """Where it is: every first message owes that."""
    settings.POSTAL_ADDRESS = "12 quai des Brumes, 29200 Brest"


@pytest.fixture
def sink(settings):
    """A mail server that keeps what it is handed."""
    made = Sink()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{made.port}"
    yield made
    made.close()
