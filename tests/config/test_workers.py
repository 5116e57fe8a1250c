"""The broker only rings. Whatever it forgets, every due row is done within two ticks."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.servers import within

TICK_SECONDS = 10  # config/celery.py

# One row of each kind that waits for a worker; nobody rings for any of them.
BRING_WORK = """
import io
from django.utils import timezone
from crm.services import importing, instance
from matching.services import match_lists
from outreach.services import conversions, drafts, messages
from tests.factories import *
now = timezone.now()
instance.describe(organisation="Rivages Vivants", postal_address="3 rue du Môle, 29200 Brest")
address = AddressFactory(); outreach = OutreachFactory(influencer=address.influencer); LinkFactory(outreach=outreach)
officer = UserFactory(); VettingFactory(influencer=address.influencer, cause=outreach.campaign.cause, by=officer)
draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=now, by=officer)
messages.approve(message=draft, by=officer, at=now)
importing.upload(subject="influencers", filename="p.csv", stream=io.BytesIO(b"name\\nTom Baker\\n"), max_bytes=1000, at=now)
match_lists.request(cause=outreach.campaign.cause, at=now)
action = conversions.Action("give.example", f"D-{now}", "signature", now)
conversions.record(action=action, at=now)
"""
# What becomes of them, looked at from one process until all is done, or for as long as it may take.
LOOK = """
import json, time
from crm.models import ImportBatch
from matching.models import MatchList
from outreach.models import Conversion, Message
def look():
    return [
        *Message.objects.values_list("state", flat=True), *ImportBatch.objects.values_list("state", flat=True),
        *MatchList.objects.values_list("state", flat=True), Conversion.objects.unattributed().count(),
    ]
until = time.monotonic() + SECONDS
while look() != DONE and time.monotonic() < until:
    time.sleep(0.2)
print(json.dumps(look()))
"""
DONE = ["sent", "analysed", "ready", 0]


def found(instance, *, seconds: float) -> list:
    return json.loads(instance.run(f"SECONDS, DONE = {seconds}, {DONE}\n{LOOK}"))


def is_ringing(queue: Path) -> bool:
    return any(queue.glob("*.msg"))


def test_with_the_brokers_files_deleted_every_due_row_is_done_within_two_ticks(state, start):
    instance = start().up()
    broker = state.parent / "broker"
    assert within(2 * TICK_SECONDS, lambda: is_ringing(broker))
    instance.run(BRING_WORK)
    shutil.rmtree(broker)  # rings, queues, folders: all of it
    assert found(instance, seconds=2 * TICK_SECONDS) == DONE
    assert instance.process.poll() is None


@pytest.fixture
def redis(tmp_path) -> Iterator[tuple[str, subprocess.Popen]]:
    """A real Redis on a socket of its own, and its process."""
    if not (program := shutil.which("redis-server")):
        pytest.skip("no redis-server here: the workers were not tried with Redis")
    socket = tmp_path / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", tmp_path]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        assert within(10, socket.exists)
        yield f"redis+socket://{socket}", process
        process.kill()


@pytest.mark.slow
def test_with_redis_the_same_work_is_done(start, redis):
    url, _process = redis
    instance = start(CELERY_BROKER_URL=url).up()
    instance.run(BRING_WORK)
    assert found(instance, seconds=2 * TICK_SECONDS) == DONE
    assert not (instance.state.parent / "broker").exists()
