"""The platforms' statistics exports side by side: each is known by its own header, and by one reader only."""

import pytest

from crm.formats.analytics import linkedin, meta, tiktok, x, youtube_studio
from tests.crm.formats.analytics_files import keys_of

EXPORTS = {
    "youtube_studio.csv": youtube_studio.VIDEOS,
    "meta_instagram.csv": meta.INSTAGRAM,
    "meta_instagram_de.csv": meta.INSTAGRAM,
    "meta_instagram_fr.csv": meta.INSTAGRAM,
    "meta_facebook.csv": meta.FACEBOOK,
    "x_posts.csv": x.POSTS,
    "twitter.csv": x.POSTS,
    "x_days.csv": x.DAYS,
    "linkedin_posts.csv": linkedin.POSTS,
    "linkedin_metrics.csv": linkedin.METRICS,
    "linkedin_followers.csv": linkedin.FOLLOWERS,
    "tiktok.csv": tiktok.VIDEOS,
}


@pytest.mark.parametrize("file", EXPORTS)
def test_every_export_is_known_by_one_reader_only(file):
    keys = frozenset(keys_of(file, is_header=linkedin.is_header)) | {"extra"}
    assert {export for export in EXPORTS.values() if export.matches(keys)} == {EXPORTS[file]}


@pytest.mark.parametrize(
    "keys",
    [
        {"name", "email", "platform", "handle", "date", "impressions", "new_follows"},
        {"content", "video_title", "video_publish_time", "handle"},
        {"date", "views"},
        {"date", "impressions", "clicks"},
        {"date", "total_followers"},
        {"title", "link", "views"},
        {"url", "post_id"},
    ],
)
def test_files_of_others_are_left_to_others(keys):
    assert not any(export.matches(frozenset(keys)) for export in EXPORTS.values())
