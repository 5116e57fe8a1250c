from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.attribution.paths import Path, Touch
from outreach.attribution.rules import RULES, last_touch

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WINDOW = timedelta(days=30)

touches = st.builds(
    Touch,
    channel=st.sampled_from("abcd"),
    at=st.integers(-40 * 24, 24).map(lambda hours: NOON + timedelta(hours=hours)),
    is_direct=st.booleans(),
)
paths = st.lists(touches, max_size=8).map(lambda found: Path(tuple(found), converted_at=NOON))


def test_the_registry_names_each_rule_and_its_version():
    assert {name: (rule.name, rule.version, rule.share) for name, rule in RULES.items()} == {
        "last_touch": ("last_touch", 1, last_touch)
    }


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
class TestEveryRule:
    @given(path=paths)
    def test_shares_sum_to_exactly_one_or_there_are_none(self, rule, path):
        shares = rule.share(path, window=WINDOW)
        channels = {touch.channel for touch in path.within(WINDOW)}

        assert set(shares) <= channels
        assert all(isinstance(share, Fraction) and 0 < share <= 1 for share in shares.values())
        assert sum(shares.values()) == (1 if channels else 0)

    @given(path=paths, seed=st.randoms(use_true_random=False))
    def test_the_order_of_rows_changes_nothing(self, rule, path, seed):
        shuffled = list(path.touches)
        seed.shuffle(shuffled)

        assert rule.share(Path(tuple(shuffled), NOON), window=WINDOW) == rule.share(path, window=WINDOW)

    @given(path=paths)
    def test_what_lies_outside_the_window_changes_nothing(self, rule, path):
        inside = Path(path.within(WINDOW), NOON)

        assert rule.share(inside, window=WINDOW) == rule.share(path, window=WINDOW)


class TestLastTouch:
    def test_takes_all(self):
        path = Path((Touch("a", NOON - timedelta(days=2)), Touch("b", NOON - timedelta(days=1))), NOON)

        assert last_touch(path, window=WINDOW) == {"b": Fraction(1)}

    def test_a_later_touch_outside_the_window_or_after_the_fact_does_not_count(self):
        path = Path((Touch("a", NOON - timedelta(days=2)), Touch("b", NOON + timedelta(seconds=1))), NOON)

        assert last_touch(path, window=WINDOW) == {"a": Fraction(1)}
        assert last_touch(path, window=timedelta(days=1)) == {}

    def test_of_two_at_one_instant_the_one_that_sorts_first(self):
        path = Path((Touch("b", NOON), Touch("a", NOON), Touch("c", NOON)), NOON)

        assert last_touch(path, window=WINDOW) == {"a": Fraction(1)}

    def test_nothing_comes_of_nothing(self):
        assert last_touch(Path((), NOON), window=WINDOW) == {}
