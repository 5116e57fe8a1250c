"""How often each of many may come, in memory of a fixed size.

Each has a bucket that fills evenly and gives one token a visit. Kept of it is one number: when it is full again (the
generic cell rate algorithm of ITU-T I.371). None of our dependencies brings this: the throttles of Django REST
framework keep a list of instants for each visitor in a cache, and stand before its own views alone.
"""

import threading
from collections import OrderedDict


class Buckets:
    """Whoever has a key may come `number` times at once, and as often again in each `seconds`, evenly.

    `most` keys are known. Of more, the one that came longest ago is forgotten: to it, its bucket is full again.
    """

    def __init__(self, *, number: int, seconds: float, most: int) -> None:
        self._seconds, self._every, self._most = seconds, seconds / number, most
        self._full_at = OrderedDict[bytes, float]()  # who came longest ago first
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, key: bytes, *, now: float) -> float:
        """0 where it may come, which is counted; else the seconds until it may, and nothing is counted.

        `now`: by a clock that never turns back.
        """
        with self._lock:
            before = self._full_at.get(key, now)
            after = max(before, now) + self._every
            over = after - now - self._seconds
            is_over = over > self._every / 2  # as many tokens as were said, however their parts are rounded
            self._full_at[key] = before if is_over else after
            self._full_at.move_to_end(key)
            if len(self._full_at) > self._most:
                self._full_at.popitem(last=False)
        return over if is_over else 0.0
