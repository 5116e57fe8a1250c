"""A few words of a post, fit to be quoted to whoever wrote it."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.portrait.mentions import Ear, Subject
from crm.portrait.quotations import LONGEST, bare, quote

EAR = Ear([Subject("topic", 14, {"en": ("ocean",), "fr": ("mer",)}), Subject("cause", 1, {}, ("CleanBeaches",))])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Look https://a.example/x?y=1 at this", "Look at this"),
        ("Look: lnkd.in/ab12", "Look:"),
        ("Thanks @bob.dives for the help", "Thanks … for the help"),
        ("Thanks @bob, @eve and @kim", "Thanks … and …"),
        ("Write to eve@reef.example or call +33 6 12 34 56 78 now", "Write to … or call … now"),
        ("We clean #beaches today", "We clean #beaches today"),
        ("We clean beaches #ocean #CleanBeaches #love", "We clean beaches"),
        ("We clean beaches.\n#ocean", "We clean beaches."),
        ("We clean beaches. #ocean", "We clean beaches."),
        ("One\n\n\n  two\tthree", "One\ntwo three"),
        ("In 2026 we took 1 200 kg away", "In 2026 we took 1 200 kg away"),
        ("#a #b https://x.example", ""),
    ],
)
def test_links_hashtags_in_a_row_and_others_are_left_out(text, left):
    assert bare(text) == left


def test_the_sentence_that_tells_it_is_quoted():
    assert quote(EAR, "Good morning! The ocean was calm. I had coffee.") == "The ocean was calm."


def test_where_only_a_hashtag_tells_it_the_beginning_is():
    text = "Two hours, forty bags. Who joins us next week?\n#cleanbeaches #sunday"
    assert quote(EAR, text, hashtags=("cleanbeaches", "sunday")) == "Two hours, forty bags. Who joins us next week?"
    assert quote(EAR, "Two hours, forty bags filled.", hashtags=("cleanbeaches",)) == "Two hours, forty bags filled."


@pytest.mark.parametrize(
    "text",
    [
        "I had coffee this morning.",
        "",
        "Ocean!",  # says too little
        "#ocean #cleanbeaches https://a.example",
        "RT @reef: the ocean was calm today",
        "repost @reef The ocean was calm today",
    ],
)
def test_nothing_is_quoted_that_says_nothing_or_is_somebody_else_s(text):
    assert quote(EAR, text) == ""


def test_words_count_in_the_language_of_the_post():
    assert quote(EAR, "La mer était calme ce matin.", language="fr") == "La mer était calme ce matin."
    assert quote(EAR, "La mer était calme ce matin.", language="en") == ""


@pytest.mark.parametrize("before", [0, 10, 40, 80])
@pytest.mark.parametrize("after", [0, 10, 40, 80])
def test_a_long_sentence_is_cut_where_words_end_around_what_tells_it(before, after):
    words = [*(f"before{n}" for n in range(before)), "ocean", *(f"after{n}" for n in range(after))]
    found = quote(EAR, " ".join(["Yesterday", "we", "said", *words]))
    assert len(found) <= LONGEST
    assert "ocean" in found
    assert set(re.findall(r"[\w]+", found)) <= {"Yesterday", "we", "said", *words}  # no half word


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "#a ", "#", " ", "\n ", "1 ", ". ", "@", "a-", "…", "ocean "])
def test_no_post_takes_long(piece):
    """At its quickest of three: what the tests before left may be cleared away meanwhile."""
    post = piece * 300_000 + " ocean"

    def once() -> float:
        start = time.process_time()
        quote(EAR, post)
        return time.process_time() - start

    assert min(once() for _time in range(3)) < 0.2


@given(st.text(max_size=600) | st.text(alphabet="océan #@. \n…/", max_size=600))
def test_whatever_is_posted_a_quotation_is_short_and_names_nobody(text):
    found = quote(EAR, f"{text} ocean {text}")
    assert len(found) <= LONGEST
    assert not re.search(r"https?://|@\w", found)
