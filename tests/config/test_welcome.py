"""The door: an empty instance leads to its first administrator, the demo to an empty instance."""

import pytest
from django.test import Client
from django.utils import timezone

from config.demo import loading
from crm.models import Cause, Influencer, User
from crm.services import instance, staff
from outreach.models import Campaign
from tests.factories import CampaignFactory, InfluencerFactory, UserFactory, browser_of

pytestmark = pytest.mark.django_db

PASSWORD = "océan-2027-plage"
FIRST = {
    "first_name": "Ada", "last_name": "Novak", "email": "ada@charity.example", "username": "ada",
    "password": PASSWORD, "again": PASSWORD,
    "organisation": "Clear Shores", "postal_address": "1 Quay Street, Cork", "language": "en",
}  # fmt: skip


def demo_staff() -> dict[str, Client]:
    """Browsers of the three accounts of a demo without rows."""
    browsers = {}
    for username, role in (("lea", "officer"), ("sam", "manager"), ("ada", "administrator")):
        user = UserFactory(role=role, username=username, is_demo=True)
        user.set_password(staff.DEMO_PASSWORD)
        user.save()
        browsers[username] = browser_of(user)
    return browsers


@pytest.mark.parametrize("address", ["/", "/admin/", "/admin/login/", "/admin/login/?next=/admin/crm/cause/"])
def test_while_nobody_is_here_every_way_leads_to_the_welcome(client, address):
    answer = client.get(address, follow=True)
    assert answer.redirect_chain[-1][0] == "/welcome/"
    page = answer.content.decode()
    assert "Welcome to Causeway" in page
    assert 'name="postal_address"' in page


def test_whoever_comes_first_is_administrator_and_at_home(client):
    answer = client.post("/welcome/", FIRST, follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/"
    ada = User.objects.get()
    assert (ada.role, ada.email) == ("administrator", "ada@charity.example")
    assert instance.organisation() == "Clear Shores"
    assert client.get("/admin/crm/user/").status_code == 200
    assert Client().login(username="ada", password=PASSWORD)


def test_their_language_is_the_house_s(client):
    client.post("/welcome/", FIRST | {"language": "fr"})
    assert client.cookies["django_language"].value == "fr"
    assert User.objects.get().language == "fr"


def test_the_second_finds_no_such_page_and_may_sign_in(client):
    client.post("/welcome/", FIRST)
    second = Client()
    assert second.get("/welcome/").status_code == 404
    assert second.post("/welcome/", FIRST | {"username": "eve"}).status_code == 404
    assert User.objects.count() == 1
    assert second.get("/admin/login/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "12345678", "again": "12345678"}, "entirely numeric"),
        ({"password": "ada@charity.example", "again": "ada@charity.example"}, "too similar to the email"),
        ({"again": "other"}, "This is not the same password."),
        ({"postal_address": ""}, "This field is required."),
        ({"email": "x"}, "Enter a valid email address."),
        ({"language": "tlh"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_and_makes_nobody(client, wrong, words):
    page = client.post("/welcome/", FIRST | wrong)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not User.objects.exists()


def test_where_others_can_come_the_first_account_is_made_on_the_machine(client, settings):
    settings.IS_LOOPBACK = False
    page = client.get("/welcome/").content.decode()
    assert "manage.py createsuperuser" in page
    assert "<form class" not in page.replace('<form class="cw-languages"', "")
    client.post("/welcome/", FIRST)
    assert not User.objects.exists()


def test_a_forged_form_makes_nobody():
    assert Client(enforce_csrf_checks=True).post("/welcome/", FIRST).status_code == 403
    assert not User.objects.exists()


def test_the_login_page_offers_the_demo_where_nobody_else_comes(client, settings):
    demo_staff()
    page = client.get("/admin/login/").content.decode()
    assert "Try the demo" in page
    assert "causeway-demo" in page
    settings.IS_LOOPBACK = False
    page = client.get("/admin/login/").content.decode()
    assert "Try the demo" not in page
    assert "causeway-demo" not in page


def test_whoever_signed_out_finds_the_way_back():
    page = browser_of(UserFactory()).post("/admin/logout/").content.decode()
    assert 'class="cw-door' in page
    assert '<a class="cw-button cw-button--primary" href="/admin/login/">Sign in again</a>' in page


def test_one_s_own_password_is_changed_in_the_looks_of_the_house():
    user = UserFactory(role="officer")
    user.set_password(PASSWORD)
    user.save()
    client = browser_of(user)
    said = {"old_password": "no", "new_password1": "new-" + PASSWORD, "new_password2": "new-" + PASSWORD}
    assert 'class="cw-form"' in client.get("/admin/password_change/").content.decode()
    assert "cw-field--bad" in client.post("/admin/password_change/", said).content.decode()
    page = client.post("/admin/password_change/", said | {"old_password": PASSWORD}, follow=True).content.decode()
    assert "Your password is changed" in page
    assert "Back to Home" in page


def test_the_icon_is_ours_wherever_a_browser_looks_for_it(client):
    assert client.get("/favicon.ico")["Location"] == "/static/crm/causeway.svg"
    assert 'rel="icon" href="/static/crm/causeway.svg"' in client.get("/welcome/").content.decode()


def test_a_wrong_password_is_said_in_words(client):
    UserFactory(username="lea")
    page = client.post("/admin/login/", {"username": "lea", "password": "no"}).content.decode()
    assert 'role="alert"' in page
    assert "Please enter the correct" in page
    assert "Try the demo" not in page


def test_the_banner_stands_on_every_page_of_the_demo_and_on_no_other():
    ada = demo_staff()["ada"]
    pages = ("/admin/", "/admin/crm/cause/", "/admin/crm/instance/", "/admin/crm/importbatch/upload/")
    for page in pages:
        assert "Start with my own data" in ada.get(page).content.decode()
    User.objects.update(is_demo=False)
    for page in pages:
        assert "Start with my own data" not in ada.get(page).content.decode()
    assert ada.get("/admin/start/").status_code == 404


def test_only_an_administrator_ends_the_demo():
    browsers = demo_staff()
    assert "Only an administrator can do this." in browsers["lea"].get("/admin/start/").content.decode()
    for name in ("lea", "sam"):
        assert browsers[name].post("/admin/start/").status_code == 403
    assert "Remove the demo" in browsers["ada"].get("/admin/start/").content.decode()
    assert User.objects.count() == 3
    assert Client().post("/admin/start/").status_code == 302
    assert User.objects.count() == 3


@pytest.mark.slow
def test_from_the_demo_to_one_s_own_data():
    loading.load(at=timezone.now(), size=20)
    InfluencerFactory(name="Somebody I know")
    ada = Client()
    assert ada.login(username="ada", password=staff.DEMO_PASSWORD)
    answer = ada.post("/admin/start/", follow=True)
    assert answer.redirect_chain[-1][0] == "/welcome/"
    assert [person.name for person in Influencer.objects.all()] == ["Somebody I know"]
    assert not Cause.objects.exists()
    assert (instance.organisation(), instance.postal_address()) == ("", "")
    assert ada.post("/welcome/", FIRST, follow=True).redirect_chain[-1][0] == "/admin/"
    assert User.objects.get(is_active=True).role == "administrator"


def test_a_real_administrator_stays_signed_in():
    demo_staff()
    mine = UserFactory(is_superuser=True)
    assert "The demo is removed." in browser_of(mine).post("/admin/start/", follow=True).content.decode()
    assert [user.pk for user in User.objects.filter(is_active=True)] == [mine.pk]


def test_a_demo_that_somebody_s_campaign_stands_on_is_not_removed():
    ada = demo_staff()["ada"]
    campaign = CampaignFactory()
    Cause.objects.filter(pk=campaign.cause.pk).update(is_demo=True)
    page = ada.post("/admin/start/", follow=True).content.decode()
    assert "A campaign of your own is for a cause of the demo." in page
    assert (User.objects.count(), Campaign.objects.count()) == (3, 1)


def test_a_demo_whose_end_would_leave_nobody_in_charge_is_not_removed():
    ada = demo_staff()["ada"]
    UserFactory(username="own")
    page = ada.post("/admin/start/", follow=True).content.decode()
    assert "Make one of your own accounts an administrator first" in page
    assert User.objects.count() == 4
