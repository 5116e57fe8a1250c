"""A flood at the public doors of a real server, while a colleague works and others follow links."""

import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from bench.click import spent
from config.settings import PUBLIC_PER_MINUTE
from crm.models import Suppression
from outreach import signing
from outreach.models import Click, SourceEvent
from outreach.services import sources
from tests.factories import NOW, AccountFactory, AddressFactory, LinkFactory, UserFactory
from tests.outreach.clicking.served import ROOT, Served

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SECONDS, RATE = 60, 2_000
BUSY = 4  # times what a page took before the flood, where the machine has so much else to do that this is more
PAGES = ("/admin/", "/admin/crm/influencer/", "/admin/outreach/campaign/")


@pytest.fixture
def server(settings):
    """As `make run` has it: one process, eight threads. The flood comes through a proxy of ours, as floods do."""
    made = Served(settings.CLICK_DIR, workers=1, threads=8, TRUSTED_PROXIES="127.0.0.1/32")
    yield made
    made.close()


class Regular(threading.Thread):
    """Who asks again and again, one request after the other: how long each took, and what it was answered."""

    def __init__(self, server, paths, *, method="GET", pause=0.2, **headers) -> None:
        super().__init__(daemon=True)
        self.server, self.paths, self.method, self.pause, self.headers = server, paths, method, pause, headers
        self.seconds, self.statuses, self.is_over = [], set(), threading.Event()

    def run(self) -> None:
        while not self.is_over.is_set():
            for path in self.paths:
                start = time.monotonic()
                self.statuses.add(self.ask(path))
                self.seconds.append(time.monotonic() - start)
            self.is_over.wait(self.pause)

    def ask(self, path: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        line.request(self.method, path, headers=self.headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[-1]


def resident(pid: int) -> int:
    """Kilobytes of memory."""
    (line,) = [each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmRSS")]
    return int(line.split()[1])


def colleague(server) -> Regular:
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return Regular(server, PAGES, Cookie=f"sessionid={client.cookies['sessionid'].value}")


def quiet(staff: Regular) -> float:
    """How long most of its pages take before the flood."""
    took = []
    for path in PAGES * 10:
        start = time.monotonic()
        staff.ask(path)
        took.append(time.monotonic() - start)
    return statistics.quantiles(took, n=20)[-1]


def flood(server, *paths: str) -> subprocess.Popen:
    told = [str(server.port), str(SECONDS), str(RATE), *paths]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.outreach.clicking.flood", *told], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_in_a_flood_colleagues_work_others_are_led_on_and_a_no_is_heard(server):
    for _ in range(50):
        AccountFactory()
    link, address = LinkFactory(), AddressFactory()
    pixel = sources.pixel_key(sources.save(said=sources.Said(name="Ours", kind="generic", has_pixel=True), at=NOW))
    token, forged = signing.unsubscribe_token(address.digest), signing.unsubscribe_token("v1:" + "00" * 32)[:-2]
    visitor = Regular(server, [f"/r/{link.code}"], **{"X-Forwarded-For": "198.51.101.9"})
    # From the address of the flood: what a mail service posts for those who press its button.
    refusing = Regular(server, [f"/u/{token}"], method="POST", pause=1, **{"X-Forwarded-For": "198.51.100.7"})
    staff = colleague(server)
    server.wait(f"/r/{link.code}")
    for path in PAGES * 8:  # each thread has what it needs
        assert staff.ask(path) == 200
    calm = quiet(staff)
    (worker,) = server.workers()
    before = spent([worker])[worker]
    process = flood(server, f"/r/{link.code}", f"/c/{pixel}.gif?id=1&kind=visit", f"/u/{forged}", f"POST:/u/{forged}")
    people, sizes, start = (visitor, refusing, staff), [], time.monotonic()
    for each in people:
        each.start()
    while process.poll() is None:
        time.sleep(0.5)
        if time.monotonic() - start > SECONDS / 6:
            sizes.append(resident(worker))
    for each in people:
        each.is_over.set()
        each.join(60)
    said = json.loads(process.communicate()[0])
    figures = {
        "rate": said["rate"],
        "told": said["told"],
        "staff_p95": staff.p95,
        "staff_p95_before": calm,
        "worker": (spent([worker])[worker] - before) / SECONDS,
        "staff_pages": len(staff.seconds),
        "visitor_p95": visitor.p95,
        "memory": [sizes[0], min(sizes), max(sizes), sizes[-1]],
    }
    sys.stdout.write(f"\n{json.dumps(figures)}\n")
    assert server.workers() == [worker]
    assert (staff.statuses, visitor.statuses, refusing.statuses) == ({200}, {302}, {200}), figures
    assert staff.p95 < max(1, BUSY * calm), figures
    assert all(abs(size / sizes[0] - 1) <= 0.1 for size in sizes), figures
    counts(said["told"], visitor, figures)
    assert Suppression.objects.filter(subject=address.digest).exists()


def counts(told, visitor, figures) -> None:
    """Whoever it said it was, it was one; what was refused is kept nowhere."""
    allowed = PUBLIC_PER_MINUTE * (1 + (SECONDS + 2) / 60)
    assert sum(number for status, number in told.items() if status not in {"429", "none"}) <= allowed, figures
    assert told["429"] > sum(told.values()) * 0.9, figures
    connection.close()
    assert Click.objects.count() <= told["302"] + len(visitor.seconds) + 1, figures
    assert SourceEvent.objects.count() <= 2, figures  # what was told, and that there was more
