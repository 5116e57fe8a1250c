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


class Redis:
    """A real one on a socket of its own, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        if not (program := shutil.which("redis-server")):
            pytest.skip("no redis-server here: the workers were not tried with Redis")
        self.socket = folder / "redis.sock"
        self.url = f"redis+socket://{self.socket}"
        self._command = [program, "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", folder]
        self.start()

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        assert within(10, self.socket.exists)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis(tmp_path) -> Iterator[Redis]:
    made = Redis(tmp_path)
    yield made
    made.kill()


@pytest.mark.slow
def test_with_redis_the_same_work_is_done(start, redis):
    instance = start(CELERY_BROKER_URL=redis.url).up()
    instance.run(BRING_WORK)
    assert found(instance, seconds=2 * TICK_SECONDS) == DONE
    assert not (instance.state.parent / "broker").exists()


@pytest.mark.slow
def test_with_redis_killed_and_empty_when_it_is_back_all_that_was_committed_is_done(start, redis):
    """Nobody starts a worker anew. They find the broker again by themselves, then it is two ticks."""
    instance = start(CELERY_BROKER_URL=redis.url).up()
    children = sorted(instance.children())
    redis.kill()
    instance.run(BRING_WORK)
    assert found(instance, seconds=0) != DONE
    redis.start()
    assert found(instance, seconds=60 + 2 * TICK_SECONDS) == DONE
    assert set(children) >= {instance.find("beat")}
    assert instance.process.poll() is None
