"""The list of influencers: what it asks the database, what its filters hide, its search, and saved views."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.admin import list_pages
from crm.admin.list_pages import CappedPaginator
from crm.admin.people_views import PARAMETERS
from crm.models import AudienceShare, Influencer, SavedView, Topic
from crm.selectors import counting
from crm.services import views
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CauseFactory,
    InfluencerFactory,
    UserFactory,
    VettingFactory,
    browser_of,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/crm/influencer/"


@pytest.fixture
def officer():
    return UserFactory(role="officer")


@pytest.fixture
def client(officer):
    return browser_of(officer)


def listed(client, query: str) -> list[str]:
    return [person.name for person in client.get(f"{LIST}?{query}").context["cl"].result_list]


def found(user, query: str) -> list[str]:
    """Whom the list holds, without its page."""
    request = RequestFactory().get(f"{LIST}?{query}")
    request.user = user
    return [
        person.name for person in admin.site.get_model_admin(Influencer).get_changelist_instance(request).result_list
    ]


def somebody(name: str, **said) -> Influencer:
    account = AccountFactory(influencer__name=name, **said)
    person = AddressFactory(influencer=account.influencer).influencer
    AudienceShare.objects.create(
        account=account, dimension="age", key="18-24", share=0.4, observed_at=timezone.now(), source="s"
    )
    return person


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("followers__gte=10k", ["Big"]),
        ("followers__lte=10 000", ["Small"]),
        ("followers__gte=many", []),
        ("platform=tiktok&followers__gte=10k", []),
        ("engagement_percent=3,5", ["Big"]),
        ("audience_age=18-24&audience_age_percent=30", ["Big", "Small"]),
        ("audience_age=18-24&audience_age_percent=50", []),
        ("audience_age_percent=50", []),
        ("topic=sdg-14", ["Big", "Small"]),
        ("topic=clean-beaches", ["Small"]),
        ("topic=overfishing", []),
        ("vetting=cleared", ["Small"]),
        ("vetting=cleared&cause=sea", ["Small"]),
        ("vetting=none", ["Big"]),
        ("vetting=refused", []),
        ("cause=sea", ["Small"]),
        ("contact=never", ["Small"]),
        ("contact=rested", ["Small"]),
        ("contact=recent", ["Big"]),
        ("o=2", ["Big", "Small"]),
        ("o=-2", ["Small", "Big"]),
    ],
)
def test_each_filter_and_order(officer, query, names):
    big = somebody("Big", followers=90_000, engagement_rate=0.04)
    Influencer.objects.filter(pk=big.pk).update(last_contacted_at=timezone.now() - timedelta(days=3))
    small = somebody("Small", followers=500, platform="tiktok")
    big.topics.set(Topic.objects.filter(slug="sdg-14"))
    small.topics.set(Topic.objects.filter(slug="clean-beaches"))
    VettingFactory(influencer=small, cause=CauseFactory(slug="sea"))
    assert found(officer, query) == names


def test_the_page_shows_whom_its_filters_let_through(client, officer):
    somebody("Small", followers=500, platform="tiktok")
    somebody("Big", followers=90_000, platform="tiktok")
    somebody("Elsewhere")
    assert listed(client, "platform=tiktok&o=2") == ["Big", "Small"]
    assert listed(client, "platform=tiktok&followers__lte=10 000") == ["Small"]


@pytest.mark.parametrize("query", ["", "q=p&o=-2", "vetting=cleared", "contact=rested&contactable=yes", "platform=x"])
def test_one_person_asks_as_many_queries_as_three(client, officer, query):
    counts = []
    for number in (1, 2):
        for _n in range(number):
            somebody("Person", platform="x")
        VettingFactory(influencer=Influencer.objects.latest("pk"))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{LIST}?{query}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_list_is_counted_up_to_the_cap_and_leafed_through_up_to_a_page(client, officer, monkeypatch):
    monkeypatch.setattr(counting, "CAP", 4)
    monkeypatch.setattr(list_pages, "PAGES", 2)
    for _n in range(6):
        InfluencerFactory()
    pages = CappedPaginator(Influencer.objects.order_by("pk"), 2)
    assert (pages.count, pages.num_pages, pages.told, pages.is_cut) == (4, 2, "4+", True)
    assert len(pages.page(2).object_list) == 2
    first = Influencer.objects.filter(pk__in=pages.page(1).object_list).order_by("pk")
    few = CappedPaginator(first, 2)
    assert (few.count, few.num_pages, few.told, few.is_cut) == (2, 1, "2", False)


def test_the_end_of_what_can_be_leafed_through_is_said(client, officer, monkeypatch):
    monkeypatch.setattr(counting, "CAP", 2)
    for _n in range(3):
        InfluencerFactory()
    page = client.get(LIST).content.decode()
    assert "2+ influencers" in page
    assert "narrow your search" in page


def test_a_filter_says_whom_it_hides_of_those_the_others_let_through(client, officer):
    somebody("Rested")
    for name, country in (("Lately", "FR"), ("Lately too", "GB")):
        InfluencerFactory(name=name, country=country, last_contacted_at=timezone.now())
    assert "2 hidden: contacted in the last 60 days" in client.get(f"{LIST}?contact=rested").content.decode()
    assert "1 hidden: contacted" in client.get(f"{LIST}?contact=rested&country=FR").content.decode()
    assert "hidden: contacted" not in client.get(f"{LIST}?contact=recent").content.decode()
    assert "2 hidden: no address we may write to" in client.get(f"{LIST}?contactable=yes").content.decode()


@pytest.mark.parametrize("cap", [1, 100])
def test_two_filters_that_hide_and_a_search_go_together(client, officer, monkeypatch, cap):
    """However many the others let through: found once by their keys, or looked for by each."""
    monkeypatch.setattr(counting, "CAP", cap)
    now = timezone.now()
    for name, at, may_write in (
        *(("Maia", None, True), ("Maia Lately", now, True), ("Maia Silent", None, False), ("Maia Both", now, False)),
        *(("Maia Too", None, True), ("Tom", None, True), ("Tom Lately", now, True)),
    ):
        InfluencerFactory(name=name, last_contacted_at=at, is_contactable=may_write)
    page = client.get(f"{LIST}?contact=rested&contactable=yes&q=maia")
    assert [person.name for person in page.context["cl"].result_list] == ["Maia", "Maia Too"]
    assert page.context["cl"].hidden == [
        "1 hidden: contacted in the last 60 days",
        "1 hidden: no address we may write to",
    ]


def test_a_search_is_sorted_whole_and_one_letter_walked_for(client, officer):
    InfluencerFactory(name="Marie")
    whole = [str(client.get(f"{LIST}?q={text}").context["cl"].queryset.query.order_by) for text in ("m", "ma")]
    assert ["Unindexed" in order for order in whole] == [False, True]


# Search while one types ------------------------------------------------------------------------------------------------


def test_a_search_answers_with_the_first_few(client, officer):
    person = somebody("Marie Dupont", handle="marie.cooks", followers=48_000)
    InfluencerFactory(name="Ann", bio="I know Marie.")
    page = client.get(f"{LIST}find/?q=mar dup").content.decode()
    assert f'href="{LIST}{person.pk}/change/"' in page
    assert "Marie Dupont" in page
    assert "@marie.cooks" in page
    assert "Ann" not in client.get(f"{LIST}find/?q=marie").content.decode()
    assert "Nobody has a name" in client.get(f"{LIST}find/?q=%00").content.decode()
    assert f'data-find="{LIST}find/"' in client.get(LIST).content.decode()


def test_whose_name_begins_so_stands_first_and_of_others_as_many_as_there_is_room():
    for name in ("Zoé Marin", "Marius", "Anne-Marie D.", "Marie B.", "Dora Mar", "Marta"):
        InfluencerFactory(name=name)
    InfluencerFactory(name="Ann", bio="marine life")
    people = Influencer.objects.all()

    def suggested(text: str, number: int = 8) -> list[str]:
        return [person.name for person in people.suggested(text, with_addresses=True, number=number)]

    assert suggested("mar") == ["Marie B.", "Marius", "Marta", "Anne-Marie D.", "Dora Mar", "Zoé Marin"]
    assert suggested("MÀR", 2) == ["Marie B.", "Marius"]
    assert suggested("mar", 3) == ["Marie B.", "Marius", "Marta"]
    assert len(suggested("mar", 5)) == 5
    assert suggested("mar d") == ["Anne-Marie D.", "Dora Mar"]
    assert suggested("d m") == ["Anne-Marie D.", "Dora Mar"]
    assert suggested("marie b") == ["Marie B."]
    assert suggested("z") == ["Zoé Marin"]
    assert suggested("%") == suggested(" ") == suggested("") == []


def test_further_words_may_begin_further_words():
    for name in ("Dora Marin", "Marius le Dru", "Marta Adler"):
        InfluencerFactory(name=name)
    found = Influencer.objects.all().suggested("mar d", with_addresses=False, number=8)
    assert [person.name for person in found] == ["Marius le Dru", "Dora Marin"]


def test_an_analyst_finds_nobody_by_an_address():
    AddressFactory(influencer__name="Marie", email="xyz@studio.example")
    analyst, officer = browser_of(UserFactory(role="analyst")), browser_of(UserFactory(role="officer"))
    assert "Marie" not in analyst.get(f"{LIST}find/?q=xyz@").content.decode()
    assert listed(analyst, "q=xyz@") == []
    assert listed(officer, "q=xyz@") == ["Marie"]


# Saved views ------------------------------------------------------------------------------------------------------------


def test_what_is_asked_is_saved_and_becomes_a_tab(client, officer):
    InfluencerFactory(country="FR")
    page = client.get(f"{LIST}?q=sea&country=FR&p=1")
    assert page.context["unsaved"] == "country=FR&q=sea"
    form = client.get(f"{LIST}save_view/?{page.context['unsaved']}").context["form"]
    said = {"name": "French sea", "query": form.initial["query"]}
    assert client.post(f"{LIST}save_view/", said).url == f"{LIST}?country=FR&q=sea"
    page = client.get(f"{LIST}?q=sea&country=FR")
    assert page.context["unsaved"] == ""
    assert [str(tab["label"]) for tab in page.context["tabs"] if tab["is_current"]] == ["French sea"]
    assert "French sea" in client.get(f"{LIST}views/").content.decode()


def test_a_view_of_something_else_is_refused_in_words(client, officer):
    page = client.post(f"{LIST}save_view/", {"name": "x", "query": "password__startswith=a"}).content.decode()
    assert "The list cannot be asked this: password__startswith." in page


def test_every_parameter_of_a_view_is_one_of_the_list(client, officer):
    for name in PARAMETERS - {"q", "o"}:
        assert client.get(f"{LIST}?{name}=x").status_code == 200
    assert client.get(f"{LIST}?name=x").status_code == 400


def test_views_are_renamed_by_their_owner_and_shared_ones_removed_by_a_manager(client, officer):
    view = views.save(owner=officer, name="Mine", query="q=a", allowed=PARAMETERS, is_shared=True)
    client.post(f"{LIST}rename_view/?view={view.pk}", {"name": "Ours", "is_shared": "on"})
    assert SavedView.objects.get().name == "Ours"
    other, manager = browser_of(UserFactory(role="officer")), browser_of(UserFactory(role="manager"))
    other.post(f"{LIST}remove_view/?view={view.pk}")
    assert SavedView.objects.exists()
    other.post(f"{LIST}rename_view/?view={view.pk}", {"name": "Stolen"})
    assert SavedView.objects.get().name == "Ours"
    assert "Remove…" in manager.get(f"{LIST}views/").content.decode()
    assert manager.get(f"{LIST}remove_view/?view={view.pk}").status_code == 200
    assert SavedView.objects.exists()  # GET changes nothing
    manager.post(f"{LIST}remove_view/?view={view.pk}")
    assert not SavedView.objects.exists()


def test_a_private_view_of_another_is_not_there(client, officer):
    view = views.save(owner=UserFactory(), name="Private", query="q=a", allowed=PARAMETERS, is_shared=False)
    assert "Private" not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}rename_view/?view={view.pk}", {"name": "x"}).status_code == 404


# Agents -------------------------------------------------------------------------------------------------------------------


def test_an_agent_is_said_and_ended_from_the_page(client, officer):
    person, agent = InfluencerFactory(name="Amina"), InfluencerFactory(name="Big Agency", kind="agency")
    client.post(f"{LIST}{person.pk}/represent/", {"agent": agent.pk, "territory": "France", "since_date": "2026-01-02"})
    page = client.get(f"{LIST}{person.pk}/change/").content.decode()
    assert "Represented by" in page
    assert "Big Agency" in page
    assert "France" in page
    assert "Amina" in client.get(f"{LIST}{agent.pk}/change/").content.decode()
    made = person.representations.get()
    address = f"{LIST}{person.pk}/end_representation/?representation={made.pk}"
    assert client.get(address).status_code == 200
    client.post(address, {"until_date": timezone.localdate().isoformat()})
    assert "No agent is known" in client.get(f"{LIST}{person.pk}/change/").content.decode()
    assert client.get(address).status_code == 404


def test_followers_that_a_source_estimated_wear_the_sign_in_every_list(client, officer):
    person = InfluencerFactory(name="Ann")
    account = AccountFactory(influencer=person, followers=48_200, observed_at=NOW)
    account.snapshots.create(observed_at=NOW, source="a tool", followers=48_200, is_estimate=True)
    counted = AccountFactory(influencer=person, followers=700, observed_at=NOW)
    counted.snapshots.create(observed_at=NOW, source="a file", followers=700)
    counted.snapshots.create(observed_at=NOW - timedelta(days=9), source="a tool", followers=600, is_estimate=True)
    page = client.get(LIST).content.decode()
    assert " · ≈ 48.2K<" in page
    assert " · 700<" in page
    assert "≈ 48.2K" in client.get(f"{LIST}find/?q=Ann").content.decode()


def test_a_calendar_comes_with_the_words_it_needs(client, officer):
    """Without them its script stops at the first day of the week."""
    page = client.get(f"{LIST}{InfluencerFactory().pk}/represent/").content.decode()
    assert 0 < page.index("/admin/jsi18n/") < page.index("admin/js/calendar.js")
    without = client.get(f"/admin/crm/cause/{CauseFactory().pk}/choose_own/").content.decode()
    assert "/admin/jsi18n/" not in without
