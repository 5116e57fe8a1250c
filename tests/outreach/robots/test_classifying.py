"""The rules over many clicks: the order does not matter, many take no longer each, and an answer has a version."""

import hashlib
import random
import time

from hypothesis import given
from hypothesis import strategies as st

from bench import robots as bench
from outreach.robots.classifying import classify
from outreach.robots.clicks import VERSION
from tests.outreach.robots.clicks import CHROME, IPHONE, click, told

ANSWERS = {2: "8695e0e601c8975a"}  # what the rules of a version say of the corpus


def test_nothing_of_nothing():
    assert classify([]) == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.integers(0, 3),
            st.sampled_from([CHROME, IPHONE, "Twitterbot/1.0"]),
            st.sampled_from(["GET", "HEAD"]),
        )
    ),
    st.randoms(),
)
def test_the_order_in_which_they_are_given_does_not_matter(drawn, rng):
    clicks = [click(second, agent, link=link, method=method, delivered=0) for second, link, agent, method in drawn]
    verdicts = dict(zip(clicks, classify(clicks), strict=True))
    rng.shuffle(clicks)
    assert dict(zip(clicks, classify(clicks), strict=True)) == verdicts


def test_twenty_thousand_clicks_in_one_second_take_seconds():
    rng = random.Random(1)
    agents = [CHROME, IPHONE, "curl/8.5.0", "Twitterbot/1.0"]
    clicks = [
        click(
            rng.random(),
            rng.choice(agents),
            method=rng.choice(["GET", "HEAD"]),
            link=n % 7,
            network=f"n{n % 5}",
            delivered=0,
        )
        for n in range(20_000)
    ]
    before = time.process_time()
    assert len(classify(clicks)) == len(clicks)
    assert time.process_time() - before < 10


def test_whoever_changes_an_answer_puts_the_version_up():
    """Added to the corpus? Then put the new sum in here. Changed a rule? Then put VERSION up as well."""
    said = [
        f"{verdict.click_class} {verdict.rule} {one.click.id} {one.click.user_agent}"
        for scene in bench.corpus()
        for one, verdict in zip(scene, classify([one.click for one in scene]), strict=True)
    ]
    assert hashlib.sha256("\n".join(said).encode()).hexdigest()[:16] == ANSWERS[VERSION]


def test_a_preview_and_then_a_person():
    assert told(click(0, "WhatsApp/2.23.20.0 A", headers=None), click(9, IPHONE)) == ["preview", "human"]
