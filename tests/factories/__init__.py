"""Rows for tests, made the short way. What a service guarantees is tested through the service."""

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from secrets import token_urlsafe

import factory
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from factory.django import DjangoModelFactory

from crm.formats.rows import AccountReading, InfluencerRow, PostReading
from crm.handles import canonical_email, handle_key, search_text, sort_key
from crm.models import (
    Address,
    Cause,
    ImportBatch,
    Influencer,
    Representation,
    SocialAccount,
    Topic,
    User,
    VettingCheck,
)
from crm.services import importing, influencers, tokens
from crm.services.addresses import digest
from crm.services.bulk import lists
from outreach.models import Campaign, InboundMessage, Link, Message, MessageTemplate, Outreach
from outreach.services import drafts, limits, messages

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday morning


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("officer{}".format)
    first_name = "Léa"
    last_name = "Martin"
    is_staff = True

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        if extracted:
            self.groups.add(Group.objects.get(name=extracted))


class CauseFactory(DjangoModelFactory[Cause]):
    class Meta:
        model = Cause
        skip_postgeneration_save = True

    slug = factory.Sequence("cause-{}".format)
    name = "Clean beaches"
    description = "We clear beaches of plastic every spring."
    languages = ["en"]
    countries = ["GB"]

    @factory.post_generation
    def topics(self, create, extracted, **kwargs):
        self.topics.set(Topic.objects.filter(slug__in=extracted or []))


class InfluencerFactory(DjangoModelFactory[Influencer]):
    class Meta:
        model = Influencer

    name = factory.Sequence("Amina Diallo {}".format)
    languages = ["en"]
    country = "GB"
    bio = "I dive and film the sea."
    sort_name = factory.LazyAttribute(lambda o: sort_key(o.name))
    search_text = factory.LazyAttribute(lambda o: search_text([o.name], o.bio))


class AccountFactory(DjangoModelFactory[SocialAccount]):
    class Meta:
        model = SocialAccount

    influencer = factory.SubFactory(InfluencerFactory)
    platform = "instagram"
    handle = factory.Sequence("amina.{}".format)
    handle_key = factory.LazyAttribute(lambda o: handle_key(o.platform, o.handle))
    followers = 48_000

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """Lists know of it, by a third of the questions that crm.services.bulk.lists asks; test_lists holds it to it."""
        account = super()._create(model_class, *args, **kwargs)
        person = account.influencer
        known = SocialAccount.objects.filter(influencer=person).order_by("pk").values_list("handle", "followers")
        handles, followers = zip(*known, strict=True)
        person.refresh_from_db()
        person.search_text, person.sort_name = search_text([person.name, *handles], person.bio), sort_key(person.name)
        person.size = max((number for number in followers if number is not None), default=-1)
        told = {name: getattr(person, name) for name in ("search_text", "sort_name", "size")}
        Influencer.objects.filter(pk=person.pk).update(**told)
        return account


class AddressFactory(DjangoModelFactory[Address]):
    class Meta:
        model = Address

    influencer = factory.SubFactory(InfluencerFactory)
    email = factory.Sequence("amina{}@studio.example".format)
    email_key = factory.LazyAttribute(lambda o: canonical_email(o.email))
    digest = factory.LazyAttribute(lambda o: digest(o.email_key))
    kind = "professional"
    basis = "legitimate_interest"
    source = "her page “Contact”"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """Lists know of it, as of an account."""
        address = super()._create(model_class, *args, **kwargs)
        person = Influencer.objects.filter(pk=address.influencer_id)
        if Representation.objects.filter(agent=address.influencer_id).exists():
            lists.refresh([address.influencer_id])
        else:
            person.update(is_contactable=person.contactable().exists())
        address.influencer.refresh_from_db()
        return address


class VettingFactory(DjangoModelFactory[VettingCheck]):
    class Meta:
        model = VettingCheck

    influencer = factory.SubFactory(InfluencerFactory)
    cause = factory.SubFactory(CauseFactory)
    verdict = "cleared"
    reason = "Read their last posts."
    by = factory.SubFactory(UserFactory)
    at = NOW


class CampaignFactory(DjangoModelFactory[Campaign]):
    class Meta:
        model = Campaign

    slug = factory.Sequence("spring-{}".format)
    name = "Spring clean-up"
    cause = factory.SubFactory(CauseFactory)
    starts_date = NOW.date()
    destination_url = "https://give.example/form"
    organisation = "Clear Shores"


class OutreachFactory(DjangoModelFactory[Outreach]):
    class Meta:
        model = Outreach

    campaign = factory.SubFactory(CampaignFactory)
    influencer = factory.SubFactory(InfluencerFactory)
    stage = "shortlisted"
    stage_at = NOW


class LinkFactory(DjangoModelFactory[Link]):
    class Meta:
        model = Link

    outreach = factory.SubFactory(OutreachFactory)
    code = factory.Sequence("bcdfghjk{:04d}".format)
    destination_url = "https://give.example/form"
    created_at = NOW


class TemplateFactory(DjangoModelFactory[MessageTemplate]):
    class Meta:
        model = MessageTemplate

    name = factory.Sequence("First contact {}".format)
    language = "en"
    subject = "{{ cause_name }}"
    body = "Hello {{ first_name }},\n\nthis is where people give: {{ tracked_link }}\n\n{{ sender_name }}"


class InboundMessageFactory(DjangoModelFactory[InboundMessage]):
    """A reply that was read and that somebody has to answer; `outreach=None` for one that nobody knows whose it is."""

    class Meta:
        model = InboundMessage

    door = "mailbox"
    identity = factory.Sequence("{:064x}".format)
    received_at = NOW
    state = "read"
    nature = "personal"
    from_address = "amina@studio.example"
    from_name = "Amina Diallo"
    subject = "Re: Clean beaches"
    text = "Which beach is it?\n\n> Would you join us?"
    said = "Which beach is it?"
    outreach = factory.SubFactory(OutreachFactory, stage="in_conversation")
    influencer = factory.LazyAttribute(lambda o: o.outreach.influencer if o.outreach else None)
    matched_by = factory.LazyAttribute(lambda o: "message_id" if o.outreach else "")
    kind = "question"
    confidence = 0.9
    read_by = "numbers"


def published(
    account: SocialAccount, readings: Iterable[PostReading], *, source: str = "export.csv", at: datetime = NOW
) -> int:
    """A source tells what an account posted; how many of its posts are new."""
    before = account.posts.count()
    all_published({account: readings}, source=source, at=at)
    return account.posts.count() - before


def all_published(
    told: Mapping[SocialAccount, Iterable[PostReading]], *, source: str = "export.csv", at: datetime = NOW
) -> None:
    """A source tells in one go what several accounts posted."""
    rows = [
        InfluencerRow(line=line, accounts=(AccountReading(each.platform, each.handle, published=tuple(readings)),))
        for line, (each, readings) in enumerate(told.items(), 1)
    ]
    influencers.store_all(rows=rows, source=source, at=at)


def at_any_hour(**said) -> None:
    """For tests of something else: everybody may be written to day and night, and asked again at once."""
    open_hours = {"weekdays": [*range(1, 8)], "opens": time(0), "closes": time(0), "keeps_holidays": False}
    limits.change(**open_hours | {"cooling_off_days": 0, "asks_a_year": 12, "sender_daily": 10_000} | said)


def approved_message(email: str = "amina@studio.example") -> Message:
    """A message that nothing speaks against, approved and due at NOW."""
    address = AddressFactory(email=email)
    outreach = OutreachFactory(influencer=address.influencer)
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=address.influencer, cause=outreach.campaign.cause)
    officer = UserFactory()
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    return messages.approve(message=draft, by=officer, at=NOW)


def browser_of(user: User, **options) -> Client:
    """A browser in which they are signed in: what a sign-in leaves behind, by one question instead of fifteen."""
    key = token_urlsafe(20)
    said = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    expires = timezone.now() + timedelta(days=1)
    Session.objects.create(session_key=key, session_data=Session.objects.encode(said), expire_date=expires)
    browser = Client(**options)
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    return browser


def tool_of(user: User, *scopes: str) -> Client:
    """A program that holds a token of theirs."""
    _, text = tokens.create(user=user, name="test", scopes=scopes, at=timezone.now())
    return bearing(text)


def officers_tool(*scopes: str) -> Client:
    return tool_of(UserFactory(role="officer"), *scopes)


def bearing(text: str) -> Client:
    """A program that says this is its token."""
    return Client(headers={"Authorization": f"Bearer {text}"})


def uploaded(content: str | bytes, *, at: datetime = NOW, **said) -> ImportBatch:
    """A file somebody brought, which nobody has looked into."""
    given = content.encode() if isinstance(content, str) else content
    usual = {"subject": "influencers", "filename": "p.csv", "max_bytes": 10**8}
    return importing.upload(stream=io.BytesIO(given), at=at, **usual | said)


def worked(batch: ImportBatch, *, at: datetime = NOW) -> ImportBatch:
    """A file after the worker came by: looked into, or stored if somebody accepted it."""
    importing.work(batch=batch, at=at)
    batch.refresh_from_db()
    return batch


def analysed(content: str | bytes, *, at: datetime = NOW, **said) -> ImportBatch:
    """A file that was looked into; whether it could be read is for the test to say."""
    return worked(uploaded(content, at=at, **said), at=at)


def committed(batch: ImportBatch, *, at: datetime = NOW) -> ImportBatch:
    """A file that was looked into, accepted and stored."""
    importing.accept(batch=batch)
    worked(batch, at=at)
    assert batch.state == "committed", batch.error
    return batch


def imported(content: str | bytes, *, at: datetime = NOW, **said) -> ImportBatch:
    """A file that was brought, looked into and stored."""
    return committed(analysed(content, at=at, **said), at=at)
