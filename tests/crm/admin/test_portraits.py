"""The page of a person: all of it at a fixed price, each part saying what it knows and what it does not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import AccountDay, AccountHandle, AccountSnapshot, AudienceShare, Post, SocialAccount
from crm.services import activity, addresses
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


@pytest.fixture
def client():
    return browser_of(UserFactory(role="officer"))


def page_of(client, person, query: str = "") -> str:
    response = client.get(f"/admin/crm/influencer/{person.pk}/change/{query}")
    assert response.status_code == 200
    return response.content.decode()


def post(account, number: int, **said) -> Post:
    at = timezone.now() - timedelta(days=number + 2)
    return Post.objects.create(
        account=account,
        platform_id=str(number),
        **{"published_at": at, "observed_at": timezone.now(), "source": "s", "likes": 10} | said,
    )


def fill(account: SocialAccount, number: int) -> None:
    """As many rows of everything that the page shows."""
    now = timezone.now()
    for n in range(number):
        post(account, n, text="Clean the ocean.")
        AccountSnapshot.objects.create(
            account=account, observed_at=now - timedelta(days=n), source="s", followers=n + 1, engagement_rate=0.1
        )
        AccountDay.objects.create(account=account, day=(now - timedelta(days=n)).date(), followers=n, source="s")
        AccountHandle.objects.create(account=account, handle=f"old{n}", until=now - timedelta(days=n))
        for dimension, key in (
            ("age", f"{n}-9"),
            ("country", ("FR", "GB", "SN")[n]),
            ("gender", ("female", "male", "other")[n]),
        ):
            AudienceShare.objects.create(
                account=account, dimension=dimension, key=key, share=0.1, observed_at=now, source="s"
            )
        check = VettingFactory(influencer=account.influencer)
        activity.record(
            influencer=account.influencer, cause=check.cause, kind="vetted", at=now, by=check.by, verdict="cleared"
        )
        AddressFactory(influencer=account.influencer)


def test_the_page_costs_the_same_for_one_and_for_three_of_everything(client):
    first = AccountFactory(followers=1_000, engagement_rate=0.05, observed_at=NOW)
    fill(first, 1)
    others = AccountFactory(followers=1_000, engagement_rate=0.05, observed_at=NOW)
    fill(others, 3)
    for platform in ("tiktok", "x"):
        account = AccountFactory(
            influencer=others.influencer, platform=platform, followers=900, engagement_rate=0.1, observed_at=NOW
        )
        fill(account, 3)
    page_of(client, first.influencer)  # what is asked once only
    counts = []
    for person in (first.influencer, others.influencer):
        with CaptureQueriesContext(connection) as asked:
            page_of(client, person)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_peers_are_named_with_how_many_they_are(client):
    account = AccountFactory(followers=1_000, engagement_rate=0.05)
    for _ in range(19):
        AccountFactory(followers=1_000, engagement_rate=0.01)
    assert "not enough peers (19 of 20)" in page_of(client, account.influencer)
    AccountFactory(followers=1_000, engagement_rate=0.09)
    page = page_of(client, account.influencer)
    assert "higher than 95% of 20 peers" in page
    assert "Peers: the other Instagram accounts we know with 500 to 2K followers" in page


def test_an_estimate_wears_its_sign_wherever_it_stands(client):
    account = AccountFactory(followers=48_000, observed_at=NOW, source="vendor", engagement_rate=0.05)
    for days in (0, 30):
        AccountSnapshot.objects.create(
            account=account, observed_at=NOW - timedelta(days), source="vendor", followers=48_000 - days,
            engagement_rate=0.05, is_estimate=True,
        )  # fmt: skip
    page = page_of(client, account.influencer)
    for words in (
        'cw-estimate">≈ <span title="48,000">48K',
        'cw-estimate">≈ 5.0%',
        "≈ 47,970",
        "≈ 48,000",
        "≈ estimated",
    ):
        assert words in page, words
    assert f"≈ Instagram · {account.handle}, estimated" in page
    AccountSnapshot.objects.update(is_estimate=False)
    assert "≈" not in page_of(client, account.influencer)


def test_how_many_are_real_is_told_as_an_estimate_with_its_day_and_source(client):
    account = AccountFactory(followers=48_000, observed_at=NOW, source="people.csv")
    assert "real followers: unknown" in page_of(client, account.influencer)
    for at, source, share in ((NOW, "people.csv", None), (NOW - timedelta(400), "<b>vendor</b>.json", 0.83)):
        AccountSnapshot.objects.create(
            account=account, observed_at=at, source=source, followers=48_000, credible_share=share
        )
    page = page_of(client, account.influencer)
    assert '<span class="cw-origin" title="Oct. 20, 2025, noon · &lt;b&gt;vendor&lt;/b&gt;.json">' in page
    assert "≈ 83% real followers, by &lt;b&gt;vendor&lt;/b&gt;.json, <time" in page
    assert "real followers: unknown" not in page
    [row] = [part for part in page.split("<tr>") if '<td class="cw-strong">Real followers</td>' in part]
    assert "≈ estimated" in row
    assert "&lt;b&gt;vendor&lt;/b&gt;.json" in row


def test_growth_is_drawn_from_two_readings_on(client):
    account = AccountFactory()
    assert "it takes two readings of one account" in page_of(client, account.influencer)
    for days, followers in ((0, 48_000), (90, 40_000)):
        AccountSnapshot.objects.create(
            account=account, observed_at=NOW - timedelta(days), source="s", followers=followers
        )
    page = page_of(client, account.influencer)
    assert page.count('<figure class="cw-plot">') == 1
    assert "Followers over time" in page
    assert ">40K</text>" in page  # on the axis


def test_best_hours_or_what_is_missing(client):
    account = AccountFactory(followers=1_000, influencer__timezone="Europe/Paris")
    assert "no post of the last twelve months is known" in page_of(client, account.influencer)
    for number in range(7):
        post(account, number)
    assert "Not enough posts yet (7 of 20)" in page_of(client, account.influencer)
    for number in range(7, 20):
        post(account, number)
    page = page_of(client, account.influencer)
    assert "No time stands out: 20 posts" in page
    assert "Hours as in Paris, the time zone of their profile" in page
    assert page.count('<table class="cw-heat">') == 1


def test_what_they_said_is_quoted_with_its_date_and_link_and_never_as_markup(client):
    cause = CauseFactory(name="Clean beaches", hashtags=["CleanBeaches"], conflicts=["Acme Oil"])
    account = AccountFactory()
    assert "none of their posts are known" in page_of(client, account.influencer)
    post(account, 1, text="My cat.")
    assert "Nothing in the 1 post we know" in page_of(client, account.influencer)
    post(account, 2, text="<b>Clean beaches</b> now.", url="https://x.example/p/2")
    post(account, 3, text="With Acme Oil.")
    page = page_of(client, account.influencer)
    assert "&lt;b&gt;<mark>Clean beaches</mark>&lt;/b&gt; now." in page
    assert 'href="https://x.example/p/2"' in page
    assert "cause: Clean beaches" in page
    assert "does not go with: Clean beaches" in page
    assert "2 of 3 posts" in page
    assert f'href="/admin/crm/cause/{cause.pk}/change/"' in page


def test_the_timeline_is_paged_and_keeps_the_cause_one_came_with(client):
    account, cause = AccountFactory(), CauseFactory()
    for number in range(25):
        activity.record(influencer=account.influencer, kind="added", at=NOW - timedelta(hours=number))
    AccountHandle.objects.create(account=account, handle="amina.old", until=NOW)
    page = page_of(client, account.influencer, f"?cause={cause.pk}")
    assert "1–20 of 25" in page
    assert "Instagram: changed the handle; it was “amina.old” until then" in page
    assert f'href="?cause={cause.pk}&amp;happened=2#happened"' in page
    assert "21–25 of 25" in page_of(client, account.influencer, "?happened=2")


@pytest.mark.parametrize("asked", ["x", "0", "-1", "²", "9" * 30, "%00"])
def test_a_page_that_is_none_is_passed_over(client, asked):
    account = AccountFactory()
    activity.record(influencer=account.influencer, kind="added", at=NOW)
    assert "Added by hand" in page_of(client, account.influencer, f"?happened={asked}")


def test_there_is_one_primary_button_and_it_is_the_next_step(client):
    def primary(person, query: str = "") -> list[str]:
        page = page_of(client, person, query)
        return [part.split("<")[0].split(">")[1] for part in page.split("cw-button--primary")[1:]]

    person = AccountFactory().influencer
    assert primary(person) == ["Add a cause"]
    cause = CauseFactory()
    assert primary(person) == ["Vet for a cause"]
    assert primary(person, f"?cause={cause.pk}") == ["Save the verdict"]
    VettingFactory(influencer=person, cause=cause)
    assert primary(person) == ["Choose for a campaign"]
    addresses.suppress_person(influencer=person, reason="declined", at=timezone.now())
    assert primary(person) == []
    assert primary(InfluencerFactory()) == ["Add how to reach them"]


def test_the_next_step_leads_to_choosing_a_campaign(client):
    check = VettingFactory(influencer=AccountFactory().influencer)
    address = f"/admin/outreach/outreach/start/?influencers={check.influencer_id}"
    assert f'href="{address}"' in page_of(client, check.influencer)
    assert client.get(address).status_code == 200


def test_sources_lead_to_the_import_and_addresses_stay_with_those_who_may_see_them(client):
    address = AddressFactory(source="her secret page")
    assert "her secret page" in page_of(client, address.influencer)
    page = page_of(browser_of(UserFactory(role="analyst")), address.influencer)
    assert "her secret page" not in page
    assert "Data and sources" in page


def test_a_post_that_somebody_is_led_to_stands_beside_the_latest(client):
    account = AccountFactory()
    posts = [post(account, n, text=f"Post {n}.") for n in range(7)]
    page, led = page_of(client, account.influencer), page_of(client, account.influencer, f"?post={posts[6].pk}")
    assert f'id="post-{posts[0].pk}"' in page
    assert f'id="post-{posts[6].pk}"' not in page
    assert f'id="post-{posts[6].pk}"' in led
    assert f'id="post-{posts[5].pk}"' not in led
    for part in ("audience", "growth", "about", "accounts", "happened"):
        assert f'id="{part}"' in led
    other = post(AccountFactory(), 1, text="Somebody else’s.")
    assert "Somebody else’s." not in page_of(client, account.influencer, f"?post={other.pk}")
