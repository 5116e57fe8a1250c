"""What partners published: noted once, matched with imported posts, and what is known of its figures."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.formats.rows import PostReading
from outreach.models import Outreach, Publication, PublicationMetric
from outreach.services import publications, reach
from outreach.services.publications import Said
from tests.factories import NOW, AccountFactory, LinkFactory, OutreachFactory, UserFactory, published

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
URL = "https://www.instagram.com/p/C0deOfPost/"


def recorded(outreach=None, *, at=NOW, **said):
    usual = {"url": URL, "format": "visual", "published_at": NOW - DAY}
    return publications.record(outreach=outreach or OutreachFactory(), said=Said(**usual | said), by=None, at=at)


def noted(row, *, at=NOW, source="hand", is_estimate=False, **figures):
    return publications.note(
        publication=row, figures=figures, observed_at=at, at=NOW, by=None, source=source, is_estimate=is_estimate
    )


def refusal(do, *args, **said):
    with pytest.raises(DomainError) as error:
        do(*args, **said)
    return error.value.code


def test_a_link_tells_the_platform_and_the_id():
    row = recorded(url="https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3")
    assert (row.platform, row.platform_id, row.source) == ("youtube", "dQw4w9WgXcQ", "hand")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"url": "javascript:alert(1)"}, "url_scheme"),
        ({"url": "https://somewhere.example/x"}, "publication_platform_missing"),
        ({"platform": "tiktok"}, "publication_platform_other"),
        ({"url": "", "platform": "tiktok"}, "publication_unnamed"),
        ({"published_at": NOW + DAY}, "published_in_future"),
        ({"format": "poem"}, "format_of_publication_unknown"),
        ({"platform": "myspace"}, "platform_unknown"),
    ],
)
def test_what_cannot_be_is_refused(said, code):
    assert refusal(recorded, **said) == code
    assert not Publication.objects.exists()


def test_a_story_needs_no_link():
    assert recorded(url="", platform="instagram", format="story").url == ""


def test_the_same_post_is_noted_once():
    outreach = OutreachFactory()
    recorded(outreach)
    assert refusal(recorded, outreach) == "publication_known"
    assert refusal(recorded, outreach, url="https://instagram.com/reel/C0deOfPost?igsh=abc") == "publication_known"
    first = recorded(url="https://youtu.be/dQw4w9WgXcQ")
    assert refusal(recorded, url="https://www.youtube.com/shorts/dQw4w9WgXcQ") == "publication_known"
    assert Publication.objects.filter(platform_id=first.platform_id).count() == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube.com/shorts/dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=a", "https://music.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.tiktok.com/@maia/video/7123", "https://m.tiktok.com/v/7123.html"),
        ("https://twitter.com/maia/status/99", "https://x.com/i/web/status/99"),
        ("https://www.instagram.com/p/C0deOfPost/", "https://instagram.com/maia/reel/C0deOfPost?igsh=abc"),
        ("https://www.facebook.com/maia/videos/1234/", "https://m.facebook.com/watch/?v=1234"),
        ("https://clips.twitch.tv/BraveSalmon", "https://www.twitch.tv/maia/clip/BraveSalmon"),
    ],
)
def test_the_same_post_is_noted_once_whichever_host_its_link_was_copied_from(one, other):
    first = recorded(url=one)
    assert refusal(recorded, url=other) == "publication_known"
    second = recorded(url="https://bsky.app/profile/maia.example/post/3k2a")
    said = Said(url=other, published_at=NOW - DAY)
    assert refusal(publications.change, publication=second, said=said, at=NOW) == "publication_known"
    assert list(Publication.objects.order_by("pk")) == [first, second]


def test_a_short_link_whose_id_somebody_knows_is_the_post_itself():
    recorded(url="https://vm.tiktok.com/ZMabc/", platform_id="7123")
    assert refusal(recorded, url="https://www.tiktok.com/@maia/video/7123") == "publication_known"
    recorded(url="https://vm.tiktok.com/ZMother/")  # which post that is only the platform knows


def test_an_id_of_one_s_own_hides_no_post_that_its_link_shows():
    recorded(url="https://youtu.be/dQw4w9WgXcQ", platform_id="our-7")
    assert refusal(recorded, url="", platform="youtube", platform_id="dQw4w9WgXcQ") == "publication_known"
    assert refusal(recorded, url="https://www.youtube.com/live/dQw4w9WgXcQ", platform_id="our-8") == "publication_known"


def test_the_database_refuses_the_same_post_twice():
    first, second = recorded(), recorded(url="https://x.com/maia/status/9")
    with pytest.raises(IntegrityError, match="publication_post_once"), transaction.atomic():
        Publication.objects.filter(pk=second.pk).update(platform=first.platform, post_code=first.post_code)


def test_a_post_noted_by_its_id_is_not_noted_by_its_link_once_a_file_names_both():
    outreach = OutreachFactory()
    post(AccountFactory(influencer=outreach.influencer, platform="instagram"), reach=900)
    by_id = recorded(outreach, url="", platform="instagram", platform_id="180001")
    assert by_id.post_code == "C0deOfPost"
    assert refusal(recorded, outreach, url="https://www.instagram.com/reel/C0deOfPost/") == "publication_known"


def test_nor_where_its_link_shows_no_code():
    outreach, url = OutreachFactory(), "https://www.facebook.com/maia/posts/pfbid02abc"
    post(AccountFactory(influencer=outreach.influencer, platform="facebook"), url=url, reach=900)
    by_id = recorded(outreach, url="", platform="facebook", platform_id="180001")
    assert by_id.post_code == ""
    assert refusal(recorded, outreach, url=f"{url}?ref=share") == "publication_known"
    assert list(Publication.objects.all()) == [by_id]


def test_of_two_that_a_file_finds_to_be_one_post_the_figures_count_once():
    outreach = OutreachFactory()
    recorded(outreach, url="", platform="instagram", platform_id="180001")
    recorded(outreach)
    post(AccountFactory(influencer=outreach.influencer, platform="instagram"), reach=900)
    publications.match(at=NOW)
    publications.match(at=NOW)
    assert list(PublicationMetric.objects.values_list("reach", flat=True)) == [900]
    assert together(outreach.campaign).reach.total == 900


def test_a_date_of_another_century_is_a_mistyped_year():
    assert refusal(recorded, published_at=datetime(1, 1, 1, tzinfo=UTC)) == "published_too_early"


def test_nothing_is_noted_of_somebody_erased():
    assert refusal(recorded, OutreachFactory(influencer=None)) == "person_erased"


def test_the_link_of_somebody_erased_does_not_come_back():
    row = recorded()
    Outreach.objects.filter(pk=row.outreach_id).update(influencer=None)
    assert refusal(publications.change, publication=row, said=Said(url=URL, published_at=NOW - DAY), at=NOW) == (
        "person_erased"
    )


def test_the_database_refuses_a_link_that_is_none_and_figures_below_zero():
    row = recorded()
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.update(url="javascript:x")
    for figures in ({"reach": -1}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicationMetric.objects.create(publication=row, observed_at=NOW, noted_at=NOW, source="x", **figures)


def test_a_reading_is_kept_once_and_never_silently_changed():
    row = recorded()
    first = noted(row, reach=500)
    assert noted(row, reach=500).pk == first.pk
    assert refusal(noted, row, reach=501) == "reading_conflict"
    assert (first.reach, first.likes) == (500, None)


def test_readings_that_cannot_be_are_refused():
    row = recorded()
    assert refusal(noted, row) == "figures_missing"
    assert refusal(noted, row, likes=-1) == "figure_invalid"
    assert refusal(noted, row, likes=1, at=NOW + DAY) == "observed_in_future"
    assert refusal(noted, row, likes=1, at=NOW - 2 * DAY) == "observed_too_early"


def post(account, key="180001", *, url=URL, at=NOW, **said):
    usual = {"platform_id": key, "published_at": NOW - DAY, "url": url, "observed_at": at}
    published(account, [PostReading(**usual | said)], source="insights.csv", at=at)


def test_a_file_that_comes_later_brings_the_figures_by_the_link():
    outreach = OutreachFactory()
    row = recorded(outreach, url="https://instagram.com/reel/C0deOfPost?igsh=abc")
    post(AccountFactory(influencer=outreach.influencer, platform="instagram"), reach=900, likes=40)
    assert publications.match(at=NOW) == 1
    assert publications.match(at=NOW) == 0
    reading = row.metrics.get()
    assert (reading.reach, reading.likes, reading.shares) == (900, 40, None)
    assert (reading.source, reading.is_estimate, reading.observed_at) == ("insights.csv", False, NOW)
    row.refresh_from_db()
    assert row.platform_id == "180001"


def test_every_file_after_it_is_one_more_reading():
    outreach = OutreachFactory()
    account = AccountFactory(influencer=outreach.influencer, platform="instagram")
    row = recorded(outreach)
    for day, seen in enumerate([900, 1200]):
        post(account, at=NOW + day * DAY, reach=seen)
        publications.match(at=NOW + day * DAY)
    assert list(row.metrics.order_by("observed_at").values_list("reach", flat=True)) == [900, 1200]


def test_a_post_of_somebody_else_is_never_taken_for_it():
    row = recorded()
    post(AccountFactory(platform="instagram"), reach=900)
    assert publications.match(at=NOW) == 0
    assert not row.metrics.exists()


def test_a_post_without_figures_makes_no_reading():
    outreach = OutreachFactory()
    recorded(outreach)
    post(AccountFactory(influencer=outreach.influencer, platform="instagram"))
    assert publications.match(at=NOW) == 0


def test_a_post_that_speaks_of_the_campaign_is_offered_first_and_taken_by_one_click():
    outreach = OutreachFactory(campaign__starts_date=(NOW - 5 * DAY).date())
    link = LinkFactory(outreach=outreach)
    account = AccountFactory(influencer=outreach.influencer, platform="instagram")
    post(account, "1", url="", text="lunch")
    post(account, "2", url="", text=f"Say {link.code}!", published_at=NOW - 2 * DAY, views=70, format="short_video")
    post(account, "3", url="", text="long ago", published_at=NOW - 9 * DAY)
    found = publications.offers(outreach=outreach)
    assert [(one.post.platform_id, one.speaks_of_it) for one in found] == [("2", True), ("1", False)]
    officer = UserFactory()
    row = publications.adopt(outreach=outreach, post=found[0].post, by=officer, at=NOW)
    assert (row.source, row.format, row.entered_by, row.metrics.get().views) == ("post", "short_video", officer, 70)
    assert [one.post.platform_id for one in publications.offers(outreach=outreach)] == ["1"]
    assert refusal(publications.adopt, outreach=OutreachFactory(), post=found[0].post, by=officer, at=NOW) == (
        "post_of_another"
    )


def test_a_publication_that_is_corrected_keeps_its_readings():
    row = recorded()
    noted(row, likes=3)
    said = Said(url="https://x.com/maia/status/99", published_at=NOW - DAY, format="poll", note="the poll")
    changed = publications.change(publication=row, said=said, at=NOW)
    assert (changed.platform, changed.platform_id, changed.format, changed.metrics.count()) == ("x", "99", "poll", 1)
    publications.remove(publication=changed)
    assert not PublicationMetric.objects.exists()


def together(campaign):
    return reach.together(reach.of_campaign(campaign=campaign))


def test_what_nobody_told_is_unknown_and_not_zero():
    row = recorded()
    told = together(row.outreach.campaign)
    assert told.publications == 1
    assert told.reach == reach.Sum(told=0, estimated=0, total=None, largest=None)
    assert told.engagement.total is None


def test_figures_are_summed_beside_how_many_are_known_and_how_many_estimated():
    outreach = OutreachFactory()
    first, second, _third = (
        recorded(outreach, url=f"https://www.instagram.com/p/post{n}/", platform="instagram") for n in range(3)
    )
    noted(first, reach=500, likes=9, at=NOW - timedelta(hours=2))
    noted(first, reach=800, at=NOW)
    noted(second, reach=300, comments=2, is_estimate=True)
    told = together(outreach.campaign)
    assert told.publications == 3
    assert told.reach == reach.Sum(told=2, estimated=1, total=1100, largest=800)
    assert told.engagement == reach.Sum(told=2, estimated=1, total=11, largest=9)
    assert told.reach.is_estimate


def test_parts_of_a_campaign_add_up_to_it():
    outreach = OutreachFactory()
    recorded(outreach, published_at=NOW - 3 * DAY)
    recorded(outreach, url="https://x.com/maia/status/7", format="poll")
    rows = reach.of_campaign(campaign=outreach.campaign)
    assert reach.by(rows, lambda row: row.platform) == {"x": reach.Reach(1), "instagram": reach.Reach(1)}
    assert reach.by(rows, lambda row: row.outreach_id) == {outreach.pk: reach.together(rows)}
