"""What a person's page shows, for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import AccountSnapshot, Post
from crm.services import activity, persons
from tests.factories import NOW, AccountFactory, CauseFactory, UserFactory, officers_tool, tool_of

pytestmark = pytest.mark.django_db

PARTS = ("peers", "growth", "best-hours", "mentions", "timeline")


@pytest.fixture
def account():
    return AccountFactory(followers=1_000, engagement_rate=0.05, influencer__timezone="Europe/Paris")


def of(account, part: str) -> str:
    return f"/api/v1/influencers/{account.influencer.public_id}/{part}/"


def test_peers(account):
    for number in range(20):
        AccountFactory(followers=1_000 + number, engagement_rate=0.01 if number < 15 else 0.09)
    (one,) = officers_tool("influencers:read").get(of(account, "peers")).json()
    assert one == {
        "account": {"platform": "instagram", "handle": account.handle},
        "engagement_rate": 0.05,
        "followers_gte": 500,
        "followers_lte": 2_000,
        "peers": 20,
        "percentile": 75.0,
    }
    type(account).objects.filter(followers=1_019).delete()
    (one,) = officers_tool("influencers:read").get(of(account, "peers")).json()
    assert (one["peers"], one["percentile"]) == (19, None)


def test_peers_of_an_account_whose_engagement_its_posts_tell(account):
    """As on the page: no source told it."""
    type(account).objects.update(engagement_rate=None)
    for number in range(5):
        then = timezone.now() - timedelta(days=number + 2)
        Post.objects.create(
            account=account,
            platform_id=str(number),
            published_at=then,
            observed_at=timezone.now(),
            source="s",
            likes=30,
        )
    (one,) = officers_tool("influencers:read").get(of(account, "peers")).json()
    assert (one["engagement_rate"], one["peers"]) == (0.03, 0)


def test_growth(account):
    AccountSnapshot.objects.create(account=account, observed_at=NOW, source="v", followers=9, is_estimate=True)
    (one,) = officers_tool("influencers:read").get(of(account, "growth")).json()
    assert one == {
        "account": {"platform": "instagram", "handle": account.handle},
        "observed_at": "2026-11-24T11:00:00+01:00",
        "followers": 9,
        "engagement_rate": None,
        "is_estimate": True,
        "credible_share": None,
        "source": "v",
    }
    AccountSnapshot.objects.update(credible_share=0.83, is_estimate=False)
    (one,) = officers_tool("influencers:read").get(of(account, "growth")).json()
    assert (one["credible_share"], one["is_estimate"]) == (0.83, False)


def test_best_hours(account):
    last = timezone.now().replace(hour=17, minute=0) - timedelta(days=8)
    tuesday = last - timedelta(days=(last.weekday() - 1) % 7)
    for number in range(34):
        is_best = number < 10
        at = tuesday - timedelta(weeks=number) if is_best else tuesday - timedelta(days=number, hours=9)
        Post.objects.create(
            account=account, platform_id=str(number), published_at=at, observed_at=timezone.now(), source="s",
            likes=(90 if is_best else 40) + number % 5,
        )  # fmt: skip
    (one,) = officers_tool("influencers:read").get(of(account, "best-hours")).json()
    assert (one["timezone"], one["timezone_from"], one["posts"], one["posts_needed"]) == (
        "Europe/Paris",
        "own",
        34,
        20,
    )
    assert (one["best"]["weekday"], one["best"]["hour"], one["best"]["posts"]) == (2, 18, 10)
    assert sum(cell["posts"] for cell in one["cells"]) == 34


def test_few_posts_have_no_best_hours(account):
    Post.objects.create(
        account=account, platform_id="1", likes=4, published_at=timezone.now() - timedelta(days=9),
        observed_at=timezone.now(), source="s",
    )  # fmt: skip
    (one,) = officers_tool("influencers:read").get(of(account, "best-hours")).json()
    assert (one["posts"], one["engagement_rate"], one["best"], one["cells"]) == (1, None, None, [])


def test_mentions(account):
    cause = CauseFactory(hashtags=["CleanBeaches"], conflicts=["Acme Oil"])
    for number, text in enumerate(("Come. #CleanBeaches", "By Acme Oil.", "My cat.")):
        Post.objects.create(
            account=account, platform_id=str(number), published_at=NOW, observed_at=NOW, source="s", text=text,
            url="https://x.example/1",
        )  # fmt: skip
    said = officers_tool("influencers:read").get(of(account, "mentions")).json()
    assert said["posts"] == 3
    assert {(m["sentence"], *m["causes"], *m["conflicts"]) for m in said["mentions"]} == {
        ("Come. #CleanBeaches", cause.slug),
        ("By Acme Oil.", cause.slug),
    }
    assert said["mentions"][0]["url"] == "https://x.example/1"


def test_the_timeline_comes_in_pages_in_words_and_without_addresses_for_whoever_may_not_see_them(account):
    for number in range(3):
        activity.record(
            influencer=account.influencer, kind="consent_recorded", at=NOW - timedelta(days=number), proof="a@b.example"
        )
    client = officers_tool("influencers:read")
    page = client.get(of(account, "timeline") + "?limit=2").json()
    assert [row["at"][:10] for row in page["results"]] == ["2026-11-24", "2026-11-23"]
    assert page["results"][0]["text"] == "Consent recorded: a@b.example"
    page = client.get(page["next"]).json()
    assert ([row["at"][:10] for row in page["results"]], page["next"]) == (["2026-11-22"], None)
    shown = tool_of(UserFactory(role="analyst"), "influencers:read").get(of(account, "timeline")).content.decode()
    assert "a@b.example" not in shown


@pytest.mark.parametrize("asked", ["search=x", "ordering=name", "country=FR", "contactable=true"])
@pytest.mark.parametrize("part", PARTS)
def test_what_is_asked_of_the_list_is_not_asked_of_a_part(account, part, asked):
    assert officers_tool("influencers:read").get(f"{of(account, part)}?{asked}").status_code == 400


@pytest.mark.parametrize("part", PARTS)
def test_each_part_takes_the_scope_and_a_person_who_is_there(account, part):
    assert officers_tool("influencers:read").get(of(account, part)).status_code == 200
    assert officers_tool("causes:read").get(of(account, part)).status_code == 403
    assert officers_tool("influencers:write").post(of(account, part)).status_code == 405
    assert officers_tool("influencers:read").get(of(account, part) + "?country=FR").status_code == 400
    page = of(account, part)
    persons.erase(influencer=account.influencer, at=NOW)
    assert officers_tool("influencers:read").get(page).status_code == 404
