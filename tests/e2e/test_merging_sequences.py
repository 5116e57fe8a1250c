"""Any sequence of imports, merges and their undoing: no fact is lost, undoing is exact, and nobody is mailed twice."""

import io
import random
from collections import Counter
from datetime import timedelta

import pytest

from crm.errors import DomainError
from crm.models import Influencer, InfluencerAlias, Merge
from crm.services import activity, importing, merging, person_plans
from matching.models import Change
from outreach.models import Campaign, Message, Outreach
from outreach.services import delivery, drafts, messages, pipeline
from tests.factories import (
    NOW,
    AddressFactory,
    CampaignFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
)
from tests.rows import rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
PEOPLE = 5
# Written anew by merging itself, beside the facts.
_OF_ITSELF = {"merged", "unmerged", "stage_moved"}
_BESIDE = {"crm.auditevent", "crm.merge", "crm.influenceralias", "crm.duplicatecandidate"}
# Of two conversations in one campaign one goes on, and what waits in the other does not go out.
_LIVES = {"stage", "stage_at", "state", "reason", "finished_at", "lease_until", "updated_at"}


class World:
    """One history, by a seed: what was told of people, in what order it was merged, parted and sent."""

    def __init__(self, seed: int) -> None:
        self.rng, self.at = random.Random(seed), NOW
        self.officer, self.template = UserFactory(), TemplateFactory()
        self.campaigns = [CampaignFactory() for _each in range(2)]
        self.undo: list[tuple[Merge, dict]] = []
        self.brought = self.merges = self.exact = 0
        for _each in range(PEOPLE):
            self.bring()
        self.ask()
        for _each in range(2):
            self.at += timedelta(hours=15)
            self.send()

    def step(self) -> None:
        act = self.rng.choice(
            [
                self.bring,
                self.bring,
                self.bring,
                self.meet,
                self.meet,
                self.part,
                self.part,
                self.ask,
                self.send,
                self.note,
            ]
        )
        self.at += timedelta(hours=self.rng.choice([1, 5, 26]))
        act()

    def person(self) -> Influencer:
        return self.rng.choice(list(Influencer.objects.order_by("pk")))

    def bring(self) -> None:
        """A file: of somebody new, or more about somebody known, under any id they ever had."""
        self.brought += 1
        ids = [f"p{number}" for number in range(self.brought)]
        one = self.rng.choice([ids[-1], self.rng.choice(ids)])
        text = f"external_id,name,platform,handle,followers,observed_at\n{one},Person {one},tiktok,h{self.brought},{self.brought},2026-01-01\n"
        had, is_known = Influencer.objects.count(), ("external_id", one) in facts()
        batch = importing.upload(
            subject="influencers", filename="p.csv", stream=io.BytesIO(text.encode()), max_bytes=10**6, at=self.at
        )
        importing.analyse(batch=batch, at=self.at)
        importing.accept(batch=batch)
        importing.commit(batch=batch, at=self.at)
        batch.refresh_from_db()
        assert (batch.state, batch.rejected_count) == ("committed", 0)
        assert Influencer.objects.count() == had + (not is_known)
        self.undo = [(merge, {}) for merge, _before in self.undo]

    def note(self) -> None:
        activity.record(influencer=self.person(), kind="added", at=self.at, by=self.officer)
        self.undo = [(merge, {}) for merge, _before in self.undo]

    def ask(self, *, person: Influencer | None = None, campaign: Campaign | None = None) -> None:
        """Somebody in a campaign, with a message that waits."""
        person, campaign = person or self.person(), campaign or self.rng.choice(self.campaigns)
        VettingFactory(influencer=person, cause=campaign.cause, at=self.at)
        if not person.addresses.exists():
            AddressFactory(influencer=person, email=f"p{person.pk}@sink.lan")
        outreach = Outreach.objects.filter(influencer=person, campaign=campaign).exclude(stage="merged").first()
        try:
            if outreach is None:
                outreach = OutreachFactory(influencer=person, campaign=campaign)
                LinkFactory(outreach=outreach)
            elif self.rng.random() < 0.3:
                pipeline.move(outreach=outreach, stage="in_conversation", at=self.at)
            draft = drafts.draft(outreach=outreach, template=self.template, at=self.at, by=self.officer)
            messages.approve(
                message=draft, by=self.officer, at=self.at, due_at=self.at + timedelta(hours=self.rng.choice([2, 30]))
            )
        except DomainError:
            pass  # asked already, in whatever way
        self.undo = [(merge, {}) for merge, _before in self.undo]

    def send(self) -> None:
        """What goes out now goes to nobody who had a message of this campaign, under whatever profile."""
        before = set(Message.objects.filter(state="sent").values_list("pk", flat=True))
        delivery.deliver_due(at=self.at)
        for message in Message.objects.filter(state="sent").exclude(pk__in=before).select_related("outreach"):
            same = {
                "outreach__campaign": message.outreach.campaign,
                "outreach__influencer": message.outreach.influencer,
            }
            assert list(Message.objects.filter(state="sent", **same)) == [message]
        self.undo = [(merge, {}) for merge, _before in self.undo]

    def meet(self) -> None:
        """Two conversations of one campaign become one person's; perhaps it was a mistake."""
        people = list(Influencer.objects.order_by("pk"))
        pair = self.rng.sample(people, min(2, len(people)))
        for person in pair:
            self.ask(person=person, campaign=self.campaigns[0])
        if len(pair) == 2:
            self.join(pair=pair)
            if self.rng.random() < 0.4:
                self.part()

    def join(self, *, pair: list[Influencer] | None = None) -> None:
        people = pair or list(Influencer.objects.order_by("pk"))
        if len(people) < 2:
            return
        winner, loser = self.rng.sample(people, 2)
        before, known = exactly(), facts()
        merged = merging.merge(winner=winner, loser=loser, by=self.officer, at=self.at)
        assert facts() == known
        self.undo.append((merged, before))
        self.merges += 1

    def part(self) -> None:
        if self.undo:
            merge, before = self.undo.pop()
            known = facts()
            merging.unmerge(merge=merge, by=self.officer, at=self.at)
            assert facts() == known
            if before:  # nothing happened in between
                assert exactly() == before
                self.exact += 1


def exactly() -> dict:
    """Every row of every table, but for what merging writes of itself."""
    told = rows(without=_BESIDE).items()
    return {label: [row for row in found if row.get("kind") not in _OF_ITSELF] for label, found in told}


def facts() -> Counter:
    """What is known, whoever it is filed under: every row that a plan says to be about somebody, without whom and
    which conversation it names, and every id that anybody was known by."""
    told: Counter = Counter()
    for model in person_plans.planned():
        if model is Influencer or model is Change or model._meta.label_lower in _BESIDE:
            continue
        whose = {field.column for field in model._meta.fields if field.related_model in {Influencer, Outreach}}
        changing = _LIVES if model in {Outreach, Message} else set()
        for row in rows([model])[model._meta.label_lower]:
            if row.get("kind") not in _OF_ITSELF:
                mine = {name: said for name, said in row.items() if name not in whose | changing}
                told[(model._meta.label_lower, repr(sorted(mine.items())))] += 1
    for known in (Influencer, InfluencerAlias):
        for public_id, external_id in known.objects.values_list("public_id", "external_id"):
            told[("public_id", str(public_id))] += 1
            if external_id:
                told[("external_id", external_id)] += 1
    return told


def check_mail(sink) -> None:
    """No mailbox has two first messages of one campaign, and no conversation of one campaign and person wrote twice."""
    sent = Message.objects.filter(state="sent")
    boxes = Counter(sent.values_list("address__email", "outreach__campaign"))
    assert [box for box, number in boxes.items() if number > 1] == []
    assert Counter(mail.recipients[0] for mail in sink.messages) == Counter(
        sent.values_list("address__email", flat=True)
    )


@pytest.mark.parametrize(("seed", "steps"), [(0, 10)])
def test_no_fact_is_lost_and_nobody_is_mailed_twice(sink, seed, steps):
    world = World(seed)
    for _step in range(steps):
        world.step()
    while Influencer.objects.count() < 2:
        world.bring()
    world.join()  # whatever the seed: one that is undone at once
    world.part()
    while world.undo:
        world.part()
    for _each in range(3):
        world.at += timedelta(hours=25)
        world.send()
    assert sink.messages
    assert world.merges > 0
    assert world.exact > 0
    check_mail(sink)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(120))
def test_the_same_at_length(sink, seed):
    test_no_fact_is_lost_and_nobody_is_mailed_twice(sink, seed, steps=24)
