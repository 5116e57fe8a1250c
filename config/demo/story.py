"""Ten weeks of work, lived through the services in the order of time: who fits, who is chosen, how it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from functools import partial
from random import Random

from config.demo import scripts, verdicts
from config.demo.agenda import Agenda
from config.demo.conversation import Conversation, Desk, Shared
from config.demo.scripts import Script
from crm.models import Cause, Influencer, User
from matching.models import Match, MatchList, RelevanceLabel
from matching.services import match_lists, weights
from matching.tasks import build_match_list
from matching.words import tellable
from outreach.models import Campaign
from outreach.services import campaigns, pipeline

_LIST = 100  # people in a match list
_LATE = timedelta(days=21)  # after which a second wave is chosen
_THOUGHT = timedelta(minutes=20)  # from moving a weight to ranking by it


def tell(rng: Random, *, at: datetime, zone: tzinfo) -> list[Shared]:
    """Live everything that happened until `at`; the links that were shared."""
    desk = Desk(rng, Agenda(rng, until=at, zone=zone))
    story = _Story(desk)
    for script in scripts.CAMPAIGNS:
        desk.agenda.at_work(desk.agenda.ago(script.asked), partial(story.begin, script))
    for slug, days in scripts.BROWSED.items():
        desk.agenda.at_work(desk.agenda.ago(days), partial(story.browse, slug))
    desk.agenda.run()
    return desk.shared


class _Story:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._agenda = desk.agenda
        self._staff = {user.username: user for user in User.objects.filter(is_demo=True)}

    def browse(self, slug: str, at: datetime) -> None:
        cause, by = Cause.objects.get(slug=slug), self._staff["sam"]
        weights.set(cause=cause, weights=scripts.WEIGHTS.get(slug, {}), by=by, at=at - _THOUGHT)
        self._ranked(cause, by=by, at=at)

    def begin(self, script: Script, at: datetime) -> None:
        cause, owner = Cause.objects.get(slug=script.cause), self._staff[script.owner]
        match_list = self._ranked(cause, by=owner, at=at)
        campaign = campaigns.create(
            cause=cause,
            slug=script.slug,
            name=script.name,
            destination_url=script.destination,
            organisation=scripts.ORGANISATION,
            starts_date=self._agenda.ago(script.starts).date(),
            ends_date=self._agenda.ago(script.ends).date(),
            by=owner,
        )
        choose = partial(self._choose, campaign, match_list, owner)
        self._agenda.later(at, partial(choose, script.fates), days=0.4)
        if script.late:
            self._agenda.at_work(at + _LATE, partial(choose, script.late))

    def _ranked(self, cause: Cause, *, by: User, at: datetime) -> MatchList:
        match_list = match_lists.request(cause=cause, by=by, at=at, limit=_LIST)
        # The task, as the worker runs it: only the worker may know the ranking service.
        build_match_list(match_list.pk, at=(at + timedelta(seconds=20)).isoformat())
        verdicts.plan(self._agenda, match_list, by=by, at=at)
        return match_list

    def _choose(
        self, campaign: Campaign, match_list: MatchList, owner: User, fates: Sequence[str], at: datetime
    ) -> None:
        """Take the best who can be written to, and for a text by hand the best who cannot."""
        by_mail, by_hand = map(iter, self._free(campaign, match_list, at=at))
        cast = [(fate, next(by_hand if fate == scripts.BY_HAND else by_mail, None)) for fate in fates]
        chosen = [match for _, match in cast if match]
        opened, _ = pipeline.start(
            campaign=campaign, influencers=[match.influencer for match in chosen], by=owner, at=at, matches=chosen
        )
        for place, (outreach, fate) in enumerate(zip(opened, [fate for fate, match in cast if match], strict=True)):
            conversation = Conversation(self._desk, outreach, fate, owner=owner, colleague=self._staff["lea"])
            self._agenda.later(at, conversation.begin, days=0.8 + place * 0.12)

    def _free(self, campaign: Campaign, match_list: MatchList, *, at: datetime) -> tuple[list[Match], list[Match]]:
        """Persons nothing speaks against, whose language the cause is told in and whom we can tell why, best first.

        By mail, and those who can only be written to by hand.
        """
        matches = Match.objects.filter(match_list=match_list).select_related("influencer").order_by("rank")
        plan = pipeline.plan(campaign=campaign, influencers=[match.influencer for match in matches], at=at)
        free = {person.pk for person in plan.ready if person.kind == Influencer.Kind.PERSON}
        contactable = set(Influencer.objects.contactable(at=at).values_list("pk", flat=True))
        unfit = set(matches.filter(labels__kind__in=RelevanceLabel.AGAINST).values_list("pk", flat=True))
        fit = [
            match
            for match in matches
            if match.influencer_id in free
            and match.pk not in unfit
            and match.influencer.language == campaign.cause.languages[0]
            and tellable(match)
        ]
        by_mail = [match for match in fit if match.influencer_id in contactable]
        return by_mail, [match for match in fit if match.influencer_id not in contactable]
