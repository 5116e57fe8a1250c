"""Who somebody is, whether we may write to them, and the verdict for a cause."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import AccountSnapshot, Address, AudienceShare, Influencer, Post, VettingCheck
from crm.services import activity, addresses, persons
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
EDIT = {"name": "Amina Diallo", "kind": "person"}


def page_of(person) -> str:
    return f"{LIST}{person.pk}/change/"


@pytest.fixture
def officer():
    return UserFactory(role="officer")


@pytest.fixture
def client(officer):
    return browser_of(officer)


@pytest.fixture
def analyst():
    return browser_of(UserFactory(role="analyst"))


# The list -------------------------------------------------------------------------------------------------------------


def test_the_list_says_whether_we_may_write_and_why_not(client, officer):
    def listed(name: str) -> str:
        return client.get(f"{LIST}?q={name}").content.decode()

    AddressFactory(influencer__name="Yes Person")
    AccountFactory(influencer__name="Hand Person")
    AddressFactory(influencer=Influencer.objects.get(name="Hand Person"), kind="personal")
    InfluencerFactory(name="Nowhere Person")
    refused = AddressFactory(influencer__name="Refused Person").influencer
    addresses.suppress_person(influencer=refused, reason="declined", at=timezone.now(), by=officer)
    assert "Yes, by e-mail" in listed("Yes")
    assert "By hand only" in listed("Hand")
    assert "It is a personal address, and consent is not recorded." in listed("Hand")
    assert "Neither an address we may write to nor an account is known." in listed("Nowhere")
    assert "They said no" in listed("Refused")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=eloise", ["Éloïse"]),
        ("platform=tiktok", ["Brand"]),
        ("country=FR", ["Éloïse"]),
        ("language=fr", ["Éloïse"]),
        ("contactable=yes", ["Brand"]),
        ("contactable=no", ["Éloïse", "Other"]),
        ("kind=brand", ["Brand"]),
        ("platform=nonsense&country=zz&language=x&contactable=y&kind=z", []),
    ],
)
def test_the_list_is_searched_and_filtered(client, query, names):
    InfluencerFactory(name="Éloïse", country="FR", languages=["en", "fr"])
    InfluencerFactory(name="Other")
    brand = AccountFactory(platform="tiktok", influencer__name="Brand", influencer__kind="brand").influencer
    AddressFactory(influencer=brand)
    AccountFactory(influencer=brand, platform="tiktok")  # two on one platform are one row
    page = client.get(f"{LIST}?{query}")
    assert [person.name for person in page.context["cl"].result_list] == names


# The page -------------------------------------------------------------------------------------------------------------


def test_the_page_says_who_it_is_and_who_listens(client):
    account = AccountFactory(engagement_rate=0.05, observed_at=NOW, source="people.csv", url="https://x.example/amina")
    person = account.influencer
    for key, share, days in (("GB", 0.6, 0), ("FR", None, 0), ("US", 0.9, 30)):
        AudienceShare.objects.create(
            account=account,
            dimension="country",
            key=key,
            share=share,
            observed_at=NOW - timedelta(days=days),
            source="s",
        )
    for days, followers in ((0, 48_000), (90, 40_000)):
        AccountSnapshot.objects.create(
            account=account, observed_at=NOW - timedelta(days=days), source="s", followers=followers
        )
    Post.objects.create(
        account=account, platform_id="1", published_at=NOW, text="<b>Seals</b> today", is_advert=True, likes=12,
        observed_at=NOW, source="s",
    )  # fmt: skip
    page = client.get(page_of(person)).content.decode()
    for words in (
        "48K", "5.0%", "United Kingdom", "share unknown", "as seen by s on", "grown by <strong>20%</strong>",
        "&lt;b&gt;Seals&lt;/b&gt; today", "declared advert", "Likes <span",
    ):  # fmt: skip
        assert words in page
    assert "United States" not in page  # an older reading


def test_what_nobody_knows_is_unknown(client):
    page = client.get(page_of(AccountFactory(followers=None).influencer)).content.decode()
    assert "real followers: unknown" in page
    assert "no source has told who listens" in page
    assert "No posts are known" in page


def test_the_timeline_speaks_in_sentences(client, officer):
    person, cause = InfluencerFactory(), CauseFactory()
    told = [
        ("imported", {"source": "people.csv"}),
        ("edited", {"source": "x", "fields": ["name", "instagram.followers", "tiktok.audience.age", "addresses"]}),
        ("vetted", {"verdict": "refused"}),
        ("stage_moved", {"before": "shortlisted", "after": "contacted", "campaign": "Spring"}),
        ("something_new", {}),
    ]
    for kind, params in told:
        activity.record(influencer=person, cause=cause, kind=kind, at=NOW, by=officer, **params)
    page = client.get(page_of(person)).content.decode()
    for words in (
        "Imported from people.csv",
        "Changed by hand: name, Instagram: followers, TikTok: audience, e-mail address",
        "Vetted for Clean beaches: refused",
        "“Spring”: from “shortlisted” to “contacted”",
        "Something new",
    ):
        assert words in page


def test_an_erased_person_shows_nothing(client):
    person = InfluencerFactory()
    page = page_of(person)
    persons.erase(influencer=Influencer.objects.get(pk=person.pk), at=NOW)
    assert client.get(page).status_code == 302
    assert person.name not in client.get(LIST).content.decode()
    for step in ("edit", "vet", "suppress", "address"):
        assert client.get(f"{LIST}{person.pk}/{step}/").status_code == 404


def test_an_analyst_sees_no_address_and_no_step(analyst):
    address = AddressFactory()
    page = analyst.get(page_of(address.influencer)).content.decode()
    assert "Yes, by e-mail" in page
    assert address.email not in page
    for step in ("edit", "vet", "suppress", "address"):
        assert f"/{step}/" not in page
        assert analyst.post(f"{LIST}{address.influencer.pk}/{step}/?address={address.pk}").status_code == 403


# Vetting --------------------------------------------------------------------------------------------------------------


def test_a_verdict_is_given_where_one_came_from_and_leads_back_there(client, officer):
    person, cause = InfluencerFactory(), CauseFactory(conflicts=["Oil"])
    back = "/admin/matching/matchlist/7/change/"
    page = client.get(f"{page_of(person)}?cause={cause.pk}&next={back}").content.decode()
    assert "Should we ask them for “Clean beaches”?" in page
    assert f'name="cause" value="{cause.pk}"' in page
    assert f'value="{back}"' in page
    assert "Does not go with this cause: Oil" in page
    said = {"cause": cause.pk, "verdict": "cleared", "reason": "Read their posts.", "next": back}
    response = client.post(f"{LIST}{person.pk}/vet/", said)
    assert (response.status_code, response["Location"]) == (302, back)
    check = VettingCheck.objects.get()
    assert (check.influencer, check.cause, check.verdict, check.by) == (person, cause, "cleared", officer)


@pytest.mark.parametrize(
    "away", ["https://evil.example/admin/", "//evil.example/admin/", "/elsewhere/", "javascript:alert(1)", ""]
)
def test_a_verdict_leads_nowhere_else(client, away):
    person, cause = InfluencerFactory(), CauseFactory()
    said = {"cause": cause.pk, "verdict": "refused", "reason": "Adverts for oil.", "next": away}
    response = client.post(f"{LIST}{person.pk}/vet/", said)
    assert response["Location"] == f"{page_of(person)}?cause={cause.pk}"


def test_what_must_be_filled_in_is_marked_in_words(client):
    person, cause = InfluencerFactory(), CauseFactory()
    page = client.get(f"{page_of(person)}?cause={cause.pk}").content.decode()
    mark = '<span class="cw-required">required</span>'
    assert f'<label for="id_reason">Why {mark}</label>' in page
    assert f'<span class="cw-label" id="id_verdict_label">Verdict {mark}</span>' in page
    assert 'role="group" aria-labelledby="id_verdict_label"' in page
    page = client.get(f"{LIST}add/").content.decode()
    assert f'<label for="id_name">Name {mark}</label>' in page
    assert '<label for="id_handle">Handle</label>' in page


def test_where_there_is_no_cause_the_page_leads_to_adding_one(client):
    person = InfluencerFactory()
    page = client.get(page_of(person)).content.decode()
    assert "Somebody is vetted for a cause, and there is none yet." in page
    assert 'href="/admin/crm/cause/add/"' in page
    assert "/vet/" not in page
    CauseFactory()
    page = client.get(page_of(person)).content.decode()
    assert "there is none yet" not in page
    assert "/vet/" in page


@pytest.mark.parametrize("wrong", [{"verdict": ""}, {"reason": " "}, {"cause": "0"}, {"verdict": "maybe"}])
def test_a_verdict_needs_a_cause_and_a_reason(client, wrong):
    person, cause = InfluencerFactory(), CauseFactory()
    said = {"cause": cause.pk, "verdict": "cleared", "reason": "Read."} | wrong
    assert client.post(f"{LIST}{person.pk}/vet/", said).status_code == 200
    assert not VettingCheck.objects.exists()


def test_the_newest_verdict_for_each_cause_is_the_one_that_is_shown(client):
    check = VettingFactory(verdict="refused", reason="An old reason.")
    VettingFactory(influencer=check.influencer, cause=check.cause, at=NOW + timedelta(days=1), reason="A new reason.")
    page = client.get(page_of(check.influencer)).content.decode()
    assert "A new reason." in page
    assert "An old reason." not in page


@pytest.mark.parametrize("asked", ["x", "999999", "²", "1" * 30])
def test_a_cause_that_is_none_is_passed_over(client, asked):
    page = client.get(f"{page_of(InfluencerFactory())}?cause={asked}")
    assert (page.status_code, page.context["asked"]) == (200, None)


# Changing ---------------------------------------------------------------------------------------------------------------


def test_a_profile_is_edited_and_what_is_emptied_is_cleared(client):
    person = InfluencerFactory(languages=["gsw", "en"], hashtags=["sea"], city="Hull", interests=["surf"])
    page = client.get(f"{LIST}{person.pk}/edit/").content.decode()
    assert 'value="gsw" selected' in page
    said = EDIT | {
        "language": "fr", "languages": ["en", "gsw"], "register": "informal", "topics": ["sdg-14"], "timezone": "Europe/Paris",
        "platform": "tiktok", "handle": "https://www.tiktok.com/@amina.dives", "email": "amina@studio.example",
        "email_kind": "professional", "basis": "legitimate_interest", "email_source": "her page",
    }  # fmt: skip
    assert client.post(f"{LIST}{person.pk}/edit/", said)["Location"] == page_of(person)
    person.refresh_from_db()
    assert (person.languages, person.country, person.city, person.hashtags) == (["fr", "gsw", "en"], "", "", [])
    assert (person.bio, person.interests, person.search_text) == ("", ["surf"], "amina diallo amina dives")
    assert person.register == "informal"
    assert [topic.slug for topic in person.topics.all()] == ["sdg-14"]
    assert person.accounts.get().handle == "amina.dives"
    assert person.addresses.usable(at=timezone.now()).exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"platform": "tiktok"}, "A platform and a handle go together."),
        ({"platform": "tiktok", "handle": "not a handle!"}, "This cannot be a handle"),
        ({"platform": "instagram", "handle": "taken"}, "This account belongs to another profile."),
        ({"email": "nothing"}, "This is not an e-mail address."),
        ({"email": "taken@studio.example"}, "This e-mail address already belongs to another profile."),
        ({"basis": "consent"}, "Select a valid choice."),
    ],
)
def test_what_a_profile_cannot_be_is_said_and_nothing_is_kept(client, said, words):
    person = InfluencerFactory(city="Hull")
    AccountFactory(handle="taken")
    AddressFactory(email="taken@studio.example")
    response = client.post(f"{LIST}{person.pk}/edit/", EDIT | said)
    assert response.status_code == 200
    assert words in response.content.decode()
    person.refresh_from_db()
    assert person.city == "Hull"


def test_somebody_new_is_added_by_hand_and_somebody_known_is_found_again(client):
    said = {"name": "Amina Diallo", "platform": "instagram", "handle": "@amina", "email": "amina@studio.example"}
    response = client.post(f"{LIST}add/", said)
    person = Influencer.objects.get()
    assert response["Location"] == page_of(person)
    assert person.activities.get().kind == "added"
    again = client.post(f"{LIST}add/", {"name": "Amina D.", "email": "amina@studio.example"}, follow=True)
    assert Influencer.objects.count() == 1
    assert "We knew them already." in again.content.decode()


def test_an_address_is_corrected_and_consent_needs_its_proof(client):
    address = AddressFactory(kind="personal", basis="", source="")
    step = f"{LIST}{address.influencer.pk}/address/?address={address.pk}"
    said = {"kind": "personal", "basis": "consent", "source": "she wrote to us"}
    assert "Say how they consented" in client.post(step, said).content.decode()
    assert not Address.objects.usable(at=timezone.now()).exists()
    assert client.post(step, said | {"proof": "Her mail of 3 May."}).status_code == 302
    assert Address.objects.usable(at=timezone.now()).exists()
    page = client.get(page_of(address.influencer)).content.decode()
    assert "Consent recorded: Her mail of 3 May." in page


@pytest.mark.parametrize("asked", ["", "x", "0"])
def test_only_their_own_addresses_are_corrected(client, asked):
    person, other = InfluencerFactory(), AddressFactory()
    for pk in (asked, other.pk):
        assert client.get(f"{LIST}{person.pk}/address/?address={pk}").status_code == 404


def test_a_no_is_noted_on_post_after_a_question(client):
    person = AddressFactory().influencer
    step = f"{LIST}{person.pk}/suppress/"
    assert "This cannot be undone." in client.get(step).content.decode()
    assert not addresses.has_said_no(person, at=timezone.now())
    page = client.post(step, follow=True).content.decode()
    assert addresses.has_said_no(person, at=timezone.now())
    assert "Nothing goes out to them any more." in page
    assert "Asked not to be written to" in page
    assert "They said no</a>" not in page


# What an analyst does not read ------------------------------------------------------------------------------------------


def test_notes_are_for_those_who_write_them(client, officer, analyst):
    person = InfluencerFactory(notes="Going through a divorce, call 0612345678")
    assert "0612345678" not in analyst.get(page_of(person)).content.decode()
    assert "0612345678" in client.get(page_of(person)).content.decode()


def test_how_somebody_consented_is_for_those_who_may_see_addresses(client, officer, analyst):
    address = AddressFactory(kind="personal", basis="")
    proof = "Mail from jane@secret.example: yes"
    said = {"kind": "personal", "basis": "consent", "source": "x", "proof": proof}
    addresses.correct(address=address, **said, by=officer, at=NOW)
    page = analyst.get(page_of(address.influencer)).content.decode()
    assert "jane@secret.example" not in page
    assert "<div>Consent recorded</div>" in page
    assert f"Consent recorded: {proof}" in client.get(page_of(address.influencer)).content.decode()


@pytest.mark.parametrize(
    ("step", "value"),
    [
        pytest.param(step, value, marks=[] if place % 3 == turn else pytest.mark.slow)
        for turn, step in enumerate(["change", "vet", "address"])
        for place, value in enumerate(["9" * 5000, "9" * 30, "\0", "abc", "-1", "²"])
    ],
)
def test_a_cause_that_cannot_be_is_none(client, step, value):
    CauseFactory()
    page = client.get(f"{LIST}{InfluencerFactory().pk}/{step}/", {"cause": value, "address": value})
    assert page.status_code == (404 if step == "address" else 200)
