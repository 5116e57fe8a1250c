"""What happened, a page at a time, and where everything we know comes from."""

from datetime import timedelta

import pytest

from crm import selectors
from crm.models import AccountHandle, AccountSnapshot, AudienceShare, ImportBatch, Post
from crm.services import activity
from tests.factories import NOW, AccountFactory, AddressFactory, InfluencerFactory

pytestmark = pytest.mark.django_db


def told(person, number: int):
    for n in range(number):
        activity.record(influencer=person, kind="edited", at=NOW - timedelta(hours=n), number=n)


def numbers(timeline) -> list:
    return [line.handle.handle if line.handle else line.activity.params["number"] for line in timeline.lines]


def test_pages_are_whole_and_nothing_comes_twice():
    person = InfluencerFactory()
    told(person, 45)
    pages = [selectors.timeline(person, page=page) for page in (1, 2, 3)]
    assert [numbers(page) for page in pages] == [list(range(20)), list(range(20, 40)), list(range(40, 45))]
    assert [(page.first, page.last, page.earlier, page.later) for page in pages] == [
        (1, 20, 2, None),
        (21, 40, 3, 1),
        (41, 45, None, 2),
    ]


@pytest.mark.parametrize(("asked", "page"), [(0, 1), (-3, 1), (9, 2), (10**6, 2)])
def test_a_page_that_is_not_there_is_the_nearest(asked, page):
    person = InfluencerFactory()
    told(person, 21)
    assert selectors.timeline(person, page=asked).page == page


def test_nothing_happened_yet():
    timeline = selectors.timeline(InfluencerFactory())
    assert (timeline.lines, timeline.number, timeline.earlier, timeline.later) == ((), 0, None, None)


def test_former_handles_stand_where_they_ended_on_one_page_only():
    account = AccountFactory()
    told(account.influencer, 45)
    for name, hours in (("newest", -1), ("within", 10.5), ("between", 19.5), ("last", 100)):
        AccountHandle.objects.create(account=account, handle=name, until=NOW - timedelta(hours=hours))
    seen = [numbers(selectors.timeline(account.influencer, page=page)) for page in (1, 2, 3)]
    assert seen[0] == ["newest", *range(11), "within", *range(11, 20)]
    assert seen[1] == ["between", *range(20, 40)]
    assert seen[2] == [*range(40, 45), "last"]


def test_a_page_costs_three_questions(django_assert_num_queries):
    account = AccountFactory()
    told(account.influencer, 45)
    person = type(account.influencer).objects.prefetch_related("accounts").get()
    with django_assert_num_queries(3):
        [line.activity.by for line in selectors.timeline(person, page=2).lines]


def test_every_figure_has_its_age_and_its_source():
    batch = ImportBatch.objects.create(
        subject="influencers", filename="people.csv", sha256="0" * 64, uploaded_at=NOW, state="committed"
    )
    account = AccountFactory(observed_at=NOW, source="people.csv")
    person = account.influencer
    activity.record(influencer=person, kind="edited", at=NOW, source="by hand")
    AddressFactory(influencer=person, source="her page")
    for days, source, is_estimate in ((0, "people.csv", False), (30, "old.csv", False), (60, "vendor", True)):
        AccountSnapshot.objects.create(
            account=account, observed_at=NOW - timedelta(days), source=source, is_estimate=is_estimate,
            followers=5, batch=batch if not days else None, credible_share=0.83 if days else None,
        )  # fmt: skip
    for dimension, key, source in (("age", "18-24", "a"), ("gender", "female", "a"), ("country", "FR", "b")):
        AudienceShare.objects.create(
            account=account, dimension=dimension, key=key, observed_at=NOW, source=source, share=0.4
        )
    Post.objects.create(account=account, platform_id="1", published_at=NOW, observed_at=NOW, source="p")
    facts = selectors.facts(
        person,
        snapshots=selectors.snapshots(person),
        audience=selectors.audience(person),
        posts=selectors.posts(person),
    )
    assert [(f.what, f.source, f.batch, f.is_estimate, f.number) for f in facts] == [
        ("profile", "by hand", None, False, 1),
        ("address", "her page", None, False, 1),
        ("figures", "people.csv", batch.pk, False, 1),
        ("past_figures", "old.csv", None, False, 1),
        ("past_figures", "vendor", None, True, 1),
        ("credible", "old.csv", None, True, 1),
        ("audience", "b", None, False, 1),
        ("audience", "a", None, False, 1),
        ("posts", "p", None, False, 1),
    ]
    assert [f.dimensions for f in facts if f.dimensions] == [("country",), ("age", "gender")]
