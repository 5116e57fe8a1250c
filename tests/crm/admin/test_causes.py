"""The brief of a cause: written, read, completed and cleared by an officer."""

import pytest

from crm.models import Cause, OwnProfile
from tests.factories import AccountFactory, CauseFactory, UserFactory, browser_of

pytestmark = pytest.mark.django_db

ADD = "/admin/crm/cause/add/"
KINDS = ("donation", "sign_up", "signature", "attendance", "volunteer_hours", "other")


@pytest.fixture
def client():
    return browser_of(UserFactory(role="officer"))


def form(goals=None, **values):
    """What the browser posts: the fields, and a line per goal."""
    lines = {"goals-TOTAL_FORMS": "6", "goals-INITIAL_FORMS": "6"}
    for number, kind in enumerate(KINDS):
        wanted = (goals or {}).get(kind, "")
        lines |= {f"goals-{number}-kind": kind, f"goals-{number}-wanted": wanted}
        if kind == "donation":
            lines |= {f"goals-{number}-is_sum": "True", f"goals-{number}-currency": "EUR"}
    return lines | {"name": "Clean beaches"} | values


def test_a_cause_is_added_and_its_page_says_the_brief(client):
    said = form(
        {"donation": "20 000", "signature": "5000"},
        description="We clear beaches.", topics=["sdg-14"], languages=["fr", "en"], countries=["FR"], ages=["18-24"],
        genders=["female"], interests="surf, vélo", hashtags="#sea, plage", conflicts="Oil, #oil", platforms=["tiktok"],
        tone="Warm.", values="local, joy", transparency="82 cents of each euro.", transparency_source="Report 2025",
        website="https://beaches.example", **{"goals-0-due_date": "2027-06-30"},
    )  # fmt: skip
    response = client.post(ADD, said, follow=True)
    cause = Cause.objects.get()
    assert response.redirect_chain == [(f"/admin/crm/cause/{cause.pk}/change/", 302)]
    assert cause.slug == "clean-beaches"
    assert (cause.hashtags, cause.conflicts, cause.platforms) == (["sea", "plage"], ["Oil", "#oil"], ["tiktok"])
    assert set(cause.goals.values_list("kind", "quantity", "amount_minor")) == {
        ("donation", None, 2_000_000),
        ("signature", 5_000, None),
    }
    page = response.content.decode()
    for words in (
        "Warm.",
        "local · joy",
        "82 cents of each euro.",
        "Report 2025",
        "€20,000.00",
        "June 30, 2027",
        "5,000",
        "18–24",
        "women",
        "surf, vélo",
        "#plage",
        "Life below water",
    ):
        assert words in page
    assert f"/admin/matching/matchlist/rank/?cause={cause.pk}" in page
    assert "What is missing" not in page


def test_what_is_emptied_is_cleared_and_what_the_form_does_not_show_stays(client):
    cause = CauseFactory(
        slug="beaches", topics=["sdg-14"], hashtags=["sea"], languages=["gsw", "en"], countries=["GB", "FR"]
    )
    cause.goals.create(kind="signature", quantity=5)
    cause.goals.create(kind="donation", amount_minor=1250, currency="GBP")
    cause.targets.create(dimension="country", key="GB", share=0.6)
    cause.targets.create(dimension="age", key="18-24", share=0.3)
    edit = f"/admin/crm/cause/{cause.pk}/edit/"
    page = client.get(edit).content.decode()
    assert 'value="12.50"' in page
    client.post(edit, form(slug="", languages=["en", "gsw"], countries=["FR", "GB"], ages=["18-24"]))
    cause.refresh_from_db()
    assert (cause.slug, cause.description, cause.hashtags) == ("beaches", "", [])
    assert not cause.topics.exists()
    assert not cause.goals.exists()
    assert (cause.languages, cause.countries) == (["gsw", "en"], ["GB", "FR"])  # known to no list, and in their order
    assert set(cause.targets.values_list("dimension", "key", "share")) == {
        ("country", "GB", 0.6),
        ("country", "FR", None),
        ("age", "18-24", 0.3),
    }


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"slug": "Not a slug"}, "A short name has small letters"),
        ({"slug": "taken"}, "Another cause has the short name “taken”"),
        ({"hashtags": "two words"}, "This is not a hashtag."),
        ({"website": "javascript:alert(1)"}, "Only web addresses that begin with"),
        ({"topics": ["sdg-99"]}, "Select a valid choice."),
        ({"topics": ["alcohol"]}, "Select a valid choice."),
        ({"transparency": "82 cents"}, "is a fact, and needs its source"),
        ({"goals-2-wanted": "many"}, "This is not a number."),
        ({"goals-0-wanted": "1.2.3"}, "This is not a"),
        ({"goals-0-wanted": "£20"}, "The amount is in another currency than the one you chose."),
        ({"goals-2-wanted": "5", "goals-2-due_date": "soon"}, "Enter a valid date."),
        ({"goals-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
    ],
)
def test_what_cannot_be_is_said_on_the_page_and_keeps_what_was_typed(client, said, words):
    CauseFactory(slug="taken")
    response = client.post(ADD, form(description="We clear beaches.") | said)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert "We clear beaches." in response.content.decode()
    assert Cause.objects.count() == 1


def test_a_sum_and_a_website_are_taken_as_people_write_them(client):
    client.post(ADD, form({"donation": "20 000,50 €"}, website="www.beaches.example/en"))
    cause = Cause.objects.get()
    assert cause.goals.get().amount_minor == 2_000_050
    assert cause.website == "https://www.beaches.example/en"


def test_the_page_says_what_is_missing_and_what_it_costs(client):
    cause = CauseFactory(description="", topics=["sdg-14"], languages=[], countries=[])
    page = client.get(f"/admin/crm/cause/{cause.pk}/change/").content.decode()
    assert "Whether an audience reads your language weighs for nobody." in page
    assert "Where an audience lives weighs for nobody." in page
    assert "Rank influencers" in page
    cause.topics.clear()
    page = client.get(f"/admin/crm/cause/{cause.pk}/change/").content.decode()
    assert "This cause cannot be ranked for yet" in page
    assert "Rank influencers" not in page


def test_an_analyst_reads_and_changes_nothing():
    analyst, cause = browser_of(UserFactory(role="analyst")), CauseFactory()
    page = analyst.get(f"/admin/crm/cause/{cause.pk}/change/").content.decode()
    assert "/edit/" not in page
    assert analyst.post(f"/admin/crm/cause/{cause.pk}/edit/", form()).status_code == 403


def test_the_form_guides_through_seven_sections_each_with_an_example(client):
    page = client.get(ADD).content.decode()
    titles = ["What it is", "Who should hear it", "What you ask", "How to speak of it", "What does not go with it"]
    titles += ["What becomes of the money", "Where links may lead"]
    assert [title for title in titles if f"<legend>{titles.index(title) + 1}. {title}</legend>" in page] == titles
    assert page.count("<summary>An example</summary>") == 7


def test_a_part_is_offered_with_its_whole(client):
    assert "Life below water › Clean beaches and seas" in client.get(ADD).content.decode()


def test_the_cause_s_own_accounts_are_chosen_noted_and_let_go_on_its_page(client):
    cause, account = CauseFactory(), AccountFactory(handle="clear_shores")
    page = f"/admin/crm/cause/{cause.pk}/"
    assert "Choose the profile with your own accounts" in client.get(f"{page}change/").content.decode()
    assert client.get(f"{page}choose_own/").status_code == 200
    client.post(f"{page}choose_own/", {"influencer": account.influencer_id})
    assert [own.influencer for own in cause.own_profiles.all()] == [account.influencer]
    said = {"account": account.pk, "followers": 1_200, "on_date": "2026-11-01"}
    assert client.post(f"{page}reading/", said).status_code == 302
    assert account.snapshots.get().followers == 1_200
    assert "1,200 followers" in client.get(f"{page}change/").content.decode()
    elsewhere = AccountFactory()  # no account of this cause's own
    assert client.post(f"{page}reading/", said | {"account": elsewhere.pk}).status_code == 200
    client.get(f"{page}let_go_own/")
    assert cause.own_profiles.exists()
    client.post(f"{page}let_go_own/", {"own": cause.own_profiles.get().pk})
    assert not cause.own_profiles.exists()
    assert account.snapshots.exists()


def test_an_analyst_sees_the_own_accounts_and_changes_nothing():
    cause, account = CauseFactory(), AccountFactory()
    OwnProfile.objects.create(cause=cause, influencer=account.influencer)
    browser = browser_of(UserFactory(role="analyst"))
    assert account.influencer.name in browser.get(f"/admin/crm/cause/{cause.pk}/change/").content.decode()
    for step in ("choose_own", "reading", "let_go_own"):
        assert browser.post(f"/admin/crm/cause/{cause.pk}/{step}/").status_code == 403
