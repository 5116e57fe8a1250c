"""Reports of actions beside a batch of credits, each on its own connection: nobody waits for ever, and what a report
brought is credited, whoever came first.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from outreach.models import AttributionCredit, Click, Conversion
from outreach.services import conversions, credits
from outreach.sources import events
from tests.config.servers import within
from tests.factories import NOW, LinkFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def report(ident, *, source="give.example", on=NOW, supporter="ada@home.example", **said) -> Conversion:
    gift = {"kind": "donation", "amount_minor": 2_500, "currency": "EUR", "occurred_at": on, "supporter": supporter}
    event = events.told(source=source, external_id=ident, **gift | said)
    return conversions.record(event=event, door="hook", at=NOW + 3 * DAY)[0]


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def beside(*acts, held):
    """Start these one by one while another connection holds a row of the ledger, each as soon as those before it wait;
    let the row go, and wait for all."""

    def run(act):
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        with transaction.atomic():
            Conversion.objects.select_for_update().get(pk=held.pk)
            done = []
            for number, act in enumerate(acts, start=1):
                done.append(pool.submit(run, act))
                assert within(20, lambda number=number: waiting() >= number)
        for each in done:
            each.result(30)


def clicked(link, name):
    Click.objects.create(link=link, click_id=name, at=NOW - DAY, method="GET")


def credited(row):
    return AttributionCredit.objects.get(conversion=row, rule="last_touch").link_id


def test_a_report_that_brings_a_mark_and_a_batch_of_credits_never_wait_for_each_other():
    later = report("later", on=NOW + DAY)  # told first, so a batch comes to it first
    between = report("between", supporter="bob@home.example")
    early = report("early")
    conversions.attribute_due()
    link = LinkFactory()
    clicked(link, "c1")
    beside(
        lambda: credits.again(actions=[later.pk, between.pk, early.pk]),
        lambda: report("early", click_ids=("c1",)),
        held=between,
    )
    assert (credited(early), credited(later)) == (link.pk, link.pk)


def test_a_report_that_shows_two_to_be_one_and_a_batch_of_credits_never_wait_for_each_other():
    later = report("later", on=NOW + DAY)
    between = report("between", supporter="bob@home.example")
    one, other = report("one"), report("other")
    conversions.attribute_due()
    beside(
        lambda: credits.again(actions=[later.pk, between.pk, one.pk, other.pk]),
        lambda: report("one", also=("other",)),
        held=between,
    )
    assert set(AttributionCredit.objects.values_list("conversion", flat=True)) == {later.pk, between.pk, one.pk}


def test_reports_of_two_sources_about_one_supporter_never_wait_for_each_other():
    rows = [report("gift", source=source, on=NOW) for source in ("a.example", "b.example")]
    rows.append(report("other", supporter="bob@home.example"))
    conversions.attribute_due()
    link, start = LinkFactory(), threading.Barrier(2)
    for number in range(20):
        clicked(link, f"c{number}")

    def tell(source):
        start.wait(20)
        try:
            for number in range(20):
                report("gift", source=source, on=NOW, click_ids=(f"c{number}",))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(tell, ("a.example", "b.example")))
    assert [credited(row) for row in rows] == [link.pk, link.pk, None]
