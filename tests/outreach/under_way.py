"""A sequence under way with one person, made through the services."""

from datetime import UTC, datetime, timedelta

from outreach.models import Enrolment, Message, Sequence
from outreach.services import delivery, messages, sequences
from outreach.services.sequences import Part
from tests.factories import (
    AccountFactory,
    AddressFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
)

BEGAN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday morning
DAY = timedelta(days=1)


def written(*names: str, **said) -> None:
    for name in names:
        TemplateFactory(
            name=name,
            **{"subject": name, "body": f"Hello {{{{ first_name }}}}, {name}.\n\n{{{{ sender_name }}}}"} | said,
        )


def three_steps(name: str = "Gently", *, days: tuple[int, ...] = (3, 5)) -> Sequence:
    written("First", "Second", "Third")
    steps = [Part("First"), *(Part(text, days=each) for text, each in zip(("Second", "Third"), days, strict=True))]
    return sequences.save(name=name, steps=steps)


def conversation(email: str = "amina@studio.example", **said):
    address = AddressFactory(email=email)
    outreach = OutreachFactory(influencer=address.influencer, **said)
    LinkFactory(outreach=outreach)
    AccountFactory(influencer=address.influencer)
    VettingFactory(influencer=address.influencer, cause=outreach.campaign.cause)
    return outreach


def begun(sequence: Sequence, *, outreach=None, at=BEGAN, by=None) -> Enrolment:
    return sequences.enrol(outreach=outreach or conversation(), sequence=sequence, by=by or UserFactory(), at=at)


def approve_first(enrolment: Enrolment, *, at=BEGAN) -> Message:
    return messages.approve(message=first(enrolment), by=enrolment.started_by, at=at)


def under_way(sequence: Sequence | None = None, *, outreach=None, at=BEGAN) -> Enrolment:
    """Whose first message has gone out, and the second is planned."""
    enrolment = begun(sequence or three_steps(), outreach=outreach, at=at)
    approve_first(enrolment, at=at)
    tick(at)
    return enrolment


def tick(at) -> None:
    """As beat does it: what went out is followed by the next round."""
    sequences.advance(at=at)
    delivery.deliver_due(at=at)
    sequences.advance(at=at)


def first(enrolment: Enrolment) -> Message:
    return Message.objects.filter(reference=f"outreach:{enrolment.outreach_id}:first").latest("pk")


def step(enrolment: Enrolment, number: int) -> Message:
    return Message.objects.filter(reference=f"outreach:{enrolment.outreach_id}:step:{number}").latest("pk")


def stands(enrolment: Enrolment) -> tuple[str, str, int]:
    enrolment.refresh_from_db()
    return enrolment.state, enrolment.reason, enrolment.position


def states(enrolment: Enrolment) -> list[tuple[str, str]]:
    """Of all its messages, in the order in which they were made."""
    return list(Message.objects.filter(outreach=enrolment.outreach_id).order_by("pk").values_list("state", "reason"))
