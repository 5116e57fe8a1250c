"""A worker killed in the middle leaves nothing half done, and what comes after it does everything once.

Real processes and committed rows: the workers are programs of their own, killed by the kernel at a named point.
"""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from crm.models import Activity, ImportBatch, Influencer, SocialAccount, StagedRow
from crm.services import importing
from crm.services.import_watch import LEASE, Watch
from crm.tasks import sweep_imports
from tests.factories import uploaded

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]
ROWS = 1_500
FILE = "name,platform,handle,followers\n" + "".join(f"Person {n},instagram,person.{n},{n}\n" for n in range(ROWS))
WORKER = """
import json, sys
from django.conf import settings
settings.DATABASES["default"] |= json.loads(sys.argv[1])
import django
django.setup()
from django.utils import timezone
from crm.models import ImportBatch
from crm.services import importing
batch = ImportBatch.objects.get(pk=int(sys.argv[2]))
if len(sys.argv) > 3:  # as the command does
    importing.run(batch=batch, stream=open(sys.argv[3], "rb"), at=timezone.now(), is_kept=True)
else:
    importing.work(batch=batch, at=timezone.now())
"""


def worker(batch: ImportBatch, *, dies_at: str = "", path: str | Path = "") -> int:
    """The exit code of a worker that was given this file: minus the signal that ended it. `path`: it is read there."""
    dsn = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "FAILPOINT": dies_at}
    ran = subprocess.run(
        [sys.executable, "-c", WORKER, json.dumps(dsn, default=str), str(batch.pk), *filter(None, [str(path)])],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert ran.returncode in {0, -signal.SIGKILL}, ran.stderr
    batch.refresh_from_db()
    return ran.returncode


@pytest.fixture
def batch() -> ImportBatch:
    return uploaded(FILE, at=timezone.now())


def tick() -> None:
    """The sweep once the lease of whoever died is over."""
    sweep_imports((timezone.now() + LEASE + timedelta(seconds=1)).isoformat())


def stored() -> tuple[int, int, int]:
    return Influencer.objects.count(), SocialAccount.objects.count(), Activity.objects.count()


def test_a_worker_killed_while_it_reads_and_one_while_it_stores(batch):
    assert worker(batch, dies_at="import.staged") == -signal.SIGKILL
    # What it had read is seen from here; nothing else came of it, and nobody takes it up before its lease is over.
    assert (batch.state, batch.rows_read, batch.rows.count()) == ("uploaded", 1000, 0)
    assert batch.progress["phase"] == "reading"
    assert 0 < batch.progress["done"] < batch.progress["whole"] == len(FILE)
    assert StagedRow.objects.count() == 1000
    sweep_imports(timezone.now().isoformat())
    batch.refresh_from_db()
    assert batch.state == "uploaded"
    tick()
    batch.refresh_from_db()
    assert (batch.state, batch.created_count, batch.rows.count()) == ("analysed", ROWS, ROWS)
    assert stored() == (0, 0, 0)

    importing.accept(batch=batch)
    assert worker(batch, dies_at="import.applied") == -signal.SIGKILL
    assert (batch.state, batch.rows.count()) == ("accepted", ROWS)
    assert stored() == (0, 0, 0)
    ImportBatch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert worker(batch, dies_at="import.committing") == -signal.SIGKILL
    assert (batch.state, stored()) == ("accepted", (0, 0, 0))
    tick()
    tick()
    batch.refresh_from_db()
    assert (batch.state, batch.created_count, batch.rows.count()) == ("committed", ROWS, ROWS)
    assert stored() == (ROWS, ROWS, ROWS)
    assert not StagedRow.objects.exists()
    importing.work(batch=batch, at=timezone.now())
    assert stored() == (ROWS, ROWS, ROWS)


@pytest.mark.parametrize(
    "point",
    [
        "import.committing",
        *(pytest.param(f"import.{point}", marks=pytest.mark.slow) for point in ("staged", "applied")),
    ],
)
def test_a_command_that_was_killed_is_run_again(tmp_path, point):
    path = tmp_path / "p.csv"
    path.write_text(FILE)
    killed = importing.begin(subject="influencers", filename="p.csv", at=timezone.now())
    assert worker(killed, dies_at=point, path=path) == -signal.SIGKILL
    assert stored() == (0, 0, 0)
    importing.discard(batch=killed, at=timezone.now())
    assert not StagedRow.objects.exists()
    again = importing.begin(subject="influencers", filename="p.csv", at=timezone.now())
    with path.open("rb") as stream:
        importing.run(batch=again, stream=stream, at=timezone.now(), is_kept=True)
    again.refresh_from_db()
    assert (again.state, stored()) == ("committed", (ROWS, ROWS, ROWS))


def claimed(batch: ImportBatch, at) -> ImportBatch:
    ImportBatch.objects.filter(pk=batch.pk).update(lease_until=at)
    batch.refresh_from_db()
    return batch


def test_whoever_works_renews_the_lease_and_tells_of_a_transaction_from_outside_of_it(batch):
    at = timezone.now()
    with Watch(claimed(batch, at), at=at, every=0.05) as watch:
        watch.step(3, 8)
        for _ in range(200):
            batch.refresh_from_db()
            if batch.progress:
                break
            watch._is_over.wait(0.05)
    assert (batch.progress["phase"], batch.progress["done"], batch.progress["whole"]) == ("storing", 3, 8)
    assert batch.lease_until > at + LEASE


@pytest.mark.parametrize("is_document", [pytest.param(True, marks=pytest.mark.slow), False])
def test_a_long_file_of_causes_says_from_outside_how_far_it_is(is_document):
    number = 300
    text = "name,topics\n" + "".join(f"Cause {n},sdg-14\n" for n in range(number))
    if is_document:
        ngos = [{"country": "France", "name": f"Cause {n}", "themes": [], "url": ""} for n in range(number)]
        text = json.dumps({"projects": ngos})
    batch = uploaded(text, subject="causes", filename="c.json" if is_document else "c.csv", at=timezone.now())

    def work() -> None:
        importing.analyse(batch=ImportBatch.objects.get(pk=batch.pk), at=timezone.now())
        connection.close()

    working, seen = threading.Thread(target=work), {}
    working.start()
    while working.is_alive():
        seen |= ImportBatch.objects.get(pk=batch.pk).progress
        working.join(0.05)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_read) == ("analysed", number)
    assert (seen["phase"], seen["whole"]) == ("storing", number if is_document else len(text))
    assert 0 < seen["done"] <= seen["whole"]


class Discarding(io.BytesIO):
    """A file in the middle of which somebody lets it go."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(FILE.encode())
        self._batch = batch

    def read(self, *args):
        if self.tell() > len(FILE) // 2 and self._batch.state == "uploaded":
            self._batch.state = "discarded"
            importing.discard(batch=self._batch, at=timezone.now())
        return super().read(*args)

    read1 = read


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_file_discarded_while_it_is_read_stays_discarded_and_stores_nothing(batch, is_kept):
    at = timezone.now()
    stream = Discarding(ImportBatch.objects.get(pk=batch.pk))
    importing.run(batch=batch, stream=stream, at=at, is_kept=is_kept)
    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert stored() == (0, 0, 0)
