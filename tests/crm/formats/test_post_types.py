import pytest

from crm.formats.analytics.post_types import format_of


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("IG reel", "short_video"),
        ("Reel IG", "short_video"),
        ("Shorts", "short_video"),
        ("IG carousel", "carousel"),
        ("IG Karussell", "carousel"),
        ("Carrousel IG", "carousel"),
        ("Document", "carousel"),
        ("Photo album", "carousel"),
        ("IG image", "image"),
        ("IG-Bild", "image"),
        ("Photos", "image"),
        ("IG video", "video"),
        ("Vidéo", "video"),
        ("Live video", "live"),
        ("IG story", "story"),
        ("Photo story", "story"),
        ("Article", "article"),
        ("Text", "text"),
        ("Links", ""),
        ("Poll", ""),
        ("", ""),
    ],
)
def test_a_kind_of_post_in_three_languages(said, form):
    assert format_of(said) == form
