"""Whose letter it is: sixty letters as people, machines and liars write them (S15).

A true reply stops what is planned for the person. What is no reply, or somebody else's, stops nothing; what nobody can be
sure of leaves the person in peace and is put before somebody.
"""

from dataclasses import dataclass

import pytest

from outreach import signing
from outreach.models import InboundMessage, Message
from outreach.services import delivery, messages
from tests.factories import NOW, AddressFactory, InfluencerFactory, OutreachFactory
from tests.outreach.receiving.mails import OURS, bounce, came, mail, planned, written_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]

LOCAL, _AT, HOST = OURS.partition("@")


def tokened(token: str) -> str:
    return f"{LOCAL}+{token}@{HOST}"


@dataclass
class World:
    """Amina (who has a link and a footer in what she got), Bruno, and Chloé who is read for by an agent."""

    amina: Message
    bruno: Message
    chloe: Message

    @classmethod
    def made(cls) -> "World":
        amina = written_to("amina@studio.example", name="Amina Diallo", subject="Clean beaches, Amina")
        bruno = written_to("bruno@plage.example", name="Brúno Nǎstase", subject="Clean beaches, Bruno")
        agent = AddressFactory(email="agent@house.example", influencer=InfluencerFactory(name="House"))
        person = InfluencerFactory(name="Chloé Petit")
        person.representations.create(agent=agent.influencer)
        AddressFactory(email="chloe@own.example", influencer=person)
        return cls(amina, bruno, written_to(address=agent, person=person, subject="Clean beaches for Chloé"))


def token_of(message: Message) -> str:
    return signing.reply_token(message.pk)


def footer(message: Message) -> str:
    return f"Would you join us?\nNo more messages: {messages.unsubscribe_url(message.address)}"


# What each letter is, and of whom: every one is a true reply of this person.
TRUE = {
    "in reply to": lambda w: (mail(answers=w.amina), "amina"),
    "references alone": lambda w: (mail(more=f"References: <x@y.example> {w.amina.message_id}"), "amina"),
    "in the middle of a long thread": lambda w: (mail(more=f"In-Reply-To: <own@studio.example>\nReferences: {w.amina.message_id} <a@b.example> <own@studio.example>"), "amina"),
    "an alias of hers": lambda w: (mail(answers=w.amina, sender="hello@aminadives.example"), "amina"),
    "another mailbox, known thread": lambda w: (mail(answers=w.amina, sender="amina.private@home.example"), "amina"),
    "her assistant": lambda w: (mail(answers=w.amina, sender="Sam <sam@studio.example>"), "amina"),
    "no thread, her address": lambda w: (mail("Which beach is it?", sender="Amina@Studio.example"), "amina"),
    "no thread, another subject": lambda w: (mail(subject="Beaches!"), "amina"),
    "no thread, no subject": lambda w: (mail(subject=""), "amina"),
    "no thread, no id": lambda w: (mail(message_id=""), "amina"),
    "a thread of her own beside ours": lambda w: (mail(answers="<own@studio.example>"), "amina"),
    "token": lambda w: (mail(sender="elsewhere@home.example", to=tokened(token_of(w.amina))), "amina"),
    "token, written large": lambda w: (mail(sender="elsewhere@home.example", to=tokened(token_of(w.amina)).upper()), "amina"),
    "token in delivered-to": lambda w: (mail(sender="elsewhere@home.example", to="team@causeway.example", more=f"Delivered-To: {tokened(token_of(w.amina))}"), "amina"),
    "token in cc": lambda w: (mail(sender="elsewhere@home.example", to="a@b.example", more=f"Cc: {tokened(token_of(w.amina))}"), "amina"),
    "token beside a stranger's from": lambda w: (mail(sender="x@y.example", to=f"A <a@b.example>, {tokened(token_of(w.bruno))}"), "bruno"),
    "our id goes before who it says it is": lambda w: (mail(answers=w.bruno, sender="amina@studio.example"), "bruno"),
    "the agent, in the thread": lambda w: (mail(answers=w.chloe, sender="agent@house.example"), "chloe"),
    "the agent, without the thread": lambda w: (mail(sender="agent@house.example"), "chloe"),
    "she herself, in her agent's thread": lambda w: (mail(answers=w.chloe, sender="chloe@own.example"), "chloe"),
    "she herself, without the thread": lambda w: (mail(sender="chloe@own.example", subject="Hello"), "chloe"),
    "absent": lambda w: (mail("I am out of office until 2 January 2027.", answers=w.amina, subject="Out of office", more="Auto-Submitted: auto-replied"), "amina"),
    "nobody there": lambda w: (bounce(w.amina, recipient="amina@studio.example"), "amina"),
    "nobody there, without our mail": lambda w: (bounce(None, recipient="amina@studio.example"), "amina"),
    "forwarded to a colleague, who writes": lambda w: (mail("She asked me to write.", sender="boss@studio.example", subject="Fwd: Clean beaches, Amina", answers=w.amina), "amina"),
    "another mailbox, quoting our footer": lambda w: (mail(sender="a.private@home.example", quotes=footer(w.amina), subject="Beach"), "amina"),
    "another mailbox, quoting her link": lambda w: (mail(sender="a.private@home.example", quotes=f"https://causeway.example/r/{w.amina.outreach.link.code}", subject="Beach"), "amina"),
    "subject and name only": lambda w: (mail(sender="Amina DIALLO <a.private@home.example>", subject="Re: Clean beaches, Amina"), "amina"),
    "subject and domain only": lambda w: (mail(sender="office@plage.example", subject="AW: Re: Clean beaches, Bruno"), "bruno"),
    "a no": lambda w: (mail("No thank you, I am not interested.", answers=w.amina), "amina"),
}  # fmt: skip

# Each stops nothing, for nobody.
FALSE = {
    "copy in the sent folder": lambda w: mail("Would you join us?", sender=f"Causeway <{OURS}>", to="amina@studio.example", message_id=w.amina.message_id),
    "copy, seen from a list": lambda w: mail("Would you join us?", sender="list@host.example", message_id=w.amina.message_id),
    "our own answer": lambda w: mail("On the 3rd.", sender=OURS, to="amina@studio.example", answers=w.amina),
    "our address, in large letters": lambda w: mail("On the 3rd.", sender=OURS.upper(), answers=w.amina),
    "a stranger": lambda w: mail("Buy followers", sender="x@spam.example", subject="Followers"),
    "a stranger who answers": lambda w: mail("Hello", sender="x@spam.example", subject="Re: Followers"),
    "a stranger with our subject": lambda w: mail("Hello", sender="x@spam.example", subject="Re: Clean beaches, Amina"),
    "our subject and nothing more": lambda w: mail("Hello", sender="x@spam.example", subject="Clean beaches, Amina"),
    "a name without the subject": lambda w: mail("Hello", sender="Amina Diallo <a@home.example>", subject="Hello"),
    "somebody we never wrote to": lambda w: mail("Hello", sender=AddressFactory(email="new@creator.example").email),
    "a thread of somebody else": lambda w: mail("Hello", sender="x@spam.example", answers="<other@host.example>"),
    "an id that only looks like ours": lambda w: mail("Hello", sender="x@spam.example", answers="<sent-99999@causeway.example>"),
    "a token made up": lambda w: mail("Hello", sender="x@spam.example", to=tokened(f"r{w.amina.pk}-{'0' * 24}")),
    "a token of another message": lambda w: mail("Hello", sender="x@spam.example", to=tokened(f"r{w.amina.pk}-{token_of(w.bruno).partition('-')[2]}")),
    "a token cut short": lambda w: mail("Hello", sender="x@spam.example", to=tokened(token_of(w.amina)[:-1])),
    "a token with more behind it": lambda w: mail("Hello", sender="x@spam.example", to=tokened(token_of(w.amina) + "0")),
    "a token flipped": lambda w: mail("Hello", sender="x@spam.example", to=tokened(token_of(w.amina)[:-1] + ("0" if token_of(w.amina)[-1] != "0" else "1"))),
    "a token without its number": lambda w: mail("Hello", sender="x@spam.example", to=tokened(token_of(w.amina).partition("-")[2])),
    "a token at another name": lambda w: mail("Hello", sender="x@spam.example", to=f"other+{token_of(w.amina)}@{HOST}"),
    "a token at another host": lambda w: mail("Hello", sender="x@spam.example", to=f"{LOCAL}+{token_of(w.amina)}@evil.example"),
    "a token in the subject": lambda w: mail("Hello", sender="x@spam.example", subject=token_of(w.amina)),
    "a token for unsubscribing": lambda w: mail("Hello", sender="x@spam.example", to=tokened(signing.unsubscribe_token("x")[:30])),
    "received": lambda w: mail("We got your mail.", answers=w.amina, more="Auto-Submitted: auto-replied"),
    "a list": lambda w: mail("News", sender="amina@studio.example", more="List-Id: <news.studio.example>\nPrecedence: bulk"),
    "did not arrive yet": lambda w: bounce(w.amina, recipient="amina@studio.example", status="4.2.2", action="delayed"),
    "a full mailbox": lambda w: bounce(w.amina, recipient="amina@studio.example", status="5.2.2"),
    "arrived": lambda w: bounce(w.amina, recipient="amina@studio.example", status="2.0.0", action="delivered"),
    "a report of somebody else's mail": lambda w: bounce(None, recipient="somebody@else.example"),
    "a footer made up": lambda w: mail("Hello", sender="x@spam.example", quotes="https://causeway.example/u/v1.aGVsbG8.AAAAAAAAAAAAAAAAAAAAAAAAAAAA", subject="Beach"),
    "bytes": lambda w: b"\x00\xff\xfe" * 50,
}  # fmt: skip


def stopped(world: World) -> set[str]:
    """For whom a message that is due now does not leave."""
    found = set()
    for name in ("amina", "bruno", "chloe"):
        message = planned(getattr(world, name))
        Message.objects.filter(pk=message.pk).update(state="claimed")
        if delivery.gate(pk=message.pk, at=NOW) is None:
            found.add(name)
    return found


def test_there_are_sixty():
    assert (len(TRUE), len(FALSE)) == (30, 30)


@pytest.mark.parametrize("name", TRUE)
def test_a_true_reply_stops_what_is_planned_for_whoever_wrote_it_and_for_nobody_else(name):
    world = World.made()
    raw, whose = TRUE[name](world)
    letter = came(raw)
    assert letter.influencer == getattr(world, whose).outreach.influencer
    assert stopped(world) == {whose}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_no_reply_stops_nothing(name):
    world = World.made()
    letter = came(FALSE[name](world))
    assert letter.state == "read"
    assert stopped(world) == set()


@pytest.mark.parametrize("name", [name for name in FALSE if "token" in name])
def test_no_token_that_we_did_not_make_leads_to_a_conversation(name):
    assert came(FALSE[name](World.made())).outreach is None


def test_who_wrote_tells_nothing_where_two_conversations_are_open():
    world = World.made()
    person = world.amina.outreach.influencer
    written_to(address=world.amina.address, outreach=OutreachFactory(influencer=person, stage="contacted"))
    letter = came(mail())
    assert (letter.outreach, letter.influencer, letter.matched_by) == (None, person, "")


def test_what_was_merged_goes_on_in_the_other_conversation():
    world = World.made()
    before = world.amina.outreach
    type(before).objects.filter(pk=before.pk).update(stage="merged")
    goes_on = OutreachFactory(influencer=before.influencer, campaign=before.campaign, stage="contacted")
    assert came(mail(answers=world.amina)).outreach == goes_on


def test_whoever_was_erased_is_not_found_again():
    world = World.made()
    token, name = token_of(world.amina), world.amina.message_id
    world.amina.outreach.influencer.addresses.all().delete()
    type(world.amina.outreach).objects.filter(pk=world.amina.outreach_id).update(influencer=None)
    assert came(mail(answers=name)).outreach is None
    assert came(mail(to=tokened(token))).outreach is None
    assert InboundMessage.objects.filter(influencer__isnull=False).count() == 0
