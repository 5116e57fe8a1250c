"""Handles and links to profiles: read from whatever people paste, and led back to."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.handles import PLATFORMS, clean_handle, handle_key, profile_url, read_profile_url, safe_url
from tests.crm.handles.texts import ANYTHING, refused


@pytest.mark.parametrize(
    ("platform", "raw", "handle"),
    [
        ("instagram", "@Maia.Plonge", "Maia.Plonge"),
        ("instagram", " maia.plonge ", "maia.plonge"),
        ("instagram", "https://www.instagram.com/maia.plonge/?hl=fr", "maia.plonge"),
        ("instagram", "instagram.com/maia.plonge", "maia.plonge"),
        ("x", "https://mobile.twitter.com/maia_p", "maia_p"),
        ("x", "https://x.com/maia_p/with_replies", "maia_p"),
        ("facebook", "https://www.facebook.com/profile.php?id=100012345", "100012345"),
        ("facebook", "https://fr-fr.facebook.com/pages/Les-Amis/123456789", "123456789"),
        ("linkedin", "https://fr.linkedin.com/in/ma%C3%AFa-rivi%C3%A8re-42/", "maïa-rivière-42"),
        ("linkedin", "https://www.linkedin.com/company/les-amis/about/", "company/les-amis"),
        ("twitch", "twitch.tv/maia_live", "maia_live"),
        ("tiktok", "https://www.tiktok.com/@maia.p?lang=fr", "maia.p"),
        ("youtube", "https://www.youtube.com/@MaiaPlonge/videos", "MaiaPlonge"),
        ("youtube", "https://youtube.com/channel/UCabcdefghijklmnopqrstuv", "UCabcdefghijklmnopqrstuv"),
        ("youtube", "https://youtube.com/c/MaiaPlonge", "MaiaPlonge"),
        ("youtube", "✿ Kids Diana Show", "✿ Kids Diana Show"),
        ("youtube", "أترو/Atro", "أترو/Atro"),
        ("youtube", "Gyan Gaming\u3164", "Gyan Gaming"),
        ("bluesky", "@maia.bsky.social", "maia.bsky.social"),
        ("bluesky", "https://bsky.app/profile/did:plc:ewvi7nxzyoun6zhxrhs64oiz", "did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
        ("mastodon", "@maia@mer.example", "maia@mer.example"),
        ("mastodon", "https://mer.example/@maia", "maia@mer.example"),
        ("mastodon", "mer.example/@maia", "maia@mer.example"),
        ("mastodon", "https://mastodon.social/@maia@mer.example", "maia@mer.example"),
        ("mastodon", "https://piaille.fr/users/maia", "maia@piaille.fr"),
    ],
)
def test_a_handle_is_read_from_whatever_people_paste(platform, raw, handle):
    assert clean_handle(platform, raw) == handle


@pytest.mark.parametrize(
    ("platform", "raw"),
    [
        *(
            ("instagram", ""),
            ("instagram", "@"),
            ("instagram", "maïa"),
            ("instagram", "two words"),
            ("instagram", "a" * 31),
        ),
        *(
            ("instagram", "https://www.instagram.com/p/Cabc123/"),
            ("instagram", "https://www.instagram.com/maia/reel/C1"),
        ),
        *(("x", "https://x.com/maia/status/1"), ("x", "https://x.com/i/flow/login"), ("x", "maia-p")),
        *(
            ("youtube", "https://www.youtube.com/watch?v=abc"),
            ("youtube", "https://youtu.be/abc"),
            ("youtube", "a" * 101),
        ),
        *(("tiktok", "https://www.tiktok.com/@maia/video/1"), ("tiktok", "https://www.tiktok.com/maia")),
        *(("facebook", "https://www.facebook.com/groups/123"), ("facebook", "https://www.facebook.com/pages/Les-Amis")),
        *(("linkedin", "https://www.linkedin.com/posts/maia_1"), ("linkedin", "https://www.linkedin.com/in/")),
        *(("bluesky", "maia"), ("mastodon", "maia"), ("mastodon", "https://mer.example/about")),
        *(("instagram", "javascript://instagram.com/maia"), ("instagram", "https://user@instagram.com/maia")),
        *(("instagram", "https://instagram.com.evil.example/maia"), ("youtube", "x\0" * 2000), ("youtube", "\ud800")),
    ],
)
def test_what_is_no_handle_is_refused(platform, raw):
    assert refused(clean_handle, platform, raw) == ("handle_invalid", {"platform": platform})


def test_a_link_to_another_platform_is_refused_by_its_name():
    code, params = refused(clean_handle, "instagram", "https://x.com/maia_p")
    assert (code, params) == ("handle_other_platform", {"platform": "instagram", "found": "x"})


@pytest.mark.parametrize("call", [clean_handle, profile_url])
def test_an_unknown_platform_is_refused_with_the_known_ones(call):
    assert refused(call, "myspace", "maia") == ("platform_unknown", {"known": list(PLATFORMS)})


def test_keys_ignore_case_but_for_youtube_ids():
    assert handle_key("instagram", "Maia.Plonge") == handle_key("instagram", "@maia.plonge") == "maia.plonge"
    assert handle_key("youtube", "✿  KIDS Diana Show") == handle_key("youtube", "✿ Kids Diana Show")
    assert handle_key("youtube", "UC" + "a" * 22) != handle_key("youtube", "UC" + "A" * 22)


@pytest.mark.parametrize(
    ("platform", "handle", "url"),
    [
        ("facebook", "les.amis", "https://www.facebook.com/les.amis"),
        ("instagram", "maia.plonge", "https://www.instagram.com/maia.plonge"),
        ("x", "maia_p", "https://x.com/maia_p"),
        ("linkedin", "maia-r", "https://www.linkedin.com/in/maia-r"),
        ("linkedin", "company/les-amis", "https://www.linkedin.com/company/les-amis"),
        ("twitch", "maia_live", "https://www.twitch.tv/maia_live"),
        ("youtube", "MaiaPlonge", "https://www.youtube.com/@MaiaPlonge"),
        ("youtube", "UC" + "a" * 22, "https://www.youtube.com/channel/UC" + "a" * 22),
        ("youtube", "Kids Diana", "https://www.youtube.com/results?search_query=Kids%20Diana"),
        ("tiktok", "maia.p", "https://www.tiktok.com/@maia.p"),
        ("bluesky", "maia.bsky.social", "https://bsky.app/profile/maia.bsky.social"),
        ("mastodon", "maia@mastodon.social", "https://mastodon.social/@maia"),
    ],
)
def test_every_platform_has_a_link_to_the_profile_that_is_safe_and_fits(platform, handle, url):
    assert profile_url(platform, handle) == url
    assert safe_url(url) == url
    if "search_query" not in url:
        assert read_profile_url(url) == (platform, handle)


def test_the_search_for_a_long_name_still_fits_where_links_are_kept():
    assert len(profile_url("youtube", "न" * 100)) <= 500


@pytest.mark.parametrize(
    "url", ["", "https://", "https://example.org/@maia", "https://x.com", "http://[", "x.com:99999999/a", "x.com:80/a"]
)
def test_what_shows_no_profile_reads_as_none(url):
    assert read_profile_url(url) is None


@settings(deadline=None)
@given(st.sampled_from(PLATFORMS), ANYTHING | st.from_regex(r"https://[a-z.]{1,20}(/[@a-z]{1,9}){0,3}", fullmatch=True))
def test_a_clean_handle_stays_as_it_is_and_leads_back(platform, raw):
    read_profile_url(raw)
    key = handle_key(platform, raw)
    assert isinstance(key, str)
    with suppress(DomainError):
        handle = clean_handle(platform, raw)
        assert clean_handle(platform, handle) == handle
        assert safe_url(profile_url(platform, handle))
        assert len(handle_key(platform, handle)) <= 200


@settings(deadline=None)
@given(st.sampled_from(PLATFORMS), st.from_regex(r"maia[a-z0-9]{0,8}", fullmatch=True))
def test_links_and_handles_are_each_other_s_way_back(platform, name):
    handle = {"bluesky": f"{name}.bsky.social", "mastodon": f"{name}@mastodon.social"}.get(platform, name)
    assert read_profile_url(profile_url(platform, handle)) == (platform, handle)
