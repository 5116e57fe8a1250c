"""A merge beside a sender and an import, each on its own connection and committed: nobody waits for ever, nobody gets
two mails, and no row is left with a profile that is no more.
"""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from crm.errors import DomainError
from crm.models import Influencer, SocialAccount
from crm.services import identity, importing, merging
from outreach.models import Message, Outreach
from outreach.services import delivery, drafts, messages, pipeline
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
    analysed,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("organisation")]
ROUNDS = [0, 1, *(pytest.param(number, marks=pytest.mark.slow) for number in range(2, 6))]


def approved(person, campaign, officer) -> Message:
    outreach = OutreachFactory(influencer=person, campaign=campaign)
    LinkFactory(outreach=outreach)
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    return messages.approve(message=draft, by=officer, at=NOW)


def pair_of_planned(officer):
    campaign = CampaignFactory()
    people = InfluencerFactory(external_id=None), InfluencerFactory(external_id=None)
    for number, person in enumerate(people):
        AddressFactory(influencer=person, email=f"maia{number}@sink.lan")
        AccountFactory(influencer=person)
        VettingFactory(influencer=person, cause=campaign.cause)
    return people, [approved(person, campaign, officer) for person in people]


@contextmanager
def beside(*acts):
    """Run these at the same instant, each on its own connection; what they raised, by place."""
    start, raised = threading.Barrier(len(acts)), {}

    def run(place, act):
        try:
            start.wait(20)
            act()
        except BaseException as error:
            raised[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    yield raised


@pytest.mark.parametrize("_round", ROUNDS)
def test_beside_senders_one_person_gets_one_mail(sink, _round):
    officer = UserFactory()
    (winner, loser), planned = pair_of_planned(officer)
    if _round % 2:
        winner, loser = loser, winner

    def join():
        merging.merge(winner=winner, loser=loser, by=officer, at=NOW)

    def send():
        delivery.deliver_due(at=NOW)

    with beside(join, send, send) as raised:
        assert raised == {}
    for hours in (0, 25, 50):
        delivery.deliver_due(at=NOW + timedelta(hours=hours))
    # Both may have left before the merge: two profiles then. After it, no more than one.
    merged_at_first = Message.objects.filter(state="cancelled", reason="merged").exists()
    assert len(sink.messages) == (1 if merged_at_first else 2)
    assert {tuple(mail.recipients) for mail in sink.messages} <= {(m.address.email,) for m in planned}
    assert sorted(Outreach.objects.values_list("stage", flat=True)) == ["contacted", "merged"]
    assert Influencer.objects.count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_beside_an_import_no_row_is_lost(_round):
    officer = UserFactory()
    winner, loser = InfluencerFactory(external_id="w"), InfluencerFactory(external_id="l")
    batch = analysed(
        "external_id,name,platform,handle\nl,Maia,tiktok,maia\nw,Maia,youtube,maia\nn,New,x,new\nl,Maia,x,maia2\n"
    )
    importing.accept(batch=batch)

    def join():
        merging.merge(winner=winner, loser=loser, by=officer, at=NOW)

    with beside(join, lambda: importing.commit(batch=batch, at=NOW)) as raised:
        assert raised == {}
    batch.refresh_from_db()
    assert (batch.state, batch.rejected_count, Influencer.objects.count()) == ("committed", 0, 2)
    assert Influencer.objects.get(pk=winner.pk).external_id == "w"
    assert SocialAccount.objects.filter(influencer=winner).count() == 3


def test_a_merge_gives_way_to_an_import_that_takes_long(monkeypatch):
    """Nobody's page hangs, and nothing queues behind the merge."""
    monkeypatch.setattr(identity, "_TRIES", 2)
    officer, (winner, loser) = UserFactory(), (InfluencerFactory(), InfluencerFactory())
    holds, done = threading.Event(), threading.Event()

    def store():
        try:
            with transaction.atomic():
                identity.keep()
                holds.set()
                done.wait(20)
        finally:
            connection.close()

    importer = threading.Thread(target=store)
    importer.start()
    holds.wait(20)
    with pytest.raises(DomainError, match="import_under_way"):
        merging.merge(winner=winner, loser=loser, by=officer, at=NOW)
    done.set()
    importer.join(20)
    merging.merge(winner=winner, loser=loser, by=officer, at=NOW)


@pytest.mark.parametrize("_round", ROUNDS)
def test_beside_whoever_moves_a_conversation_or_says_no(_round):
    from crm.services import addresses

    officer = UserFactory()
    (winner, loser), planned = pair_of_planned(officer)
    moved = planned[_round % 2].outreach

    def join():
        merge = merging.merge(winner=winner, loser=loser, by=officer, at=NOW)
        merging.unmerge(merge=merge, by=officer, at=NOW)

    def move():
        pipeline.move(outreach=moved, stage="paused", at=NOW)

    def say_no():
        address = winner.addresses.get()
        addresses.suppress(address=address, reason="unsubscribed", at=NOW)

    with beside(join, move, say_no) as raised:
        assert [error for error in raised.values() if not isinstance(error, DomainError)] == []
    assert delivery.deliver_due(at=NOW) <= 1
    assert {row.influencer_id for row in Outreach.objects.all()} == {winner.pk, loser.pk}
