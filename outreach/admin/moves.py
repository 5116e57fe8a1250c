"""The moves a page offers from each stage: only those that make sense there, the one that leads on first."""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise

from crm.models import Activity
from outreach import stages, words
from outreach.models import Message, Outreach

# The move that takes a conversation further, by its next step.
_PRIMARY = {
    "contacted": "in_conversation",
    "chase": "in_conversation",
    "in_conversation": "agreed",
    "agreed": "live",
    "live": "completed",
}
# Those shown beside it, by the stage one comes from; the others are one click away.
_BESIDE = {
    "contacted": {"in_conversation", "declined", "no_answer"},
    "in_conversation": {"agreed", "declined"},
    "agreed": {"live", "declined"},
    "live": {"completed"},
    "completed": {"live"},
    "declined": {"in_conversation"},
    "no_answer": {"in_conversation", "declined"},
    "conflict": {"shortlisted", "declined"},
}

# Where "in conversation" means that they wrote: what they wrote, and when, is asked for. (What was paused is taken up.)
NEWS = frozenset({"prospect", "shortlisted", "approved", "contacted", "no_answer", "declined"})

Move = tuple[str, str | Promise]


def may_answer(outreach: Outreach) -> bool:
    """Whether an answer of theirs can be noted: the first one, or another one."""
    is_open = outreach.stage in NEWS or outreach.stage == Outreach.Stage.IN_CONVERSATION
    return outreach.influencer is not None and is_open


def offered(outreach: Outreach) -> list[Move]:
    return offered_to_each([outreach])[outreach.pk]


def offered_to_each(outreaches: Sequence[Outreach]) -> dict[int, list[Move]]:
    """Stages one may choose for each of these conversations, as a person would say it; at one price for many.

    Never "contacted" without a message that went out: writing to somebody goes through the gate. Never "no answer" from
    somebody who answered: they would vanish from those who did. Never "merged".
    """
    ids = [outreach.pk for outreach in outreaches]
    written = set(
        Message.objects.asking().filter(outreach__in=ids, state=Message.State.SENT).values_list("outreach", flat=True)
    )
    paused = _before_pause([one for one in outreaches if one.stage == Outreach.Stage.PAUSED])
    return {one.pk: _offered(one, was_written=one.pk in written, before=paused.get(one.pk, "")) for one in outreaches}


def _offered(outreach: Outreach, *, was_written: bool, before: str) -> list[Move]:
    """`before`: where it stood when it was paused; blank where it is not, or nobody noted that."""
    if outreach.influencer is None:
        return []
    allowed = stages.ALLOWED[outreach.stage] - {"merged"}
    if before:
        allowed &= {before, "declined", "conflict", "no_answer"}
    if not was_written:
        allowed -= {"contacted", "no_answer"}
    if Outreach.Stage.CONTACTED not in {outreach.stage, before}:
        allowed -= {"no_answer"}
    taken_up: list[Move] = [(before, words.TAKE_UP_AGAIN)] if before in allowed else []
    others = [stage for stage in stages.STAGES if stage in allowed - {before}]
    return taken_up + [(stage, words.move(outreach.stage, stage)) for stage in others]


def arranged(outreach: Outreach, step: str) -> tuple[str, list[Move], list[Move]]:
    """Which move is the page's primary one, if any; those to show; and those that are one click away."""
    moves = offered(outreach)
    names = [stage for stage, _label in moves]
    leads_on = names[0] if outreach.stage == Outreach.Stage.PAUSED and names else _PRIMARY.get(step, "")
    shown = _BESIDE.get(outreach.stage, set()) | {leads_on}
    moves.sort(key=lambda move: move[0] != leads_on)
    return (
        leads_on if leads_on in names else "",
        [move for move in moves if move[0] in shown],
        [move for move in moves if move[0] not in shown],
    )


def _before_pause(outreaches: Sequence[Outreach]) -> dict[int, str]:
    """Where each stood when it was paused, as the timelines tell, where they do."""
    if not outreaches:
        return {}
    people = {outreach.influencer_id for outreach in outreaches if outreach.influencer_id}
    pauses = Activity.objects.filter(
        influencer__in=people, kind="stage_moved", params__after=Outreach.Stage.PAUSED
    ).order_by("at", "pk")
    told: dict[tuple[Any, ...], Any] = {
        (one.influencer_id, one.cause_id, one.params.get("campaign")): one.params.get("before") for one in pauses
    }
    found = {one.pk: told.get((one.influencer_id, one.campaign.cause_id, one.campaign.name)) for one in outreaches}
    return {pk: before for pk, before in found.items() if before and before in stages.ALLOWED[Outreach.Stage.PAUSED]}
