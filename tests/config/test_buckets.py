"""So many at once, as many again in each minute, in memory of a fixed size."""

import threading
import tracemalloc

import pytest

from config.buckets import Buckets


def buckets(number=60, most=100) -> Buckets:
    return Buckets(number=number, seconds=60, most=most)


def let_in(ours, times, *, key=b"a", now=0.0) -> int:
    return sum(ours.wait(key, now=now) == 0 for _ in range(times))


@pytest.mark.parametrize("number", [1, 7, 60, 1_200, 100_000])
def test_so_many_may_come_at_once_and_not_one_more(number):
    assert let_in(buckets(number), number + 50, now=1_000_003.7) == number


def test_as_many_again_may_come_evenly_in_the_minute_after():
    ours = buckets(60)
    let_in(ours, 60)
    assert [ours.wait(b"a", now=now) == 0 for now in (0.4, 1.0, 1.4, 2.0, 3.0)] == [False, True, False, True, True]
    assert let_in(ours, 100, now=63.0) == 60


def test_who_may_not_come_is_told_when_they_may_and_nothing_is_counted():
    ours = buckets(60)
    let_in(ours, 60)
    assert {round(ours.wait(b"a", now=0.25), 6) for _ in range(1_000)} == {0.75}
    assert ours.wait(b"a", now=1.0) == 0


def test_nobody_pays_for_another():
    ours = buckets(3)
    let_in(ours, 10)
    assert let_in(ours, 10, key=b"b") == 3


def test_of_too_many_the_one_that_came_longest_ago_is_forgotten():
    ours = buckets(1, most=2)
    for key in (b"a", b"b", b"a", b"c"):  # "a" is refused, and is there still
        ours.wait(key, now=0.0)
    assert (ours.wait(b"a", now=0.0) > 0, ours.wait(b"b", now=0.0), len(ours)) == (True, 0, 2)


def test_however_many_come_the_memory_is_that_of_so_many():
    ours = buckets(1_200, most=10_000)
    tracemalloc.start()
    try:
        for number in range(100_000):
            ours.wait(number.to_bytes(8), now=number / 1_000)
        held, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(ours) == 10_000
    assert held < 4_000_000


def test_of_those_who_come_at_once_no_more_are_let_in():
    ours, found = buckets(500), []
    threads = [threading.Thread(target=lambda: found.append(let_in(ours, 1_000))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 500
