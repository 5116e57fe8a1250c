"""What is due without asking for anything: through the same gate, by purposes of its own."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.models import Address, Influencer, Suppression
from crm.services import addresses, persons, representations, staff
from outreach.models import Message, Outreach
from outreach.services import delivery, drafts, notices
from tests.factories import NOW, AddressFactory, TemplateFactory, UserFactory, approved_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def first():
    """A conversation that has begun."""
    message = approved_message()
    delivery.deliver_due(at=NOW)
    message.refresh_from_db()
    return message


def agreement(outreach: Outreach, *, reference: str = "agreement:1", at=LATER) -> Message:
    return notices.write_to_person(
        outreach=outreach,
        reference=reference,
        language="en",
        subject="What we agreed",
        body="A post in May.\n\nThank you!",
        at=at,
        by=UserFactory(),
    )


def digest(user, *, reference: str = "digest:2026-11-24") -> Message:
    return notices.write_to_staff(
        user=user, reference=reference, language="en", subject="Your day", body="Two answers.", at=LATER
    )


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def sent(message: Message) -> bool:
    delivery.deliver_due(at=LATER)
    return state_of(message)[0] == "sent"


@pytest.fixture
def lea():
    return UserFactory(email="lea@rivages.example")


def test_both_go_their_whole_way_once_with_an_id_fixed_before(first, lea):
    for message, to in ((agreement(first.outreach), "amina@studio.example"), (digest(lea), "lea@rivages.example")):
        fixed = message.message_id
        assert sent(message)
        mail = message_from_bytes(bytes(message.raw), policy=policy.default)
        assert (mail["To"], mail["Message-ID"], mail["Subject"]) == (to, fixed, message.subject)
        assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)
        assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == message.text.strip()
        assert delivery.deliver_due(at=LATER + timedelta(hours=1)) == 0


def test_an_agreement_says_who_writes_and_where_they_are(first):
    text = agreement(first.outreach).text
    assert text == "A post in May.\n\nThank you!\n\n—\nClear Shores, 12 quai des Brumes, 29200 Brest\n"


def test_asked_twice_it_is_one_message(first):
    assert agreement(first.outreach) == agreement(first.outreach)
    assert agreement(first.outreach) != agreement(first.outreach, reference="thanks:1")


def test_it_is_no_contact_that_the_next_one_waits_for_and_no_stage(first):
    before = Influencer.objects.get().last_contacted_at, Outreach.objects.get().stage
    assert sent(agreement(first.outreach))
    assert (Influencer.objects.get().last_contacted_at, Outreach.objects.get().stage) == before
    kinds = list(first.outreach.influencer.activities.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["message_captured", "stage_moved", "notice_captured"]


def test_it_is_no_first_message(first):
    assert sent(agreement(first.outreach))
    Message.objects.asking().update(state="refused", reason="did_not_arrive")
    drafted = drafts.draft(outreach=first.outreach, template=TemplateFactory(), at=LATER, by=UserFactory())
    assert drafted.purpose == "partnership"


def test_after_an_unsubscribe_what_they_wait_for_still_goes_and_after_a_bounce_nothing(first, lea):
    """S12: two of two, then none of two."""
    person = UserFactory(email=first.address.email)  # a colleague who is in the database of people, too
    addresses.suppress(address=first.address, reason="unsubscribed", at=NOW)
    assert [sent(agreement(first.outreach)), sent(digest(person))] == [True, True]
    addresses.bounced(email=first.address.email, at=NOW)
    with pytest.raises(DomainError, match="no_usable_address"):
        agreement(first.outreach, reference="thanks:1")
    late = digest(person, reference="digest:2026-11-25")
    assert (sent(late), state_of(late)) == (False, ("refused", "address_bounced"))


@pytest.mark.parametrize(
    ("no", "reason"),
    [
        (lambda a: addresses.suppress(address=a, reason="unsubscribed", scope="all", at=NOW), "said_no"),
        (lambda a: addresses.complained(email=a.email, at=NOW), "said_no"),
        (lambda a: addresses.bounced(email=a.email, at=NOW), "address_bounced"),
        (lambda a: Address.objects.filter(pk=a.pk).delete(), "person_erased"),
    ],
)
def test_what_is_planned_already_stops_where_they_want_nothing_at_all(first, no, reason):
    message = agreement(first.outreach)
    no(first.address)
    assert not sent(message)
    assert state_of(message) == ("refused", reason)


def test_what_is_planned_goes_with_whoever_is_erased(first, own_keyring):
    message = agreement(first.outreach)
    persons.erase(influencer=first.outreach.influencer, at=NOW)
    assert (sent(message), state_of(message), message.text) == (False, ("cancelled", "person_erased"), "…")


def test_without_the_keyring_nobody_can_say_who_said_no_but_colleagues_are_let_in(first, lea, settings, tmp_path):
    to_person, to_lea = agreement(first.outreach), digest(lea)
    settings.KEYRING = tmp_path / "keyring.json"
    settings.KEYRING.write_text("{")
    assert (sent(to_person), sent(to_lea)) == (False, True)
    assert state_of(to_person) == ("planned", "keyring_foreign")


def test_whoever_has_left_gets_nothing(lea):
    message = digest(lea)
    admin = UserFactory(role="administrator")
    names = {"first_name": lea.first_name, "last_name": lea.last_name, "email": lea.email}
    staff.change(user=lea, **names, role="officer", is_active=False, by=admin)
    assert not sent(message)
    assert state_of(message) == ("refused", "colleague_left")


def test_an_account_without_an_address_says_so():
    message = digest(UserFactory(email=""))
    assert not sent(message)
    assert state_of(message) == ("refused", "colleague_unreachable")


def test_a_digest_of_yesterday_is_not_sent_today(lea):
    message = digest(lea)
    delivery.deliver_due(at=LATER + timedelta(hours=2))
    assert state_of(message) == ("expired", "expired")


def test_caps_are_for_those_who_are_asked_for_something(first, lea):
    for number in range(4):
        assert sent(agreement(first.outreach, reference=f"thanks:{number}"))
    addresses_of = Message.objects.filter(address=first.address, state="sent").count()
    assert addresses_of == 5


def test_it_goes_where_the_conversation_was_led(first):
    other = AddressFactory(influencer=first.outreach.influencer, basis="", source="")
    assert agreement(first.outreach).address == first.address
    Message.objects.filter(pk=first.pk).update(address=other)
    assert agreement(first.outreach, reference="thanks:1").address == other


def test_an_agent_who_speaks_for_them_no_more_gets_none_of_it(first):
    person = first.outreach.influencer
    agent = AddressFactory()
    said = representations.begin(influencer=person, agent=agent.influencer, by=UserFactory(), at=NOW)
    first.address.delete()
    message = agreement(first.outreach)
    assert message.address == agent
    representations.end(representation=said, until_date=LATER.date(), by=UserFactory(), at=LATER)
    assert not sent(message)
    assert state_of(message) == ("refused", "address_not_usable")


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": None},
        {"purpose": "transactional"},
        {"purpose": "partnership"},
    ],
)
def test_a_message_to_staff_goes_to_a_colleague_and_nothing_else_does(lea, wrong):
    message = digest(lea)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**wrong)


def test_a_message_goes_to_one_place(first, lea):
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=first.pk).update(user=lea)
    with pytest.raises(IntegrityError), transaction.atomic():
        digest(lea), digest(lea)  # the same one


def test_a_server_that_says_nobody_is_there_is_believed_for_everybody(sink):
    message = approved_message("amina@sink.lan")
    sink.answers["RCPT"] = "550 5.1.1 no such user"
    delivery.deliver_due(at=NOW)
    (row,) = Suppression.objects.values_list("subject", "scope", "reason", "by")
    assert row == (message.address.digest, "all", "bounced", None)
    assert message.outreach.influencer.activities.latest("pk").kind == "address_bounced"
    colleague = UserFactory(email="AMINA@sink.lan")
    sink.answers.clear()
    assert not sent(digest(colleague))
    assert sink.messages == []


@pytest.mark.parametrize(
    "answer", ["550 no thanks", "550 5.7.1 we do not like you", "550 5.2.1 asleep", "450 4.1.1 later", "553 5.1.8 you"]
)
def test_what_may_as_well_be_about_us_says_nothing_of_the_address(sink, answer):
    approved_message("amina@sink.lan")
    sink.answers["RCPT"] = answer
    delivery.deliver_due(at=NOW)
    assert not Suppression.objects.exists()


def test_a_bounce_at_the_end_of_a_message_is_not_about_the_address(sink):
    approved_message("amina@sink.lan")
    sink.answers["DATA"] = "550 5.1.1 spam"
    delivery.deliver_due(at=NOW)
    assert not Suppression.objects.exists()


def test_a_colleague_who_does_not_exist_is_noted_too(sink):
    lea = UserFactory(email="lea@sink.lan")
    sink.answers["RCPT"] = "550 5.1.10 nobody takes mail there"
    assert not sent(digest(lea))
    assert Suppression.objects.get().reason == "bounced"
    assert addresses.is_nobody_at("Lea@sink.lan")
