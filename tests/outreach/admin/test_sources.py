"""The pages of sources, and of what waits in the ledger."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outreach.models import Assignment, AttributionCredit, Conversion, Source, SourceEvent
from outreach.services import conversions, telling, triage
from outreach.sources.events import Event
from tests.factories import NOW, LinkFactory, UserFactory
from tests.outreach.test_sources import SECRETS, source

pytestmark = pytest.mark.django_db
GIFT = Event("give.example", "G-1", "donation", NOW, 2_500, "EUR")


def page(name, *args):
    return reverse(f"admin:outreach_{name}", args=args)


def signed_in(role="administrator") -> Client:
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


def stray(**said) -> Conversion:
    told = telling.tell(event=Event(**{**GIFT.__dict__, **said}), door="hook", at=NOW)
    conversions.attribute_due()
    return told.conversion


def test_a_source_is_set_up_and_its_page_says_what_to_enter_there():
    client = signed_in()
    answer = client.post(page("source_add"), {"name": "Gifts", "kind": "stripe", "secret": "whsec_one"}, follow=True)
    row = Source.objects.get()
    text = answer.content.decode()
    assert "/hooks/stripe/" in text
    assert "charge.dispute.funds_reinstated" in text
    assert "outreach/outreach.js" in text  # which copies its address
    assert "whsec_one" not in text
    answer = client.post(page("source_test", row.pk), follow=True)
    assert "1 donation (€25.00) · pi_test · with a click id" in answer.content.decode()
    assert not Conversion.objects.exists()


def test_only_whoever_may_change_it_is_given_the_address():
    row = source("stripe")
    for role, shown in (("administrator", True), ("officer", False)):
        assert ("/hooks/stripe/" in signed_in(role).get(page("source_change", row.pk)).content.decode()) is shown
    assert signed_in("analyst").get(page("source_change", row.pk)).status_code == 403
    assert signed_in("officer").post(page("source_renew", row.pk)).status_code == 403


def test_a_source_is_shut_and_opened_and_moved():
    client, row = signed_in(), source()
    client.post(page("source_shut", row.pk))
    client.post(page("source_renew", row.pk), {"confirmed": "1"})
    row.refresh_from_db()
    assert (row.is_on, row.key_number) == (False, 2)
    client.post(page("source_listen", row.pk))
    row.refresh_from_db()
    assert row.is_on


def test_the_page_tells_what_was_refused_and_why():
    row = source()
    telling.note_refused(code="signature_wrong", door="hook", at=timezone.now(), channel=row)
    text = signed_in().get(page("source_change", row.pk)).content.decode()
    assert text.count("The signature does not fit the message.") == 2


def test_what_nobody_is_credited_for_waits_and_is_given_to_a_partner():
    row, link, client = stray(code="zzzzzzzz"), LinkFactory(), signed_in("officer")
    assert triage.count() == 1
    assert "1 donation (€25.00)" in client.get(page("conversion_changelist")).content.decode()
    assert "concrete action to look at" in client.get(reverse("admin:index")).content.decode()
    assert client.post(page("conversion_give", row.pk), {"outreach": link.outreach_id, "why": ""}).status_code == 200
    assert not Assignment.objects.exists()
    client.post(page("conversion_give", row.pk), {"outreach": link.outreach_id, "why": "They told us."})
    assert AttributionCredit.objects.get().link == link
    assert triage.count() == 0
    text = client.get(page("conversion_change", row.pk)).content.decode()
    assert "They told us." in text
    assert page("conversion_nobody", row.pk) not in text


def test_what_is_nobodys_stays_in_the_ledger_and_waits_no_more():
    row, client = stray(), signed_in("officer")
    assert page("conversion_nobody", row.pk) in client.get(page("conversion_change", row.pk)).content.decode()
    assert client.get(page("conversion_nobody", row.pk)).status_code == 200
    assert triage.count() == 1
    client.post(page("conversion_nobody", row.pk), {"why": ""})
    assert (triage.count(), Conversion.objects.count()) == (0, 1)


def test_a_conflict_is_settled_with_a_reason():
    stray()
    told = telling.tell(event=Event(**{**GIFT.__dict__, "amount_minor": 9_900}), door="api", at=NOW)
    client, settle = signed_in("officer"), f"{page('conversion_settle')}?event={told.pk}"
    client.post(settle, {"why": ""})
    assert triage.conflicts().count() == 1
    client.post(settle, {"why": "A test of theirs."})
    assert triage.conflicts().count() == 0
    kept = SourceEvent.objects.get()
    assert (kept.settled_why, kept.settled_by is not None) == ("A test of theirs.", True)


def test_a_refund_without_its_gift_is_waited_for_until_somebody_says_no():
    stray(external_id="R-1", refund_of="G-9")
    assert triage.waiting().lost.count() == 1
    signed_in("officer").post(page("conversion_nobody", Conversion.objects.get().pk), {"why": "Before our time."})
    assert triage.waiting().lost.count() == 0


def test_a_table_is_counted_line_by_line():
    table = (
        "external_id,kind,amount,currency,occurred_at\n"
        "A,donation,12.50,EUR,2025-01-01T10:00:00Z\n"
        "B,donation,many,EUR,2025-01-01T10:00:00Z\n"
        "A,donation,12.50,EUR,2025-01-01T10:00:00Z\n"
        "A,donation,13.50,EUR,2025-01-01T10:00:00Z\n"
    )
    file = SimpleUploadedFile("actions.csv", table.encode())
    answer = signed_in("officer").post(page("conversion_upload"), {"label": "give.example", "file": file})
    text = answer.content.decode()
    assert [text.count(each) for each in ("not counted", "Known already", "Contradicts what is known")] == [1, 1, 1]
    assert list(Conversion.objects.values_list("source", "external_id", "amount_minor", "door")) == [
        ("give.example", "A", 1_250, "file")
    ]


@pytest.mark.parametrize("role", ["analyst", "officer", "manager", "administrator"])
def test_reading_changes_nothing(role):
    row, one = stray(), source("stripe", secret=SECRETS["stripe"])
    client = signed_in(role)
    for name, args in (
        ("conversion_changelist", ()),
        ("conversion_change", (row.pk,)),
        ("conversion_give", (row.pk,)),
        ("conversion_nobody", (row.pk,)),
        ("conversion_upload", ()),
        ("source_change", (one.pk,)),
        ("source_test", (one.pk,)),
        ("source_shut", (one.pk,)),
        ("source_renew", (one.pk,)),
    ):
        assert client.get(page(name, *args)).status_code in {200, 403, 405}
    assert not Assignment.objects.exists()
    assert Source.objects.get().is_on
