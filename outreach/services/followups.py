"""What follows a first message while nobody answers: each step planned when the one before went out, so that staff see
it in the outbox for days before it goes.
"""

from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Final

from django.conf import settings
from django.db import transaction

from crm.errors import DomainError
from crm.failpoints import reach
from crm.models import Address, Influencer, SocialAccount, User
from matching.services.quotations import Listener
from outreach import rendering, versions
from outreach.models import Enrolment, Message, Outreach, Step
from outreach.services import campaigns, drafts, enrolments, habits, limits, locks, messages, timing
from outreach.services.enrolments import FOLLOW_UP
from outreach.services.personal import Reader

UNWRITTEN: Final = "unwritten"
# What ends a sequence instead of waiting for words.
_ENDS = {"person_said_no": "said_no", "conversation_merged": "merged", "person_barred": "never_again"}


def begin(held: Enrolment, *, by: User, at: datetime, listener: Listener | None = None) -> None:
    """Its first message, for a person to read and approve; where it cannot be written, a pause and a task.

    Raises nothing: whoever cannot be written to at all is paused, too.
    """
    first = held.sequence.steps.order_by("position").first()
    text = first.template_name if first else ""
    try:
        with transaction.atomic():
            account = (
                _account(held.outreach, first.platform) if first and first.channel == Step.Channel.MANUAL else None
            )
            drafts.draft_by_name(outreach=held.outreach, name=text, at=at, by=by, listener=listener, account=account)
    except DomainError as error:
        _without_words(held, error, text=text, at=at)
        return
    if held.outreach.unwritten:
        held.outreach.unwritten = {}
        held.outreach.save(update_fields=["unwritten", "updated_at"])
    now_at(held, 1)


@transaction.atomic
def write(*, outreach: Outreach, subject: str, body: str, by: User, at: datetime) -> Message:
    """The next step in somebody's own words, where its text could not be filled in: planned, and the sequence goes on.

    Raises DomainError: sequence_not_paused, message_without_person, what drafts.filled raises, and what messages.render
    raises.
    """
    held = enrolments.hold(Enrolment.objects.get(outreach=outreach), with_addresses=True)
    step, before = next_step(held), enrolments.last_message(held)
    if not waits_for_words(held) or step is None or before is None:
        raise DomainError("sequence_not_paused")
    _plan(held, step, before, by=by, at=at, words=(subject, body))
    enrolments.turn(held, Enrolment.State.RUNNING, "", at=at, by=by)
    return Message.objects.asking().exclude(state__in=Message.NEVER_SENT).get(reference=enrolments.reference(held))


def waits_for_words(enrolment: Enrolment | None) -> bool:
    """Whether a follow-up is to be written by hand."""
    is_paused = enrolment is not None and enrolment.state == Enrolment.State.PAUSED
    return enrolment is not None and is_paused and enrolment.reason == UNWRITTEN and enrolment.position > 0


@transaction.atomic
def rewrite(*, message: Message, subject: str, body: str, by: User, at: datetime) -> Message:
    """Change a follow-up that waits for its time. Raises DomainError: message_not_planned (state), text_blank,
    rendered_too_long, placeholder_left (names).
    """
    locked = locks.message(message.pk)
    if locked.state != Message.State.PLANNED or not enrolments.is_follow_up(locked):
        raise DomainError("message_not_planned", state=locked.state)
    _check_filled(subject, body)
    draft = rendering.tidy(subject, body)
    locked.subject, locked.body = draft.subject, draft.body
    _freeze(locked)
    locked.approved_by, locked.approved_at = by, at
    locked.save(update_fields=["subject", "body", "text", "html", "approved_by", "approved_at", "updated_at"])
    return locked


def follow(held: Enrolment, step: Step, before: Message, *, at: datetime) -> None:
    """Plan the next step; where it cannot be written, a pause and a task."""
    by = held.started_by or held.outreach.owner
    if by is None:
        enrolments.turn(held, Enrolment.State.PAUSED, "nobody_signs", at=at)
        return
    try:
        with transaction.atomic():
            _plan(held, step, before, by=by, at=at)
    except DomainError as error:
        _without_words(held, error, text=step.template_name, at=at)


@transaction.atomic
def time_anew(pk: int, *, at: datetime) -> bool:
    """What waits gets its time by the clock that its reader lives by now."""
    message = locks.message(pk)
    outreach = message.outreach
    if message.state != Message.State.PLANNED or outreach is None or outreach.influencer is None:
        return False
    sent = outreach.messages.filter(purpose=message.purpose, state=Message.State.SENT)
    before = sent.order_by("-dispatched_at", "-pk").first()
    step = Step.objects.filter(
        sequence__enrolments__outreach=outreach, position=message.reference.rpartition(":")[2]
    ).first()
    reader = Reader.at(message.address, outreach.influencer)
    _time(message, before or message, days=step.days if step else 0, reader=reader, at=at)
    message.reason = ""
    message.save(update_fields=["due_at", "expires_at", "reason", "updated_at"])
    return True


def _without_words(held: Enrolment, error: DomainError, *, text: str, at: datetime) -> None:
    """Never a hole: it stops where it is, and becomes a task."""
    if ends := _ENDS.get(error.code):
        enrolments.end(held, ends, at=at)
        return
    held.outreach.unwritten = {"code": error.code, "params": error.params, "text": text}
    held.outreach.save(update_fields=["unwritten", "updated_at"])
    enrolments.turn(held, Enrolment.State.PAUSED, UNWRITTEN, at=at)


def now_at(held: Enrolment, position: int) -> None:
    held.position = position
    held.save(update_fields=["position", "updated_at"])


def next_step(held: Enrolment) -> Step | None:
    return held.sequence.steps.filter(position__gt=held.position).order_by("position").first()


# One follow-up -------------------------------------------------------------------------------------------------------


def _plan(
    held: Enrolment, step: Step, before: Message, *, by: User, at: datetime, words: tuple[str, str] | None = None
) -> None:
    """The message of a step; the one there is, where it was planned already. `words`: instead of the step's text."""
    reference = f"outreach:{held.outreach_id}{FOLLOW_UP}{step.position}"
    known = Message.objects.asking().filter(outreach=held.outreach_id, reference=reference)
    if not known.exclude(state__in=Message.NEVER_SENT).exists():
        begun = _begun(held.outreach, step, before, at=at)
        message = drafts.filled(begun, _text(begun, step, words), reference=reference, by=by, at=at)
        _check_filled(message.subject, message.body)
        _answer_to(message)
        _freeze(message)
        message.message_id = make_msgid(domain=settings.SENDER_ADDRESS.rpartition("@")[2])
        message.state, message.approved_by, message.approved_at = Message.State.PLANNED, by, at
        _time(message, before, days=step.days, reader=begun.reader, at=at)
        message.save()
        reach("sequence.planned")
    now_at(held, step.position)


def _begun(outreach: Outreach, step: Step, before: Message, *, at: datetime) -> drafts.Begun:
    """To where the one before went, as long as one may write there; by hand, to the account the step names."""
    if outreach.influencer is None:
        raise DomainError("message_without_person")
    person: Influencer = outreach.influencer
    drafts.check_open(outreach, person, at=at)
    if step.channel == Step.Channel.MANUAL:
        return drafts.Begun(outreach, Reader.at(None, person), None, _account(outreach, step.platform))
    same = Address.objects.usable(at=at).reaching(person).filter(pk=before.address_id or 0)
    address, account = same.select_related("influencer").first(), None
    if address is None:
        address, account = drafts.way_to(outreach, person, at=at)
    return drafts.Begun(outreach, Reader.at(address, person), address, account)


def _account(outreach: Outreach, platform: str) -> SocialAccount:
    account = drafts.largest_account(outreach.influencer, platform=platform) if outreach.influencer else None
    if account is None:
        raise DomainError("no_account_to_write_to", platform=platform)
    return account


def _text(begun: drafts.Begun, step: Step, words: tuple[str, str] | None) -> drafts.Text:
    reader, cause = begun.reader, begun.outreach.campaign.cause
    if words:
        language = next(iter(reader.languages), settings.LANGUAGE_CODE)
        return drafts.Text(*words, versions.Version(language, versions.register_in(language, reader.register)))
    template, remarks = campaigns.choose_template(name=step.template_name, reader=reader, cause=cause)
    return drafts.Text(template.subject, template.body, template.version, remarks)


def _answer_to(message: Message) -> None:
    """In the mail programs of both, it stands below what went to that address before."""
    if message.address is None or message.outreach is None:
        return
    gone = message.outreach.messages.filter(address=message.address, state=Message.State.SENT)
    kept = gone.filter(message_id__startswith="<").order_by("dispatched_at", "pk")
    ids = [one for one in kept.values_list("message_id", flat=True) if one]
    message.references, message.in_reply_to = " ".join(ids), ids[-1] if ids else ""


def _freeze(message: Message) -> None:
    if message.channel == Message.Channel.MANUAL:
        message.text = message.body
        return
    rendered = messages.render(message)
    message.subject, message.text, message.html = rendered.subject, rendered.text, rendered.html


def _check_filled(subject: str, body: str) -> None:
    if left := rendering.left(subject, body):
        raise DomainError("placeholder_left", names=left)


def _time(message: Message, before: Message, *, days: int, reader: Reader, at: datetime) -> None:
    """So many of the reader's working days after the one before, that day at the hour at which they answer, if one is
    known; what should have gone by now, when they next may be written to.
    """
    now = limits.current()
    calendar = timing.calendar_of(reader.who, limits=now)
    due_at = calendar.after(before.dispatched_at or at, days=days)
    hour = habits.suggestion(reader.who, calendar=calendar, at=at).hour
    if hour is not None and (better := calendar.at_hour(due_at, hour)) > at:
        due_at = better
    message.due_at = due_at if due_at > at else calendar.opens(at)
    late = timedelta(hours=now.lateness_hours)
    message.expires_at = None if message.channel == Message.Channel.MANUAL else message.due_at + late
