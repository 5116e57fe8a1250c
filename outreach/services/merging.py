"""When profiles are merged: their conversations are one person's, and of two in one campaign one goes on.

Called by crm.services.merging, which holds the people and their addresses.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q

from crm.models import Address, Influencer, User
from crm.services import activity
from matching.models import RelevanceLabel
from outreach import stages, words
from outreach.models import Message, Outreach
from outreach.services import enrolments, outcomes

_OUT = (Message.State.DISPATCHING, Message.State.SENT, Message.State.UNCERTAIN)
_WAITING = (Message.State.DRAFT, Message.State.PLANNED, Message.State.CLAIMED)


def join(*, winner: Influencer, loser: Influencer, by: User, at: datetime) -> dict[str, Any]:
    """The loser's conversations go to the winner. Of two in one campaign the further stays open; the other is closed,
    keeps its messages, link and what came of it, and sends nothing more.
    """
    locked = Outreach.objects.select_for_update(of=("self",)).select_related("campaign__cause")
    rows = list(locked.filter(influencer__in=[winner, loser]).order_by("pk"))
    record: dict[str, Any] = {"moved": [row.pk for row in rows if row.influencer_id == loser.pk], "closed": []}
    for goes_on, closed in _meetings(rows):
        record["closed"].append(_close(closed, goes_on, at=at))
        _tell(winner, closed, at=at, by=by)
    Outreach.objects.filter(pk__in=record["moved"]).update(influencer=winner)
    for closed in record["closed"]:
        Outreach.objects.filter(pk=closed["id"]).update(stage_at=at)
    return record


def part(*, record: dict[str, Any], winner: Influencer, loser: Influencer, by: User, at: datetime) -> None:
    """Each has their own again, and what was closed is open as it was. The gate still knows who got what meanwhile."""
    rows = Outreach.objects.select_for_update().filter(influencer=winner).order_by("pk")
    list(rows.values_list("pk"))
    Outreach.objects.filter(pk__in=record["moved"], influencer=winner).update(influencer=loser)
    for closed in record["closed"]:
        if "met_at" in closed:
            _part_facts(closed)
        Outreach.objects.filter(pk=closed["id"], stage=Outreach.Stage.MERGED).update(
            stage=closed["stage"], stage_at=datetime.fromisoformat(closed["stage_at"])
        )
        enrolments.parted(record=closed.get("sequence", {}), at=at)
        for pk, state, reason in closed["cancelled"]:
            Message.objects.filter(pk=pk, state=Message.State.CANCELLED, reason="merged").update(
                state=state, reason=reason, finished_at=None
            )


def _part_facts(closed: dict[str, Any]) -> None:
    """What was known of each is known again; what was counted for both together is counted anew."""
    RelevanceLabel.objects.filter(pk__in=closed["withdrawn"]).delete()
    together = RelevanceLabel.objects.actions().filter(about=closed["goes_on"], kind=RelevanceLabel.Kind.ACTIONS)
    together.filter(at__gte=datetime.fromisoformat(closed["met_at"])).delete()


def meetings(*, winner: Influencer, loser: Influencer) -> list[tuple[Outreach, Outreach]]:
    """Pairs in one campaign, as a merge would take them: the one that goes on, the one that is closed."""
    rows = Outreach.objects.filter(influencer__in=[winner, loser]).select_related("campaign").order_by("pk")
    return _meetings(list(rows))


def foretell(*, winner: Influencer, loser: Influencer) -> list[str]:
    return [words.meeting(goes_on, closed) for goes_on, closed in meetings(winner=winner, loser=loser)]


def describe(*, person: Influencer) -> list[str]:
    rows = Outreach.objects.filter(influencer=person).select_related("campaign").order_by("-stage_at", "-pk")
    return [words.standing_of(row) for row in rows]


def was_written_to(outreach: Outreach, *, address: int | None) -> bool:
    """Whether another conversation of this campaign has written to this person, or to this address of theirs, already.

    Only a merge, or one taken apart, brings that about; whoever was written to in this very conversation is no news.
    An agent's address is no address of theirs: the agent is written to for each of their people.
    """
    whose = {"influencer": outreach.influencer_id}
    theirs = Outreach.objects.filter(**whose, campaign=outreach.campaign_id).values_list("pk", flat=True)
    # Told apart by columns of the message alone: across tables, "or" is no question that an index answers.
    same = Q(outreach__in=[outreach.pk, *theirs])
    if address and Address.objects.filter(**whose, pk=address).exists():
        same |= Q(address=address)
    gone = Message.objects.asking().filter(same, state__in=_OUT)
    of = set(gone.filter(outreach__campaign=outreach.campaign_id).values_list("outreach", flat=True))
    return bool(of) and outreach.pk not in of


def _meetings(rows: list[Outreach]) -> list[tuple[Outreach, Outreach]]:
    by_campaign: dict[int, list[Outreach]] = {}
    for row in rows:
        if row.stage != Outreach.Stage.MERGED:
            by_campaign.setdefault(row.campaign_id, []).append(row)
    gone = Message.objects.asking().filter(outreach__in=rows, state__in=_OUT)
    written = set(gone.values_list("outreach_id", flat=True))
    met = []
    for pair in by_campaign.values():
        if len(pair) > 1:
            closed, goes_on = sorted(pair, key=lambda row: (_place(row, row.pk in written), row.pk in written, -row.pk))
            met.append((goes_on, closed))
    return met


def _place(outreach: Outreach, is_written_to: bool) -> int:
    """How far a conversation has come. One whose message is on the wire at this moment is about to be `contacted`."""
    place = stages.further(outreach.stage)
    return max(place, stages.further("contacted")) if is_written_to else place


def _close(closed: Outreach, goes_on: Outreach, *, at: datetime) -> dict[str, Any]:
    """Close one; of the other, a first message is taken back that the person has had from the closed one already."""
    asking = Message.objects.asking().filter(outreach__in=[closed, goes_on])
    held = list(asking.select_for_update().order_by("pk"))
    has_had = any(m.outreach_id == closed.pk and m.state in _OUT for m in held)
    has_begun = any(m.outreach_id == goes_on.pk and m.state in _OUT for m in held)
    ends = {closed.pk, goes_on.pk} if has_had and not has_begun else {closed.pk}
    waiting = [m for m in held if m.state in _WAITING and m.outreach_id in ends]
    kept = {"id": closed.pk, "stage": closed.stage, "stage_at": closed.stage_at.isoformat()}
    # What was about to be sent waits again, should it ever be put back.
    cancelled = [[m.pk, "planned" if m.state == Message.State.CLAIMED else m.state, m.reason] for m in waiting]
    Message.objects.filter(pk__in=[m.pk for m in waiting]).update(
        state=Message.State.CANCELLED, reason="merged", finished_at=at, lease_until=None
    )
    withdrawn = outcomes.withdraw(outreach=closed, at=at)  # one person asked once is one outcome
    Outreach.objects.filter(pk=closed.pk).update(stage=Outreach.Stage.MERGED)
    kept["sequence"] = enrolments.merged(outreach=closed, at=at)
    met = {"goes_on": outcomes.about(goes_on), "met_at": at.isoformat(), "withdrawn": withdrawn}
    return kept | {"cancelled": cancelled} | met


def _tell(winner: Influencer, closed: Outreach, *, at: datetime, by: User) -> None:
    moved = {"before": closed.stage, "after": "merged", "campaign": closed.campaign.name}
    activity.record(influencer=winner, cause=closed.campaign.cause, kind="stage_moved", at=at, by=by, **moved)
