"""Links to posts as people copy them: the platform, the id that its exports give, and what two links have in common."""

import pytest

from crm.handles import post_id, post_mark, post_platform


@pytest.mark.parametrize(
    ("url", "platform", "key"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "youtube", "dQw4w9WgXcQ"),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "youtube", "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", "youtube", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/live/dQw4w9WgXcQ", "youtube", "dQw4w9WgXcQ"),
        ("https://x.com/maia/status/99?s=20", "x", "99"),
        ("https://mobile.twitter.com/maia/status/99/photo/1", "x", "99"),
        ("https://www.tiktok.com/@maia/video/7123", "tiktok", "7123"),
        ("https://www.tiktok.com/@maia/photo/7123?lang=fr", "tiktok", "7123"),
        ("https://vm.tiktok.com/ZMabc/", "tiktok", ""),
        ("https://www.instagram.com/p/C0deOfPost/", "instagram", ""),
        ("https://fb.watch/abc/", "facebook", ""),
        ("https://fr-fr.facebook.com/maia/posts/12", "facebook", ""),
        ("https://fr.linkedin.com/posts/maia_activity-7123-x", "linkedin", ""),
        ("https://clips.twitch.tv/Abc", "twitch", ""),
        ("https://bsky.app/profile/maia.example/post/3k2a", "bluesky", ""),
        ("https://notx.com/maia/status/99", "", ""),
        ("https://x.com.evil.example/maia/status/99", "", ""),
        ("http://[broken", "", ""),
    ],
)
def test_a_link_tells_its_platform_and_its_id_where_it_has_one(url, platform, key):
    assert (post_platform(url), post_id(url)) == (platform, key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://twitter.com/maia/status/99", "https://x.com/i/web/status/99"),
        ("https://www.instagram.com/p/C0deOfPost/", "https://instagram.com/maia/reel/C0deOfPost?igsh=a"),
        ("https://m.facebook.com/maia/posts/12/", "https://www.facebook.com/maia/posts/12?ref=share"),
    ],
)
def test_two_links_to_one_post_have_one_mark(one, other):
    assert post_mark(one) == post_mark(other) != ""


def test_links_to_two_posts_have_two_marks():
    page = "https://www.facebook.com/permalink.php?id=7&story_fbid="
    assert post_mark(f"{page}1") != post_mark(f"{page}2")
    assert post_mark("javascript:alert(1)") == post_mark("") == ""
