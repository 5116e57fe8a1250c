"""Settings: how this installation behaves, to whom it concerns."""

from datetime import time

import pytest
from django.utils import timezone

from crm.services import instance, tokens
from outreach.admin.limits import LimitsForm
from outreach.models import Limits
from outreach.services import limits
from tests.factories import TemplateFactory, UserFactory, browser_of

pytestmark = pytest.mark.django_db

SETTINGS = "/admin/crm/instance/"
EDIT, LIMITS = f"{SETTINGS}organisation/", f"{SETTINGS}limits/"


def settings_of(role: str) -> str:
    response = browser_of(UserFactory(role=role, first_name=f"{role.title()} of the house")).get(SETTINGS)
    assert response.status_code == 200
    return response.content.decode()


def test_the_numbers_are_those_that_the_services_use(settings):
    settings.UPLOAD_MAX_BYTES = 7 * 2**20
    limits.change(cooling_off_days=77, sender_daily=33, silence_days=21, opens=time(8, 30), weekdays=[2, 4])
    page = settings_of("officer")
    assert "We ask nobody twice within 77 days" in page
    assert "At most 33 messages leave in 24 hours" in page
    assert "After 21 days without an answer" in page
    assert "Tuesday and Thursday, 08:30 to 18:00 where they live, not on their public holidays." in page
    assert "up to 7 MB" in page


def test_everybody_sees_the_cards_they_have_to_do_with():
    user = UserFactory()
    tokens.create(user=user, name="Donation form of the site", scopes=["causes:read"], at=timezone.now())
    TemplateFactory()
    administrator, officer = settings_of("administrator"), settings_of("officer")
    for mine_alone in ("Donation form of the site", "Administrator of the house", EDIT, "/admin/crm/user/add/"):
        assert mine_alone in administrator
        assert mine_alone not in officer.replace("Officer of the house", "")
    assert "1 text to begin a message from." in officer
    assert browser_of(UserFactory(role="analyst")).get(SETTINGS).status_code == 403


def test_the_price_does_not_grow_with_people_and_tokens(django_assert_max_num_queries):
    client = browser_of(UserFactory(role="administrator"))
    for number in range(5):
        user = UserFactory(role="officer")
        tokens.create(user=user, name=f"tool {number}", scopes=["causes:read"], at=timezone.now())
    with django_assert_max_num_queries(15):
        client.get(SETTINGS)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "No mail leaves this machine."),
        ("smtps://lea:s3cret@mail.charity.example:465", "mail.charity.example:465"),
        ("smtp://lea:s3cret@mail.charity.example", "not encrypted"),
        ("smtp+tls://lea:s3cret@mail.charity.example:port", "its address cannot be read: no message can be sent"),
    ],
)
def test_where_mail_goes_without_the_key_to_it(settings, url, shown):
    settings.EMAIL_URL = url
    page = settings_of("administrator")
    assert shown in page
    assert "s3cret" not in page


def test_whose_installation_this_is_is_written_by_those_who_may():
    said = {"organisation": "Clear Shores", "postal_address": "1 Quay Street\nCork"}
    assert browser_of(UserFactory(role="officer")).post(EDIT, said).status_code == 403
    manager = browser_of(UserFactory(role="manager"))
    assert manager.post(EDIT, said).headers["Location"] == SETTINGS
    assert (instance.organisation(), instance.postal_address()) == ("Clear Shores", "1 Quay Street\nCork")
    assert "This field is required." in manager.post(EDIT, said | {"postal_address": ""}).content.decode()


def test_the_page_says_whether_mail_is_really_sent_and_by_whom_it_is_changed(settings):
    page = settings_of("officer")
    assert "This sender is a stand-in" in page
    assert "How to change this" in page
    settings.EMAIL_URL, settings.SENDER_ADDRESS = "smtps://mail.charity.org", "partners@charity.org"
    page = settings_of("officer")
    assert "Really sent" in page
    assert "stand-in" not in page


def test_without_a_postal_address_the_page_says_what_that_means(settings):
    settings.POSTAL_ADDRESS = ""
    assert "Without a postal address no first message can be approved." in settings_of("manager")


def given(**said) -> dict:
    """The form as a browser sends it back, with this changed."""
    known = LimitsForm.known(limits.current()) | said
    return {name: value for name, value in known.items() if value not in (None, False)}


def test_a_manager_changes_how_we_behave_and_an_officer_reads_it():
    officer, manager = (browser_of(UserFactory(role=role)) for role in ("officer", "manager"))
    assert officer.get(LIMITS).status_code == officer.post(LIMITS, given(sender_daily=7)).status_code == 403
    assert manager.post(LIMITS, given(cooling_off_days=90, keeps_holidays=False)).status_code == 302
    now = limits.current()
    assert (now.cooling_off_days, now.keeps_holidays, now.cause_daily, now.warming_since) == (90, False, None, None)
    assert LIMITS in settings_of("manager")
    assert LIMITS not in settings_of("officer")


def test_what_cannot_be_is_said_and_changes_nothing():
    manager = browser_of(UserFactory(role="manager"))
    assert "The hours end before they begin." in manager.post(LIMITS, given(opens="19:00")).content.decode()
    assert not Limits.objects.exists()


def test_everything_is_paused_after_a_question_and_goes_on_at_a_click():
    officer, manager = (browser_of(UserFactory(role=role)) for role in ("officer", "manager"))
    assert officer.post(f"{SETTINGS}pause/").status_code == 403
    assert "0 approved messages wait until you go on" in manager.get(f"{SETTINGS}pause/").content.decode()
    assert limits.current().is_paused is False
    manager.post(f"{SETTINGS}pause/")
    assert limits.current().is_paused is True
    assert "Everything is paused" in settings_of("officer")
    assert manager.get(f"{SETTINGS}resume/").status_code == 405
    manager.post(f"{SETTINGS}resume/")
    assert limits.current().is_paused is False
