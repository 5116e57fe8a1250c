"""What came of a conversation for the cause, 90 days after its post went out: concrete actions per 1,000 reached.

Counted are acts, never clicks or likes: what a source has a number for or staff wrote down, credited to this person's
link, after a click by a person or a spoken code. Of one supporter every kind of act counts once.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from crm.models import ActionKind
from matching.columns import sizes
from matching.models import RelevanceLabel
from matching.services import labels
from outreach import signing
from outreach.models import AttributionCredit, Click, Conversion, Link, Outreach
from outreach.robots.classifying import is_robot
from outreach.services import ledger, locks, outcomes
from outreach.services.conversions import DEFAULT_RULE

RIPE: Final = timedelta(days=90)
_AT_ONCE = 500
_OUT = (Outreach.Stage.LIVE, Outreach.Stage.COMPLETED)  # whoever withdrew was not out for all that time


def ripen(*, at: datetime) -> int:
    """Write down what came of conversations that have been out for 90 days, once for each; how many.

    Where nobody ever told an action of the campaign, nobody counts them: that is no zero.
    """
    known = RelevanceLabel.objects.actions().filter(about=OuterRef("label_about"))
    told = AttributionCredit.objects.filter(link__outreach__campaign=OuterRef("campaign"))
    out = Outreach.objects.filter(stage__in=_OUT, live_at__lte=at - RIPE, influencer__isnull=False)
    due = out.annotate(label_about=outcomes.ABOUT).filter(~Exists(known), Exists(told)).order_by("live_at", "pk")
    return sum(_ripen(pk, at=at) for pk in list(due.values_list("pk", flat=True)[:_AT_ONCE]))


@transaction.atomic
def _ripen(pk: int, *, at: datetime) -> bool:
    held = locks.conversation(pk)
    if held.influencer is None or held.live_at is None or held.stage not in _OUT:
        return False
    accounts = sizes.of([held.influencer.pk], at=held.live_at).values()
    reached = sum(account.followers or 0 for account in accounts)
    if not reached:  # nobody had counted their followers
        return False
    _label, is_new = labels.record(
        cause=held.campaign.cause,
        influencer=held.influencer,
        kind=RelevanceLabel.Kind.ACTIONS,
        about=outcomes.about(held),
        origin=f"{outcomes.about(held)}:actions",
        actions=_acts(held, until=held.live_at + RIPE, at=at),
        reached=reached,
        match=held.match,
        at=at,
    )
    return is_new


def _acts(outreach: Outreach, *, until: datetime, at: datetime) -> float:
    """How many acts are credited to this person in this campaign, before `until` and known by `at`.

    No lower bound: a post is often out before anybody notes that it is. What came by a conversation that was merged
    into this one came by this person.
    """
    links = Link.objects.filter(outreach__campaign=outreach.campaign, outreach__influencer=outreach.influencer)
    credited = AttributionCredit.objects.counting().filter(
        link__in=links, rule=DEFAULT_RULE, conversion__occurred_at__lt=until, conversion__received_at__lte=at
    )
    told = credited.exclude(conversion__in=Conversion.objects.unverifiable()).select_related("conversion", "link")
    rows = list(told.prefetch_related("conversion__marks"))
    by_people = _clicks_of_people(links, {click for row in rows for click in ledger.marks_of(row.conversion).click_ids})
    acts, whoever = 0.0, set[tuple[str, str]]()
    for row in rows:
        act = row.conversion
        if not _is_spoken(row) and not by_people.get(row.link_id or 0, frozenset()) & set(
            ledger.marks_of(act).click_ids
        ):
            continue
        if act.supporter and (act.supporter, act.kind) in whoever:
            continue
        whoever.add((act.supporter, act.kind))
        is_one = act.supporter or act.kind == ActionKind.VOLUNTEER_HOURS
        acts += float(row.share) * (1 if is_one else float(act.quantity))
    return acts


def _is_spoken(credit: AttributionCredit) -> bool:
    """Whether it came with the code that this person says or shows; staff write it down with that code, too."""
    codes = {signing.heard(code) for code in ledger.codes_of(credit.conversion)}
    return credit.link is not None and credit.link.code in codes


def _clicks_of_people(links: QuerySet[Link], click_ids: set[str]) -> dict[int, set[str]]:
    """Of these clicks on these links, by link, those that no robot made; one without a verdict is read here."""
    found: dict[int, set[str]] = {}
    clicks = Click.objects.by_people().filter(link__in=links, click_id__in=click_ids).select_related("verdict")
    for click in clicks:
        if hasattr(click, "verdict") or not is_robot(method=click.method, user_agent=click.user_agent):
            found.setdefault(click.link_id, set()).add(click.click_id)
    return found
