"""Links to posts as people copy them: the platform, the id that its exports give, and what two links have in common."""

import pytest

from crm.handles import code_of_id, post_code, post_id, post_mark, post_platform


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


ONE_POST = {
    "youtube:dQw4w9WgXcQ": [
        *("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ"),
        *("https://youtu.be/dQw4w9WgXcQ?si=abc", "https://www.youtu.be/dQw4w9WgXcQ"),
        *("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://youtube.com/shorts/dQw4w9WgXcQ?feature=share"),
        *("https://www.youtube.com/live/dQw4w9WgXcQ", "https://music.youtube.com/watch?v=dQw4w9WgXcQ&list=RD"),
        *("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "http://WWW.YouTube.com/v/dQw4w9WgXcQ"),
    ],
    "x:99": [
        *("https://x.com/maia/status/99?s=20", "https://twitter.com/maia/status/99", "https://x.com/i/web/status/99"),
        *("https://mobile.twitter.com/maia/status/99/photo/1", "https://www.twitter.com/maia/statuses/99/"),
    ],
    "tiktok:7123": [
        *("https://www.tiktok.com/@maia/video/7123", "https://m.tiktok.com/v/7123.html?u_code=0"),
        *("https://www.tiktok.com/@maia/photo/7123?lang=fr", "https://www.tiktok.com/embed/v2/7123"),
        *("https://www.tiktok.com/embed/7123", "https://www.tiktok.com/player/v1/7123?autoplay=1"),
    ],
    "instagram:C0deOfPost": [
        *("https://www.instagram.com/p/C0deOfPost/", "https://instagram.com/reel/C0deOfPost?igsh=a"),
        *("https://www.instagram.com/maia.b/reel/C0deOfPost/", "https://m.instagram.com/reels/C0deOfPost/"),
        *("https://www.instagram.com/tv/C0deOfPost/", "https://instagr.am/p/C0deOfPost"),
        "https://www.instagram.com/p/C0deOfPost/embed/captioned/",
    ],
    "instagram:3123": [
        "https://www.instagram.com/stories/maia/3123/",
        "https://instagram.com/stories/maia/3123?igsh=a",
    ],
    "facebook:1234": [
        *("https://www.facebook.com/maia/videos/1234/", "https://m.facebook.com/watch/?v=1234&ref=share"),
        *("https://www.facebook.com/reel/1234?s=a", "https://fr-fr.facebook.com/maia/videos/a-title/1234/"),
        *(
            "https://www.facebook.com/maia/posts/a-title/1234",
            "https://www.facebook.com/story.php?story_fbid=1234&id=7",
        ),
        *("https://www.facebook.com/groups/9/permalink/1234/", "https://m.facebook.com/photo.php?fbid=1234&id=7"),
    ],
    "linkedin:activity-71": [
        "https://fr.linkedin.com/posts/maia_two-words-activity-71-abCd",
        "https://www.linkedin.com/posts/maia_activity-71-x?utm_source=share",
        *(
            "https://www.linkedin.com/feed/update/urn:li:activity:71/",
            "https://linkedin.com/feed/update/urn%3Ali%3Aactivity%3A71",
        ),
    ],
    "twitch:BraveSalmon": [
        *("https://clips.twitch.tv/BraveSalmon", "https://www.twitch.tv/maia/clip/BraveSalmon?filter=clips"),
        "https://m.twitch.tv/clip/BraveSalmon",
    ],
    "bluesky:3k2a": ["https://bsky.app/profile/maia.example/post/3k2a", "https://bsky.app/profile/did:plc:a/post/3k2a"],
}


@pytest.mark.parametrize(("mark", "url"), [(mark, url) for mark, urls in ONE_POST.items() for url in urls])
def test_a_post_has_one_code_whichever_host_its_link_was_copied_from(mark, url):
    assert f"{post_platform(url)}:{post_code(url)}" == post_mark(url) == mark


@pytest.mark.parametrize(
    "url",
    [
        "https://vm.tiktok.com/ZMabc/",
        "https://www.tiktok.com/t/ZTabc/",
        "https://fb.watch/abc/",
        "https://www.facebook.com/share/p/1AbC/",
        "https://www.facebook.com/maia/posts/pfbid02abc",
        "https://www.instagram.com/share/reel/BAabc",
        "https://www.instagram.com/stories/highlights/178/",
        "https://www.instagram.com/stories/maia/",
        "https://www.instagram.com/reels/audio/123/",
        "https://www.instagram.com/maia/",
        "https://www.youtube.com/@maia",
        "https://www.youtube.com/watch?v=short",
        "https://youtu.be/@maia",
        "https://x.com/maia",
        "https://x.com/maia/status/",
        "https://x.com/maia/status/\u0667\u0667",
        "https://www.linkedin.com/in/maia",
        "https://www.linkedin.com/posts/maia_proactivity-71",
        "https://www.twitch.tv/maia",
        "https://bsky.app/profile/maia.example",
        "https://somewhere.example/status/99",
        "https://x.com.evil.example/maia/status/99",
        "http://[broken",
        "",
    ],
)
def test_where_a_link_does_not_show_the_post_nothing_is_guessed(url):
    assert post_code(url) == ""


def test_two_posts_have_two_codes():
    links = [
        "https://youtu.be/dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcq",
        "https://x.com/m/status/9",
        "https://x.com/m/status/99",
    ]
    assert len({post_code(url) for url in links}) == len(links)


@pytest.mark.parametrize(
    ("platform", "key", "code"),
    [
        ("youtube", "dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("tiktok", "7123", "7123"),
        ("x", "99", "99"),
        ("x", "RV-1", ""),
        ("instagram", "180001", ""),
        ("mastodon", "99", ""),
    ],
)
def test_an_id_of_an_export_is_a_code_where_links_name_posts_by_it(platform, key, code):
    assert code_of_id(platform, key) == code
