"""Similar people: the panel of a profile, and the same as a page."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.models import AccountSnapshot, AudienceShare, Influencer, Suppression
from crm.services import addresses
from matching.services import exclusions, snapshot
from tests.factories import AccountFactory, UserFactory, browser_of

pytestmark = pytest.mark.django_db

PANEL = {"HX-Request": "true"}
BEACH = "The ocean and its beaches, full of plastic. I clear them."


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="officer"))


def somebody(name: str, bio: str = BEACH, **said) -> Influencer:
    now = timezone.now()
    account = AccountFactory(influencer__name=name, influencer__bio=bio, influencer__hashtags=["CleanSea"], **said)
    AccountSnapshot.objects.create(account=account, followers=48_000, observed_at=now, source="f.csv")
    AudienceShare.objects.create(
        account=account, dimension="country", key="FR", share=0.7, observed_at=now, source="f.csv"
    )
    return account.influencer


@pytest.fixture
def amina() -> Influencer:
    return somebody("Amina Diallo")


def where(person: Influencer) -> str:
    return f"{reverse('admin:matching_matchlist_similar')}?influencer={person.pk}"


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def test_the_profile_names_an_address_that_leads_somewhere_and_compares_nobody(client, amina):
    page = client.get(f"/admin/crm/influencer/{amina.pk}/change/").content.decode()
    assert f'hx-get="{where(amina)}" hx-trigger="revealed"' in page
    assert client.get(where(amina), headers=PANEL).status_code == 200


def test_the_panel_says_who_how_alike_and_why(client, amina):
    tom = somebody("Tom Baker", handle="tom.b")
    snapshot.refresh(at=timezone.now())
    response = client.get(where(amina), headers=PANEL)
    said = text(response)
    assert "<html" not in response.content.decode()
    assert f'href="/admin/crm/influencer/{tom.pk}/change/">Tom Baker<' in response.content.decode()
    assert "Instagram · tom.b · 48K" in said
    assert "very much alike" in said
    for line in (
        "Both speak of: ",
        "Hashtags both use: #CleanSea",
        "Both reach people in: France",
        "Both post in: English",
        "Both are on: Instagram",
        "Followers, about as many: 48K and 48K",
    ):
        assert line in said
    assert "%" not in said.replace("width", "")
    assert "probab" not in said


def test_a_page_of_its_own_for_whoever_has_no_script_in_the_reader_s_language(client, amina):
    somebody("Tom Baker")
    snapshot.refresh(at=timezone.now())
    page = client.get(where(amina))
    assert "Who is like Amina Diallo" in text(page)
    assert "ocean" in text(page)
    assert "océan" in text(client.get(where(amina), headers={"Accept-Language": "fr"}))


def test_while_everybody_is_read_it_says_so_asks_again_and_rings_once(
    client, amina, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as rung:
        said = client.get(where(amina), headers=PANEL)
    assert "This is being prepared." in text(said)
    again = f"{where(amina)}&amp;again"
    assert f'hx-get="{again}"' in said.content.decode()
    assert len(rung) == 1
    with django_capture_on_commit_callbacks() as rung:
        client.get(again.replace("&amp;", "&"), headers=PANEL)
    assert rung == []


def test_what_changed_since_is_said_and_the_worker_rung(client, amina, django_capture_on_commit_callbacks):
    somebody("Tom Baker")
    snapshot.refresh(at=timezone.now())
    with django_capture_on_commit_callbacks() as rung:
        assert "Something has changed on this profile" in text(client.get(where(amina), headers=PANEL))
    assert len(rung) == 1


def test_never_again_and_a_no_are_marked(client, amina):
    never, refused = somebody("Tom Baker"), somebody("Zoé Petit")
    snapshot.refresh(at=timezone.now())
    officer = UserFactory()
    exclusions.exclude(influencer=never, cause=None, reason="Crypto.", by=officer, at=timezone.now())
    addresses.suppress_person(influencer=refused, reason=Suppression.Reason.DECLINED, at=timezone.now(), by=officer)
    said = text(client.get(where(amina), headers=PANEL))
    assert "Never ask again" in said
    assert "People whom you decided never to ask stand here too" in said
    assert "Has said no" in said


def test_whom_nobody_is_like_and_of_whom_nothing_is_known(client, amina):
    silent = Influencer.objects.create(name="Ines", sort_name="ines")
    snapshot.refresh(at=timezone.now())
    assert "Nobody here is like them" in text(client.get(where(amina), headers=PANEL))
    assert "It is not known what they speak of" in text(client.get(where(silent), headers=PANEL))


def test_who_may_not_see_profiles_sees_none_and_nobody_unknown_has_a_page(client, amina):
    assert browser_of(UserFactory()).get(where(amina)).status_code == 403
    for asked in ("0", "nonsense", str(amina.pk + 99)):
        address = f"{reverse('admin:matching_matchlist_similar')}?influencer={asked}"
        assert client.get(address).status_code == 404
    assert browser_of(UserFactory(role="analyst")).get(where(amina)).status_code == 200


def test_many_cost_as_many_questions_as_few(client, amina):
    def asked() -> int:
        snapshot.refresh(at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            client.get(where(amina), headers=PANEL)
        return len(queries)

    somebody("Tom Baker")
    asked()
    for_one = asked()
    for number in range(7):
        somebody(f"Tom {number}")
    assert asked() == for_one
