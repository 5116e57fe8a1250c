"""On Monday morning, what happened in the campaigns a colleague chose: once, to who asked, and to nobody else."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from outreach.models import Click, Message, Outreach, WeeklyChoice, WeeklyMail
from outreach.services import conversions, weekly
from outreach.sources.events import told
from tests.factories import CampaignFactory, InboundMessageFactory, LinkFactory, UserFactory

MONDAY = datetime(2026, 11, 30, 7, 30, tzinfo=UTC)
IN_THE_WEEK = MONDAY - timedelta(days=3)


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.TIME_ZONE = "Europe/Paris"


@pytest.fixture
def campaign():
    return CampaignFactory(name="Clean beaches, spring")


def asking(campaign, role="officer", **said):
    user = UserFactory(role=role, **{"email": "lea@shores.example"} | said)
    weekly.choose(user=user, campaigns=[campaign])
    return user


def mails() -> list[Message]:
    return list(Message.objects.filter(purpose=Message.Purpose.STAFF).order_by("pk"))


@pytest.mark.django_db
def test_the_mail_tells_of_the_week_and_of_no_other(campaign):
    link = LinkFactory(outreach__campaign=campaign, outreach__influencer__name="Amina Diallo")
    Outreach.objects.filter(pk=link.outreach.pk).update(live_at=IN_THE_WEEK)
    for number, at in enumerate([IN_THE_WEEK, IN_THE_WEEK, MONDAY, MONDAY - timedelta(days=8)]):
        Click.objects.create(link=link, click_id=str(number), at=at, method="GET")
    event = told(
        source="x", external_id="1", kind="donation", occurred_at=IN_THE_WEEK, code=link.code,
        amount_minor=1250, currency="EUR",
    )  # fmt: skip
    conversions.record_by_hand(event=event, at=IN_THE_WEEK)
    for kind, nature in (("interested", "personal"), ("automatic", "automatic"), ("out_of_office", "personal")):
        InboundMessageFactory(outreach=link.outreach, kind=kind, nature=nature, received_at=IN_THE_WEEK)
    asking(campaign, language="en")
    assert weekly.write_due(at=MONDAY) == 1
    (mail,) = mails()
    assert "1 reply, 1 partner went live, 2 clicks, 1 donation (€12.50)" in mail.body
    assert f"/admin/outreach/campaign/{campaign.pk}/change/" in mail.body
    assert "/admin/outreach/campaign/weekly/" in mail.body
    assert "Amina" not in mail.body


@pytest.mark.django_db
def test_once_a_week_however_often_it_is_asked(campaign):
    asking(campaign)
    assert [weekly.write_due(at=MONDAY + timedelta(minutes=10 * n)) for n in range(4)] == [1, 0, 0, 0]
    assert weekly.write_due(at=MONDAY + timedelta(days=7)) == 1
    assert [mail.reference for mail in mails()] == ["weekly:2026-11-30", "weekly:2026-12-07"]


@pytest.mark.django_db
def test_only_on_monday_morning_of_the_house(campaign):
    asking(campaign)
    early = MONDAY.replace(hour=5, minute=59)  # 6.59 in Paris
    sunday = MONDAY - timedelta(days=1)
    tuesday = MONDAY + timedelta(days=1)
    assert [weekly.write_due(at=at) for at in (early, sunday, tuesday)] == [0, 0, 0]
    assert weekly.write_due(at=early + timedelta(minutes=1)) == 1


@pytest.mark.django_db
def test_nobody_is_written_to_who_did_not_ask_or_asked_no_more(campaign):
    UserFactory(role="officer", email="sam@shores.example")
    user = asking(campaign)
    weekly.choose(user=user, campaigns=[])
    assert weekly.write_due(at=MONDAY) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"email": ""}, {"is_active": False}, {"role": None}])
def test_who_cannot_read_campaigns_any_more_is_left_in_peace(campaign, changed):
    asking(campaign, **changed)
    assert (weekly.write_due(at=MONDAY), mails()) == (0, [])


@pytest.mark.django_db
def test_a_quiet_week_is_told_as_one_in_the_language_of_the_reader(campaign):
    asking(campaign, language="fr")
    weekly.write_due(at=MONDAY)
    (mail,) = mails()
    assert "Clean beaches, spring\nrien de nouveau\n" in mail.body
    assert mail.language == "fr"


@pytest.mark.django_db
def test_to_choose_again_replaces_what_was_chosen(campaign):
    user, other = asking(campaign), CampaignFactory()
    weekly.choose(user=user, campaigns=[other])
    weekly.choose(user=user, campaigns=[other])
    assert weekly.chosen(user=user) == [other]


@pytest.mark.django_db
def test_the_database_knows_one_mail_a_week_and_mondays_only(campaign):
    user = asking(campaign)
    weekly.write_due(at=MONDAY)
    for day in (MONDAY.date(), MONDAY.date() + timedelta(days=1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            WeeklyMail.objects.create(user=user, monday_date=day)
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyChoice.objects.create(user=user, campaign=campaign)


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_at_once_one_writes(campaign):
    asking(campaign)
    start, counts = Barrier(2), []

    def run() -> None:
        start.wait()
        counts.append(weekly.write_due(at=MONDAY))
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 1]
    assert len(mails()) == 1
