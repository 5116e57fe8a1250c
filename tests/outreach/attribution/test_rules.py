from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import combinations, permutations
from math import factorial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.attribution.money import split_minor
from outreach.attribution.paths import Path, Touch
from outreach.attribution.rules import (
    HALF_LIFE,
    RULES,
    first_touch,
    last_non_direct,
    last_touch,
    linear_touch,
    position,
    shapley,
    time_decay,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WINDOW = timedelta(days=30)
DAY = timedelta(days=1)
THIRD = Fraction(1, 3)

touches = st.builds(
    Touch,
    channel=st.sampled_from("abcd"),
    at=st.integers(-40 * 24, 24).map(lambda hours: NOON + timedelta(hours=hours)),
    is_direct=st.booleans(),
)
paths = st.lists(touches, max_size=8).map(lambda found: Path(tuple(found), converted_at=NOON))
windows = st.sampled_from([timedelta(0), timedelta(hours=1), DAY, WINDOW])


def met(*channels: str, direct: str = "", every: timedelta = DAY) -> Path:
    """Touches with so much time between them, the last at the conversion."""
    first = NOON - every * (len(channels) - 1)
    return Path(tuple(Touch(name, first + every * n, name in direct) for n, name in enumerate(channels)), NOON)


def test_the_registry_names_each_rule_and_its_version():
    assert {name: (rule.name, rule.version) for name, rule in RULES.items()} == {
        "first_touch": ("first_touch", 1),
        "last_touch": ("last_touch", 1),
        "last_non_direct": ("last_non_direct", 1),
        "linear_touch": ("linear_touch", 1),
        "position": ("position", 1),
        "time_decay": ("time_decay", 1),
        "shapley": ("shapley", 1),
    }


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
class TestEveryRule:
    @given(path=paths, window=windows)
    def test_shares_sum_to_exactly_one_or_there_are_none(self, rule, path, window):
        shares = rule.share(path, window=window)
        channels = {touch.channel for touch in path.within(window)}

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

    @given(path=paths, amount=st.integers(1, 10**9))
    def test_a_refund_takes_back_to_the_cent_what_each_was_given(self, rule, path, amount):
        shares = rule.share(path, window=WINDOW)
        given_, taken = split_minor(amount, shares), split_minor(-amount, shares)

        assert sum(given_.values()) == (amount if shares else 0)
        assert {name: given_[name] + taken[name] for name in given_} == dict.fromkeys(given_, 0)

    @given(length=st.integers(1, 6))
    def test_one_channel_alone_has_it_all(self, rule, length):
        assert rule.share(met(*"a" * length), window=WINDOW) == {"a": 1}

    def test_nothing_comes_of_nothing(self, rule):
        assert rule.share(Path((), NOON), window=WINDOW) == {}

    def test_ties_go_by_name_whatever_the_order_of_rows(self, rule):
        tied = [Touch(name, NOON) for name in "abc"]

        assert (
            len({str(sorted(rule.share(Path(rows, NOON), window=WINDOW).items())) for rows in permutations(tied)}) == 1
        )


class TestFirstTouch:
    def test_takes_all(self):
        assert first_touch(met("a", "b", "c"), window=WINDOW) == {"a": 1}

    def test_the_first_in_the_window_is_the_first(self):
        assert first_touch(met("a", "b", "c"), window=DAY) == {"b": 1}

    def test_of_two_at_one_instant_the_one_that_sorts_last_as_the_other_is_the_later(self):
        path = Path((Touch("b", NOON), Touch("a", NOON)), NOON)

        assert first_touch(path, window=WINDOW) == {"b": 1}
        assert last_touch(path, window=WINDOW) == {"a": 1}


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


class TestLastNonDirect:
    def test_passes_over_those_who_came_from_nowhere(self):
        assert last_non_direct(met("a", "b", "d", "d", direct="d"), window=WINDOW) == {"b": 1}

    def test_goes_to_the_last_where_all_came_from_nowhere(self):
        assert last_non_direct(met("d", "e", direct="de"), window=WINDOW) == {"e": 1}

    def test_what_led_here_before_the_window_does_not_count(self):
        assert last_non_direct(met("a", "d", direct="d"), window=timedelta(hours=1)) == {"d": 1}


class TestLinearTouch:
    def test_every_touch_the_same(self):
        assert linear_touch(met("a", "b", "c"), window=WINDOW) == {"a": THIRD, "b": THIRD, "c": THIRD}

    def test_a_channel_met_twice_counts_twice(self):
        assert linear_touch(met("a", "b", "a"), window=WINDOW) == {"a": 2 * THIRD, "b": THIRD}


class TestPosition:
    @pytest.mark.parametrize(
        ("channels", "percent"),
        [
            ("a", {"a": 100}),
            ("ab", {"a": 50, "b": 50}),
            ("abc", {"a": 40, "b": 20, "c": 40}),
            ("abcd", {"a": 40, "b": 10, "c": 10, "d": 40}),
            ("aba", {"a": 80, "b": 20}),
            ("aabbb", {"a": 40 + Fraction(20, 3), "b": 40 + Fraction(40, 3)}),
        ],
    )
    def test_forty_twenty_forty(self, channels, percent):
        shares = position(met(*channels), window=WINDOW)

        assert {name: 100 * share for name, share in shares.items()} == percent


class TestTimeDecay:
    def test_half_as_much_a_half_life_earlier(self):
        assert HALF_LIFE == 7 * DAY
        assert RULES["time_decay"].share(met("a", "b", every=7 * DAY), window=WINDOW) == {"a": THIRD, "b": 2 * THIRD}
        assert time_decay(DAY)(met("a", "b", "c"), window=WINDOW) == {
            "a": Fraction(1, 7), "b": Fraction(2, 7), "c": Fraction(4, 7)
        }  # fmt: skip

    def test_only_the_time_between_touches_matters(self):
        path = met("a", "b", "c")
        later = Path(path.touches, NOON + 5 * DAY)

        assert time_decay(DAY)(path, window=WINDOW) == time_decay(DAY)(later, window=WINDOW)

    def test_an_hour_that_exists_twice_is_an_hour(self):
        paris = ZoneInfo("Europe/Paris")
        first, second = datetime(2026, 10, 25, 2, 30, tzinfo=paris), datetime(2026, 10, 25, 2, 30, tzinfo=paris, fold=1)
        path = Path((Touch("a", first), Touch("b", second)), second)

        assert time_decay(timedelta(hours=1))(path, window=WINDOW) == {"a": THIRD, "b": 2 * THIRD}

    @given(path=paths)
    def test_what_is_given_can_be_stored_to_twelve_places(self, path):
        """The ledger keeps no share below a billionth of a thousandth: what is old enough gets nothing instead."""
        shares = time_decay(timedelta(minutes=10))(path, window=WINDOW)

        assert all(share > Fraction(1, 10**12) for share in shares.values())

    def test_old_touches_beside_each_other_are_not_forgotten(self):
        long_ago = Path((Touch("a", NOON - 29 * DAY), Touch("b", NOON - 29 * DAY)), NOON)

        assert time_decay(timedelta(seconds=1))(long_ago, window=WINDOW) == {"a": Fraction(1, 2), "b": Fraction(1, 2)}

    @pytest.mark.parametrize("half_life", [timedelta(0), -DAY])
    def test_a_half_life_is_some_time(self, half_life):
        with pytest.raises(ValueError, match="half-life"):
            time_decay(half_life)


def worth(path_sets, coalition) -> int:
    """How many conversions met no other channels."""
    return sum(met <= coalition for met in path_sets)


def by_definition(path_sets) -> dict[str, Fraction]:
    """The Shapley value: what each channel adds, over all orders in which channels may come."""
    channels = sorted(frozenset().union(*path_sets))
    found = {}
    for channel in channels:
        others = [name for name in channels if name != channel]
        found[channel] = sum(
            Fraction(factorial(size) * factorial(len(channels) - size - 1), factorial(len(channels)))
            * (worth(path_sets, set(some) | {channel}) - worth(path_sets, set(some)))
            for size in range(len(others) + 1)
            for some in combinations(others, size)
        )
    return found


sets = st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1), min_size=1, max_size=8)


class TestShapley:
    @given(path_sets=sets)
    def test_the_sum_over_conversions_is_what_the_definition_says(self, path_sets):
        found: dict[str, Fraction] = {}
        for one in path_sets:
            for channel, share in shapley(met(*sorted(one)), window=WINDOW).items():
                found[channel] = found.get(channel, Fraction(0)) + share

        assert found == by_definition(path_sets)
        assert sum(found.values()) == len(path_sets)  # efficiency

    @given(one=st.permutations("abcd"), repeated=st.sampled_from("abcd"))
    def test_who_was_met_more_often_or_first_gets_the_same_as_all_others(self, one, repeated):
        shares = shapley(met(*one, repeated), window=WINDOW)

        assert shares == dict.fromkeys("abcd", Fraction(1, 4))  # symmetry

    @given(path_sets=sets)
    def test_whom_no_conversion_met_gets_nothing(self, path_sets):
        assert all("z" not in shapley(met(*one), window=WINDOW) for one in path_sets)  # dummy
