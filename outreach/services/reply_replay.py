"""Old letters under the present rules: what would be read otherwise, and only then what is."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from outreach.models import InboundMessage
from outreach.replies import classifying, reading
from outreach.replies.classes import VERSION, Reading, ReplyClass
from outreach.replies.effects import EFFECTS, effect_of
from outreach.services.reply_reading import language_of, understanding

_NOES = frozenset({ReplyClass.DECLINES, ReplyClass.UNSUBSCRIBE, ReplyClass.COMPLAINT, ReplyClass.BOUNCE_HARD})


@dataclass(frozen=True)
class Change:
    """One letter that is read otherwise. `is_kept`: it stays as it is, because a person said so, or it was a "no", or
    it would hold back less than before.
    """

    reply: str  # public id
    before: str
    after: str
    until_before: date | None
    until_after: date | None
    is_kept: bool


def replay(*, at: datetime, apply: bool = False) -> list[Change]:
    """Read all stored letters again. With `apply`, what is not kept is noted; nothing else follows from it, so nothing
    is sent that waited, and what was refused stays refused.
    """
    read = InboundMessage.objects.filter(state=InboundMessage.State.READ, raw__isnull=False)
    pks = list(read.order_by("pk").values_list("pk", flat=True))
    found = [_again(pk, at=at, apply=apply) for pk in pks]
    return [change for change in found if change]


@transaction.atomic
def _again(pk: int, *, at: datetime, apply: bool) -> Change | None:
    rows = InboundMessage.objects.select_for_update(of=("self",)).select_related("outreach__influencer", "answers")
    row = rows.filter(pk=pk, raw__isnull=False).first()
    if row is None or row.raw is None:
        return None
    understood = classifying.classify(reading.read(bytes(row.raw)), language=language_of(row.outreach, row.answers))
    is_kept = bool(row.confirmed_kind) or not _holds_as_much(row, understood)
    is_same = (row.kind, row.until_date) == (understood.reply_class.value, understood.until)
    change = None
    if not is_same:
        change = Change(
            reply=str(row.public_id),
            before=row.kind,
            after=understood.reply_class.value,
            until_before=row.until_date,
            until_after=understood.until,
            is_kept=is_kept,
        )
    if apply and not is_kept and (change or row.rules_version != VERSION):
        _note(row, understood, at=at)
    return change


def _holds_as_much(row: InboundMessage, understood: Reading) -> bool:
    """Whether nothing goes out by it that did not go out before."""
    before = ReplyClass(row.kind)
    if understood.reply_class == before and understood.until == row.until_date:
        return True
    if before in _NOES:
        return False
    now = effect_of(understood)
    ends = now.resumes_after_until
    was = EFFECTS[before].pauses_everything
    return not was or (now.pauses_everything and not ends)


def _note(row: InboundMessage, understood: Reading, *, at: datetime) -> None:
    told, was_for_nobody = understanding(understood), not EFFECTS[ReplyClass(row.kind)].needs_person
    for name, value in told.items():
        setattr(row, name, value)
    names = [*told, "updated_at"]
    if effect_of(understood).needs_person and was_for_nobody:
        row.desk, row.desk_at = InboundMessage.Desk.OPEN, at  # a person looks: until then it holds back
        names += ["desk", "desk_at"]
    row.save(update_fields=names)
