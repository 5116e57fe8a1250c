"""Lists: their button, what they say while empty, what they may be narrowed by; and addresses that somebody mistyped."""

from html import unescape
from re import findall, sub
from urllib.parse import urljoin

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from crm.admin.base import PageAdmin, safe_next
from crm.models import ImportBatch
from outreach.models import Message
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    browser_of,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/crm/cause/"
WORDS = "A cause says what you ask"


@pytest.fixture
def officer():
    return browser_of(UserFactory(role="officer"))


@pytest.fixture
def analyst():
    return browser_of(UserFactory(role="analyst"))


@pytest.fixture
def administrator():
    return browser_of(UserFactory(role="administrator"))


def test_the_button_leads_to_the_step_for_those_who_may(officer, analyst):
    CauseFactory()
    page = officer.get(LIST).content.decode()
    assert f'<a class="cw-button cw-button--primary" href="{LIST}add/">Add a cause</a>' in page
    assert officer.get(f"{LIST}add/").status_code == 200
    page = analyst.get(LIST).content.decode()
    assert "Add a cause" not in page
    assert analyst.get(f"{LIST}add/").status_code == 403


def test_an_empty_list_says_what_it_is_for_and_has_the_button_once(officer, analyst):
    page = officer.get(LIST).content.decode()
    assert WORDS in page
    assert page.count("Add a cause") == 1
    assert WORDS in analyst.get(LIST).content.decode()


def test_a_search_or_a_filter_that_finds_nothing_is_no_empty_list(officer):
    page = officer.get(f"{LIST}?q=nowhere").content.decode()
    assert WORDS not in page
    assert "Nothing matches this search." in page
    assert "Show everything" in page
    assert "you know. Import a list" not in officer.get("/admin/crm/influencer/?platform=tiktok").content.decode()
    CauseFactory()
    assert WORDS not in officer.get(LIST).content.decode()


def test_a_button_may_lead_to_another_list(officer):
    page = officer.get("/admin/crm/influencer/").content.decode()
    assert 'href="/admin/crm/importbatch/upload/"' in page
    assert 'href="/admin/crm/influencer/add/"' in page


# What a list is called, and what its search looks through ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("outreach/message", "Outbox"),
        ("outreach/outreach", "Conversations"),
        ("crm/user", "Team"),
        ("crm/apitoken", "Tokens"),
        ("auth/group", "Roles"),
        ("crm/influencer", "Influencers"),
    ],
)
def test_heading_and_tab_of_a_list_say_its_name(page, name):
    client = browser_of(UserFactory(is_superuser=True))
    page = client.get(f"/admin/{page}/").content.decode()
    assert f">{name}</h1>" in page
    assert f"{name} · Causeway</title>" in page


def test_the_way_back_says_the_same_name(administrator):
    assert '<a href="/admin/crm/user/">Team</a>' in administrator.get("/admin/crm/user/add/").content.decode()


def test_every_search_says_what_it_looks_through():
    client = browser_of(UserFactory(is_superuser=True))
    searched = [model for model, its in admin.site._registry.items() if its.search_fields]
    assert searched
    for model in searched:
        its = admin.site._registry[model]
        if its.empty_words:
            assert str(its.search_help_text).startswith("Search by"), model
    CauseFactory()
    page = client.get(LIST).content.decode()
    assert '<label class="cw-hidden" for="searchbar">Search by name</label>' in page


def test_filters_are_applied_by_a_button_and_counted(administrator):
    answer = administrator.get("/admin/crm/influencer/?platform=tiktok&country=&q=")
    assert answer["Location"] == "/admin/crm/influencer/?platform=tiktok"
    page = administrator.get(answer["Location"]).content.decode()
    assert "1 filter" in page
    assert "Clear all filters" in page
    for its in admin.site._registry.values():
        assert its.list_filter_submit
    assert "Apply Filters" in page


@pytest.mark.parametrize("page", ["crm/cause/add/", "outreach/campaign/"])
def test_a_search_among_choices_speaks_the_reader_s_language(administrator, page):
    CampaignFactory()
    for language in ("fr", "en"):
        administrator.cookies["django_language"] = language
        scripts = findall(r'src="/static/(admin/js/[^"]*)"', administrator.get(f"/admin/{page}").content.decode())
        begins = scripts.index("admin/js/vendor/select2/select2.full.js")
        assert scripts[begins + 1 : begins + 3] == [
            f"admin/js/vendor/select2/i18n/{language}.js",
            "admin/js/jquery.init.js",
        ]


# What a list may be narrowed by -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "crm/influencer/?notes__startswith=SECRET",
        "crm/influencer/?addresses__email__startswith=jane",
        "crm/user/?password__startswith=pbkdf2",
        "crm/user/?is_active__password=x",
        "crm/apitoken/?secret_hash__startswith=0",
        "crm/importbatch/?uploaded_by__password__startswith=pbkdf2",
        "crm/importbatch/?state__contains=a",
        "outreach/outreach/?influencer__notes__startswith=SECRET",
        "outreach/message/?outreach__campaign__owner__password__startswith=pbkdf2",
        "matching/matchlist/?cause__owner__password__startswith=pbkdf2",
    ],
)
def test_a_list_answers_no_question_but_those_of_its_filters(administrator, query):
    assert administrator.get(f"/admin/{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "crm/influencer/?platform=tiktok&country=FR&language=fr&contactable=yes&kind=person&q=a&o=1.-2&p=1",
        "crm/user/?is_active__exact=1",
        "crm/importbatch/?state=analysed",
        "crm/importbatch/?subject__exact=causes&state__exact=analysed",
        "matching/matchlist/?cause__id__exact={cause}&state__exact=ready",
        "outreach/campaign/?cause__id__exact={cause}",
        "outreach/outreach/?campaign__id__exact={campaign}&todo=answer",
        "outreach/outreach/?stage__exact=contacted",
        "outreach/message/?outreach__campaign__id__exact={campaign}&kind=draft",
        "outreach/message/?channel__exact=email",
        "outreach/messagetemplate/?language=fr",
    ],
)
def test_links_and_filters_narrow_a_list(administrator, query):
    campaign = CampaignFactory()
    response = administrator.get("/admin/" + query.format(campaign=campaign.pk, cause=campaign.cause_id))
    assert response.status_code == 200


def staff_addresses(row_of=None) -> list[str]:
    """Of every list; with `row_of`, and of the page of a row of each."""
    found = []
    for model, its in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{name}_changelist"))
        if row_of and isinstance(its, PageAdmin) and (row := row_of(model)):
            found.append(reverse(f"{name}_change", args=[row]))
    return found


def test_every_link_with_a_question_opens():
    client = browser_of(UserFactory(is_superuser=True))
    outreach = OutreachFactory(stage="in_conversation")
    LinkFactory(outreach=outreach)
    AccountFactory(influencer=outreach.influencer)
    address = AddressFactory(influencer=outreach.influencer)
    TemplateFactory()
    ImportBatch.objects.create(
        subject="influencers", filename="a.csv", sha256="0", uploaded_at=NOW, state="analysed", unknown_columns=["x"]
    )
    Message.objects.create(outreach=outreach, address=address, reference="1", subject="Hello", body="Hello")
    addresses = staff_addresses(lambda model: model._default_manager.values_list("pk", flat=True).first())
    links = {
        urljoin(page, unescape(link))
        for page in ["/admin/", *addresses]
        for link in findall(r'href="([^"]*\?[^"]*)"', client.get(page).content.decode())
    }
    alike = {sub("=[^&]*", "=", link): link for link in sorted(links) if link.startswith("/admin/")}
    asked = sorted(alike.values())  # of links that ask the same of the same page, one
    assert any("outreach__campaign__id__exact=" in link for link in asked)
    assert any("kind=draft" in link for link in asked)
    assert [(link, status) for link in asked if (status := client.get(link, follow=True).status_code) != 200] == []


# Mistyped addresses -----------------------------------------------------------------------------------------------------


def test_a_character_that_no_text_holds_is_left_out_of_the_question(administrator):
    for address in staff_addresses():
        if "crm/instance/" in address:  # no list: it opens as the one page of its one row
            continue
        response = administrator.get(f"{address}?q=%00")
        assert (address, response.status_code, response.headers.get("Location")) == (address, 302, address)
    response = administrator.get("/admin/crm/influencer/?platform=%00&country=FR&q=a%00b&x%00=1&o=1")
    assert response["Location"] == "/admin/crm/influencer/?country=FR&o=1"


NONSENSE = ["9" * 30, "9" * 5000, "\ud800", "%", "-"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(name, value, marks=[] if place % len(NONSENSE) == turn else pytest.mark.slow)
        for place, name in enumerate(["q", "o", "p", "platform", "country", "language", "kind", "contactable"])
        for turn, value in enumerate(NONSENSE)
    ],
)
def test_a_question_without_sense_is_no_error_of_ours(administrator, name, value):
    value = value.encode(errors="surrogatepass")
    assert administrator.get("/admin/crm/influencer/", {name: value}, follow=True).status_code < 500


@pytest.mark.parametrize(
    ("model", "field"), [("outreach", "campaign"), ("campaign", "cause"), ("outreach", "influencer")]
)
def test_a_search_for_a_choice_takes_any_character(administrator, model, field):
    query = {"app_label": "outreach", "model_name": model, "field_name": field, "term": "a\0"}
    assert administrator.get("/admin/autocomplete/", query).status_code == 200


def test_choices_that_are_looked_up_stand_in_the_order_of_their_list(administrator):
    for name in ("Second", "Third", "First"):
        CauseFactory(name=name)
    query = {"app_label": "outreach", "model_name": "campaign", "field_name": "cause", "term": ""}
    found = administrator.get("/admin/autocomplete/", query).json()["results"]
    assert [choice["text"] for choice in found] == ["First", "Second", "Third"]


@pytest.mark.parametrize(
    "pk",
    ["9" * 30, *(pytest.param(pk, marks=pytest.mark.slow) for pk in ("abc", "a%00b", "-1", "0", "9" * 5000, "%00"))],
)
def test_a_page_of_no_row_is_no_error_of_ours(pk):
    client = browser_of(UserFactory(is_superuser=True))
    for model, its in admin.site._registry.items():
        page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{pk}/"
        for end in ["change/", "history/", "delete/", *(f"{step}/" for step in getattr(its, "steps", []))]:
            for ask in (client.get, client.post):
                assert (end, ask(page + end).status_code) in [(end, status) for status in (302, 403, 404, 405)]


@pytest.mark.parametrize(
    ("wanted", "is_ours"),
    [
        ("/admin/crm/cause/?q=a", True),
        ("/", False),  # beside the staff interface stand links that lead anywhere
        ("/r/abc", False),
        ("//evil.example/admin/", False),
        ("/\\evil.example/admin/", False),
        ("https://evil.example/admin/", False),
        ("http://testserver/admin/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_one_goes_back_to_pages_of_ours_only(wanted, is_ours):
    for request in (RequestFactory().get("/", {"next": wanted}), RequestFactory().post("/", {"next": wanted})):
        assert safe_next(request, "default") == (wanted if is_ours else "default")
