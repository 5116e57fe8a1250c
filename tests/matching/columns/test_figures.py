"""What is known of people by themselves: each figure as it stood at an instant, and nothing of what came later."""

from datetime import timedelta
from math import isnan, log2, log10

import pytest

from crm.formats.rows import PostReading
from crm.models import AccountSnapshot, Influencer
from crm.services import activity, topics
from matching.columns import profiles
from matching.ranking.schema import STANDING
from matching.services import labels
from outreach.services import pipeline
from tests.factories import (
    NOW,
    AccountFactory,
    CauseFactory,
    InfluencerFactory,
    OutreachFactory,
    UserFactory,
    published,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def figures(person, *, at=NOW) -> dict[str, float]:
    """Those that are known of somebody."""
    found = profiles.of(Influencer.objects.all(), at=at)
    [values] = found.figures.values[found.ids == person.pk]
    return {name: value for name, value in zip(STANDING, values.tolist(), strict=True) if not isnan(value)}


def seen(account, at, *, followers=None, rate=None, real=None, is_estimate=False, source="f.csv") -> None:
    AccountSnapshot.objects.create(
        account=account, observed_at=at, source=source, followers=followers, engagement_rate=rate, credible_share=real,
        is_estimate=is_estimate,
    )  # fmt: skip


def post(account, name, at, *, read=None, **said) -> None:
    published(account, [PostReading(platform_id=name, published_at=at, **said)], source="f.csv", at=read or at)


def alike(number=20, *, rate=0.02, followers=40_000, platform="instagram") -> None:
    """Enough accounts of a size for what is usual to be known."""
    for _ in range(number):
        seen(AccountFactory(platform=platform), NOW - 9 * DAY, followers=followers, rate=rate)


def test_of_somebody_nobody_knows_only_that_we_did_not_write():
    assert figures(InfluencerFactory()) == {"contacts_last_90d": 0.0}


def test_size_is_that_of_the_largest_account_as_it_was_seen_then():
    account = AccountFactory()
    seen(account, NOW - 3 * DAY, followers=1_000)
    seen(account, NOW + DAY, followers=90_000)
    seen(AccountFactory(influencer=account.influencer, platform="x"), NOW - 5 * DAY, followers=200)
    assert figures(account.influencer)["log_followers"] == 3.0
    assert figures(account.influencer, at=NOW + 2 * DAY)["log_followers"] == log10(90_000)
    assert "log_followers" not in figures(account.influencer, at=NOW - 9 * DAY)


def test_growth_is_told_per_90_days_from_two_readings_far_enough_apart():
    account = AccountFactory()
    seen(account, NOW - 180 * DAY, followers=10_000)
    seen(account, NOW - 20 * DAY, followers=10_500)
    assert "growth_rate" not in figures(account.influencer, at=NOW - 100 * DAY)
    seen(account, NOW, followers=12_100)
    assert figures(account.influencer)["growth_rate"] == pytest.approx((12_100 / 10_000) ** 0.5 - 1)


def test_engagement_is_held_against_accounts_of_that_platform_and_size():
    alike(rate=0.02)
    alike(rate=0.3, platform="tiktok")
    alike(rate=0.3, followers=400)
    account = AccountFactory()
    for n, rate in enumerate([0.08, 0.04, 0.01]):  # the middle of a year
        seen(account, NOW - n * DAY, followers=48_000, rate=rate)
    seen(account, NOW - 500 * DAY, followers=48_000, rate=0.9)
    seen(account, NOW + DAY, followers=48_000, rate=0.9)
    assert figures(account.influencer)["engagement_rate"] == pytest.approx(log2(0.04 / 0.02))


def test_of_a_size_that_few_have_the_platform_says_what_is_usual_and_of_a_platform_that_few_use_nobody():
    alike(rate=0.02)
    for platform, wanted in (("instagram", 1.0), ("twitch", None)):
        account = AccountFactory(platform=platform)
        seen(account, NOW, followers=9_000_000, rate=0.04)
        assert figures(account.influencer).get("engagement_rate") == (wanted and pytest.approx(wanted)), platform


def test_where_no_source_tells_the_engagement_posts_do():
    alike(rate=0.02)
    account = AccountFactory(followers=40_000)
    for n in range(3):
        post(account, str(n), NOW - (n + 5) * DAY, likes=1_600, read=NOW - n * DAY)
    assert figures(account.influencer)["engagement_rate"] == pytest.approx(1.0)
    assert "engagement_rate" not in figures(account.influencer, at=NOW - 3 * DAY)  # nobody had seen how they did


def test_who_guessed_is_told():
    alike()
    account = AccountFactory()
    seen(account, NOW, followers=48_000, rate=0.04, is_estimate=True)
    found = profiles.of(Influencer.objects.all(), at=NOW)
    place = STANDING.index("engagement_rate")
    assert dict(zip(found.ids.tolist(), found.figures.estimated[:, place].tolist(), strict=True))[account.influencer_id]
    assert found.figures.estimated.sum() == 1


def test_posts_tell_when_the_last_was_how_many_are_adverts_and_how_many_speak_of_a_cause():
    topics.seed()
    account = AccountFactory(influencer=InfluencerFactory())
    post(account, "a", NOW - 40 * DAY, text="We clear beaches of plastic every spring.", is_advert=True)
    post(account, "b", NOW - 9 * DAY, text="Breakfast.", is_advert=False)
    post(account, "c", NOW - 8 * DAY, text="Lunch.")
    post(account, "d", NOW + DAY, text="Dinner, and #oceans.", is_advert=True)
    post(account, "e", NOW - 400 * DAY, text="Long ago.", is_advert=True)
    found = figures(account.influencer)
    assert found["days_since_last_post"] == 8.0
    assert found["sponsorship_load"] == 0.5
    assert found["cause_share"] == pytest.approx(1 / 3)


def test_messages_and_answers_count_until_the_instant():
    person = InfluencerFactory()
    for at in (NOW - 200 * DAY, NOW - 10 * DAY, NOW, NOW + DAY):
        activity.record(influencer=person, kind="message_sent", at=at)
    activity.record(influencer=person, kind="message_captured", at=NOW - DAY)  # which reached nobody
    activity.record(influencer=person, kind="answered", at=NOW - 9 * DAY)
    activity.record(influencer=person, kind="answered", at=NOW + 2 * DAY)
    found = figures(person)
    assert found["contacts_last_90d"] == 2.0
    assert found["reply_rate"] == pytest.approx((1 + 1) / (3 + 4))
    assert figures(person, at=NOW + 3 * DAY)["reply_rate"] == pytest.approx((2 + 1) / (4 + 4))


def test_who_is_real_is_as_it_was_known_then():
    account = AccountFactory()
    seen(account, NOW - 60 * DAY, followers=1_000, real=0.9)
    seen(account, NOW - 30 * DAY, followers=1_000, real=0.6)
    seen(account, NOW - DAY, followers=1_000)  # which says nothing of it
    seen(account, NOW + DAY, followers=1_000, real=0.1)
    told = {
        days: figures(account.influencer, at=NOW + days * DAY).get("authenticity") for days in (-61, -60, -31, 0, 1)
    }
    assert told == {-61: None, -60: 0.9, -31: 0.9, 0: 0.6, 1: 0.1}


def test_of_two_that_tell_it_at_once_the_last_that_came_counts():
    account = AccountFactory()
    for real, source in ((0.9, "b.csv"), (0.6, "a.csv")):
        seen(account, NOW, real=real, source=source)
    assert figures(account.influencer)["authenticity"] == 0.6


def test_accounts_weigh_by_their_followers_and_those_of_whom_nobody_told_it_not_at_all():
    account = AccountFactory(followers=90_000, observed_at=NOW + DAY)
    seen(account, NOW - 9 * DAY, followers=30_000)
    seen(account, NOW - 8 * DAY, real=0.5)
    seen(AccountFactory(influencer=account.influencer, platform="tiktok"), NOW - DAY, followers=10_000, real=0.9)
    seen(AccountFactory(influencer=account.influencer, platform="x"), NOW - DAY, followers=999_999)
    assert figures(account.influencer)["authenticity"] == pytest.approx((3 * 0.5 + 0.9) / 4)


def test_who_is_real_is_an_estimate_whoever_tells_it_and_unknown_where_nobody_does():
    account, other = AccountFactory(), AccountFactory()
    seen(account, NOW, followers=1_000, real=0.0)
    seen(other, NOW, followers=1_000)
    found = profiles.of(Influencer.objects.all(), at=NOW)
    place = STANDING.index("authenticity")
    assert found.ids.tolist() == [account.influencer_id, other.influencer_id]
    assert found.figures.estimated[:, place].tolist() == [True, False]
    assert found.figures.values[0, place] == 0.0
    assert isnan(found.figures.values[1, place])


# What came of asking ---------------------------------------------------------------------------------------------------


def written(person, *days: int) -> None:
    for each in days:
        activity.record(influencer=person, kind="message_sent", at=NOW - each * DAY)


def brought(person, acts: float, *, at=NOW, cause=None, about="outreach:1"):
    label, _ = labels.record(
        cause=cause or CauseFactory(), influencer=person, kind="actions", about=about, origin=f"{about}:actions",
        actions=acts, reached=48_000, at=at,
    )  # fmt: skip
    return label


def test_actions_are_told_per_message_whose_season_is_over_as_if_four_more_had_brought_nothing():
    person = InfluencerFactory()
    written(person, 400, 200, 10)
    brought(person, 30.0, at=NOW - 100 * DAY)
    brought(person, 12.0, at=NOW, about="outreach:2")
    brought(person, 99.0, at=NOW + DAY, about="outreach:3")
    assert figures(person)["action_rate"] == pytest.approx(42 / (2 + 4))
    assert figures(person, at=NOW - DAY)["action_rate"] == pytest.approx(30 / (2 + 4))
    assert "action_rate" not in figures(person, at=NOW - 101 * DAY)


def test_whoever_was_never_written_to_or_of_whom_nothing_is_ripe_has_no_rate():
    never, unripe, lately, none = [InfluencerFactory() for _ in range(4)]
    brought(never, 5.0)
    written(unripe, 200)
    written(lately, 20)
    brought(lately, 5.0, about="outreach:2")
    written(none, 200)
    brought(none, 0.0, about="outreach:3")
    rates = [figures(person).get("action_rate") for person in (never, unripe, lately, none)]
    assert rates == [None, None, None, 0.0]


def test_what_was_taken_back_brought_nothing_from_then_on():
    person = InfluencerFactory()
    written(person, 200)
    label = brought(person, 10.0, at=NOW - 9 * DAY)
    labels.withdraw_about(label=label, at=NOW)
    assert "action_rate" not in figures(person)
    assert figures(person, at=NOW - DAY)["action_rate"] == 2.0


def test_an_answer_counts_from_when_it_was_noted():
    outreach = OutreachFactory(stage="contacted", stage_at=NOW - 9 * DAY)
    person, day = outreach.influencer, (NOW - 5 * DAY).date()
    written(person, 9)
    pipeline.answered(outreach=outreach, text="Yes.", on=day, at=NOW, by=UserFactory())
    assert figures(person, at=NOW - DAY)["reply_rate"] == pytest.approx(1 / 5)
    assert figures(person)["reply_rate"] == pytest.approx(2 / 5)


def test_nothing_that_became_known_later_changes_any_feature_of_an_earlier_instant():
    """A planted leak: the outcomes themselves, told a moment after. Every column must stay what it was, bit for bit."""
    cause, officer = CauseFactory(), UserFactory()
    people = [AccountFactory().influencer for _ in range(4)]
    for place, person in enumerate(people):
        written(person, 300, 120, 5)
        seen(person.accounts.get(), NOW - DAY, followers=1_000 * (place + 1), rate=0.03)
        brought(person, 7.0, at=NOW - DAY, about=f"outreach:{place}")
    before = features()
    moment = NOW + timedelta(microseconds=1)
    for place, (person, stage) in enumerate(zip(people, ("agreed", "declined", "no_answer", "live"), strict=True)):
        outreach = OutreachFactory(
            influencer=person, campaign__cause=cause, stage="agreed" if stage == "live" else "contacted",
            stage_at=NOW - 40 * DAY,
        )  # fmt: skip
        pipeline.move(outreach=outreach, stage=stage, at=moment, by=officer)
        labels.judge(cause=cause, influencer=person, verdict="fit", by=officer, at=moment)
        brought(person, 5_000.0, at=moment, about=f"outreach:9{place}")
        activity.record(influencer=person, kind="message_sent", at=moment)
        activity.record(influencer=person, kind="answered", at=NOW - DAY, noted_at=moment.isoformat())
        seen(person.accounts.get(), moment, followers=900_000, rate=0.5)
    assert features() == before
    assert features(at=moment) != before


def features(*, at=NOW) -> list[bytes]:
    """Everything the ranker is told of people, to the last bit."""
    found = profiles.of(Influencer.objects.all(), at=at)
    columns = [getattr(found, name) for name in found.__dataclass_fields__ if name not in {"ids", "texts", "figures"}]
    shares = [b"".join((*map(str.encode, each.keys), each.weights.toarray().tobytes())) for each in columns]
    return [found.ids.tobytes(), repr(found.texts).encode(), found.figures.values.tobytes(), *shares]
