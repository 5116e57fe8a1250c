"""Thousands of rows, each table in one go: for what is only seen in numbers."""

from datetime import datetime, timedelta
from email.utils import make_msgid

from crm.models import Address, Influencer, SocialAccount, VettingCheck
from crm.services.addresses import digest
from outreach.models import Message, Outreach
from outreach.rendering import Footer, finish
from outreach.services import messages
from tests.factories import CampaignFactory, UserFactory

BODY = (
    "Hello {name},\n\nIn March you showed your followers what lies on the floor of the sea: you spoke of nets, of "
    "bottles and of what one diver alone can lift.\n\nWe clear beaches of plastic every spring, four hundred people "
    "on one morning, and we would like you to tell of it. This is where they sign up:\n"
    "https://causeway.example/r/k7m2p9q4\n\nLéa Martin"
)


def approved_messages(number: int, *, at: datetime, domain: str = "sink.lan") -> list[Message]:
    """So many messages, to as many people, approved and due, that nothing speaks against; texts as `approve` freezes them."""
    officer, campaign = UserFactory(), CampaignFactory()
    names = [f"Person {n}" for n in range(number)]
    people = Influencer.objects.bulk_create([Influencer(name=n, sort_name=n.lower(), languages=["en"]) for n in names])
    SocialAccount.objects.bulk_create(
        [
            SocialAccount(influencer=p, platform="instagram", handle=f"p.{p.pk}", handle_key=f"p.{p.pk}", followers=n)
            for n, p in enumerate(people)
        ]
    )
    lawful = {"kind": "professional", "basis": "legitimate_interest", "source": "her page"}
    found = Address.objects.bulk_create(
        [
            Address(influencer=p, email=email, email_key=email, digest=digest(email), **lawful)
            for n, p in enumerate(people)
            if (email := f"p{n}@{domain}")
        ]
    )
    VettingCheck.objects.bulk_create(
        [
            VettingCheck(influencer=p, cause=campaign.cause, verdict="cleared", reason="Read.", by=officer, at=at)
            for p in people
        ]
    )
    talks = Outreach.objects.bulk_create(
        [Outreach(campaign=campaign, influencer=p, stage="shortlisted", stage_at=at) for p in people]
    )
    return Message.objects.bulk_create(
        [_approved(*each, by=officer, at=at) for each in zip(names, found, talks, strict=True)], batch_size=1_000
    )


def _approved(name: str, address: Address, outreach: Outreach, *, by, at: datetime) -> Message:
    way_out = messages.unsubscribe_url(address)
    footer = Footer("We have your address from: her page.", "No more messages from us:", way_out, "Clear Shores, Brest")
    body = BODY.format(name=name)
    frozen = finish("Clean beaches", body, footer)
    return Message(
        reference=f"outreach:{outreach.pk}:first",
        outreach=outreach,
        address=address,
        language="en",
        state="planned",
        subject=frozen.subject,
        body=body,
        text=frozen.text,
        html=frozen.html,
        approved_by=by,
        approved_at=at,
        due_at=at,
        expires_at=at + timedelta(hours=24),
        message_id=make_msgid(domain="causeway.example"),
    )
