"""Deciding never to ask somebody, on a page of its own; on their profile, and the list of all such decisions."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from matching.models import Exclusion
from matching.services import exclusions
from tests.factories import CauseFactory, InfluencerFactory, UserFactory, browser_of

pytestmark = pytest.mark.django_db
LIST = "/admin/matching/exclusion/"


@pytest.fixture
def officer():
    return UserFactory(role="officer")


@pytest.fixture
def client(officer) -> Client:
    return browser_of(officer)


@pytest.fixture
def person():
    return InfluencerFactory(name="Amina Diallo")


@pytest.fixture
def cause():
    return CauseFactory(name="Clean beaches")


def exclude(person, by, cause=None, reason="Sells crypto to minors.") -> Exclusion:
    return exclusions.exclude(influencer=person, cause=cause, reason=reason, by=by, at=timezone.now())[0]


def words(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def add(person, **said) -> str:
    return f"{LIST}add/?{urlencode({'influencer': person.pk} | said)}"


def test_the_page_says_what_it_means_and_comes_with_the_cause_chosen(client, person, cause):
    text = words(client.get(add(person, cause=cause.pk)))
    assert "Never ask Amina Diallo?" in text
    assert "what was planned for them is held back" in text
    assert f'<option value="{cause.pk}" selected>' in text
    assert "Every cause: never again" in text
    assert not Exclusion.objects.exists()


def test_decided_for_a_cause_one_is_back_where_one_came_from(client, officer, person, cause):
    back = "/admin/matching/matchlist/7/change/?page=2"
    answer = client.post(add(person, cause=cause.pk), {"cause": cause.pk, "reason": "Sells crypto.", "next": back})
    assert answer["Location"] == back
    row = Exclusion.objects.get()
    assert (row.influencer, row.cause, row.reason, row.by) == (person, cause, "Sells crypto.", officer)


def test_decided_for_every_cause_it_stands_on_the_profile(client, person):
    answer = client.post(add(person), {"cause": "", "reason": "Sells crypto."}, follow=True)
    assert answer.redirect_chain == [(f"/admin/crm/influencer/{person.pk}/change/", 302)]
    assert "Noted: Amina Diallo. Never ask again." in words(answer)
    assert Exclusion.objects.get().cause is None


@pytest.mark.parametrize("said", [{"reason": ""}, {"reason": "   "}, {"reason": "x", "cause": "99999999"}])
def test_without_a_reason_or_for_no_cause_there_is_nothing_is_decided(client, person, said):
    text = words(client.post(add(person), said))
    assert "This field is required." in text or "Select a valid choice." in text
    assert not Exclusion.objects.exists()


@pytest.mark.parametrize("who", ["", "x", "0", "99999999"])
def test_about_nobody_there_is_no_page(client, who):
    assert client.get(f"{LIST}add/?influencer={who}").status_code == 404
    assert client.get(f"{LIST}panel/?influencer={who}").status_code == 404


# The profile -------------------------------------------------------------------------------------------------------------


def test_the_profile_asks_for_its_panel(client, person):
    assert f'hx-get="/admin/matching/exclusion/panel/?influencer={person.pk}"' in words(
        client.get(f"/admin/crm/influencer/{person.pk}/change/")
    )


def test_the_panel_says_what_holds_and_offers_to_lift_it(client, officer, person, cause):
    text = words(client.get(f"{LIST}panel/?influencer={person.pk}"))
    assert "Nothing was decided against it." in text
    assert add(person) in text
    once, ever = exclude(person, officer, cause), exclude(person, officer, reason="Never again, really.")
    exclusions.lift(exclusion=exclude(person, officer, CauseFactory(name="Other")), by=officer, at=timezone.now())
    exclude(InfluencerFactory(), officer, reason="Somebody else.")
    text = words(client.get(f"{LIST}panel/?influencer={person.pk}"))
    assert text.index("Never for Clean beaches") < text.index("Never ask again")
    assert "Never again, really." in text
    assert text.count(officer.called) == 2
    assert all(f"{LIST}{row.pk}/lift/" in text for row in (once, ever))
    assert "Somebody else." not in text
    assert "Never for Other" not in text


# Lifting -----------------------------------------------------------------------------------------------------------------


def test_lifting_asks_first_and_is_kept_with_who_did(client, officer, person, cause):
    row = exclude(person, UserFactory(), cause)
    text = words(client.get(f"{LIST}{row.pk}/lift/"))
    assert "Never for Clean beaches, because: “Sells crypto to minors.”." in text
    row.refresh_from_db()
    assert row.lifted_at is None
    answer = client.post(f"{LIST}{row.pk}/lift/", {"confirmed": "1"})
    assert answer["Location"] == f"/admin/crm/influencer/{person.pk}/change/"
    row.refresh_from_db()
    assert row.lifted_by == officer
    text = words(client.get(f"{LIST}{row.pk}/change/"))
    assert "Lifted" in text
    assert "Lift it" not in text


# The list ----------------------------------------------------------------------------------------------------------------


def test_managers_see_whom_nobody_asks_and_why_and_what_was_lifted(officer, person, cause):
    manager = browser_of(UserFactory(role="manager"))
    assert "Here stand the people whom you decided never to ask" in words(manager.get(LIST))
    lifted = exclude(InfluencerFactory(name="Tom Baker"), officer)
    exclusions.lift(exclusion=lifted, by=officer, at=timezone.now())
    exclude(person, officer, cause)
    text = words(manager.get(LIST))
    for said in ("Amina Diallo", "Never for Clean beaches", "Sells crypto to minors.", officer.called, "Tom Baker"):
        assert said in text
    holds = words(manager.get(f"{LIST}?holds=yes"))
    assert ("Amina Diallo" in holds, "Tom Baker" in holds) == (True, False)
    assert "Tom Baker" in words(manager.get(f"{LIST}?holds=no"))
    assert "Amina Diallo" not in words(manager.get(f"{LIST}?influencer__id__exact={lifted.influencer_id}"))
    assert f'href="{LIST}"' in words(manager.get("/admin/matching/matchlist/"))


def test_an_analyst_reads_and_decides_nothing(officer, person):
    row, analyst = exclude(person, officer), browser_of(UserFactory(role="analyst"))
    assert "Amina Diallo" in words(analyst.get(LIST))
    assert "Lift it" not in words(analyst.get(f"{LIST}{row.pk}/change/"))
    panel = words(analyst.get(f"{LIST}panel/?influencer={person.pk}"))
    assert ("Never ask again" in panel, "Lift it" in panel, "Never ask them…" in panel) == (True, False, False)
    assert analyst.get(add(person)).status_code == 403
    assert analyst.post(f"{LIST}{row.pk}/lift/").status_code == 403
