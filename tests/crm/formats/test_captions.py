"""The hashtags of a post's text."""

import pytest

from crm.formats.analytics.captions import hashtags_in
from crm.formats.cells import clean_hashtag


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Low tide. #Océan #lowtide", ("Océan", "lowtide")),
        ("#one#two,#three!", ("one", "two", "three")),
        ("#Ocean and #OCEAN and #ocean", ("Ocean",)),
        ("We are #1 of #2026, #2026goals", ("2026goals",)),
        ("(#sea) “#sky” #a_b #l·l", ("sea", "sky", "a_b", "l·l")),
        ("#समुद्र #海洋＃波", ("समुद्र", "海洋", "波")),
        ("#ocean🌊 #🌊 # #1️⃣", ("ocean",)),
        ("https://sea.example/#top sea#side &#39;", ()),
        ("#" + "x" * 101, ()),
        ("", ()),
    ],
)
def test_tags_as_first_written_each_once(text, tags):
    assert hashtags_in(text) == tags
    assert tuple(map(clean_hashtag, tags)) == tags


def test_a_wall_of_tags_is_cut():
    assert hashtags_in(" ".join(f"#t{n}" for n in range(500))) == tuple(f"t{n}" for n in range(50))
