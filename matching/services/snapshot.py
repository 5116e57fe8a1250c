"""The snapshot of everybody that this machine ranks from: caught up before it is used, made anew once a day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from time import monotonic

import numpy as np
from django.conf import settings

from crm.errors import DomainError
from crm.models import Influencer
from matching.columns import changes, figures, segments
from matching.ranking.arrays import Integers
from matching.ranking.snapshot import levels
from matching.ranking.snapshot import store as files
from matching.ranking.snapshot.reuse import Vectoring
from matching.ranking.snapshot.segment import Segment
from matching.ranking.snapshot.store import CURRENT, ROLLING, Contents, Snapshot, Store
from matching.services import encoding, held

_STALE = timedelta(hours=18)  # from when on everybody is read anew, beside other work
AT_A_TIME = 2_000  # people
_ENCODED_AT_A_TIME = 50  # texts that may have to be encoded: half a minute or more, and who ranks may wait for it
_BUSY = 20.0  # seconds a minute for reading everybody anew; then others have their turn
_COUNTED_ANEW = 10  # how rare words are is counted anew when one in so many people was read since

_Beat = Callable[[], None]


def refresh(*, at: datetime, beat: _Beat = lambda: None, at_a_time: int | None = None) -> Snapshot:
    """The snapshot as of this instant, with everything that was committed before this was asked. `beat` is called after
    every so many people that had to be read for it. Of many texts that are new only some have a vector in it.
    """
    store = _store(Path(settings.SNAPSHOT_DIR))
    while True:
        with store.locked():
            if (contents := _usable(store, CURRENT, at)) is not None:
                try:
                    return _caught_up(store, contents, at, beat, at_a_time or AT_A_TIME)
                except (OSError, DomainError) as error:
                    held.check_unreadable(error)
                    store.drop(CURRENT)
        roll(at=at, at_a_time=at_a_time)
        beat()


def keep(*, at: datetime) -> None:
    """What is done each minute so that nobody waits: catch up, and where it is due make the next part of a new one."""
    store = _store(Path(settings.SNAPSHOT_DIR))
    with store.locked():
        contents = _usable(store, CURRENT, at)
    if contents is not None:
        refresh(at=at)
    if contents is None or at - datetime.fromisoformat(contents.as_of) > _STALE or _owes(store, contents):
        until = monotonic() + _BUSY
        while not roll(at=at) and monotonic() < until:
            pass
    changes.shorten(at=at)


def _owes(store: Store, contents: Contents) -> bool:
    """Whether somebody has no vector by the encoder in use, though there is one."""
    now = store.contents() or contents
    return now.owed > 0 or not _is_encoded(now)


def roll(*, at: datetime, at_a_time: int | None = None) -> bool:
    """Read the next so many of all people anew, beside the snapshot that holds; once that was everybody, what was read
    holds instead. Whether it was. What was read stays when the process dies: the next goes on from there.
    """
    store = _store(Path(settings.SNAPSHOT_DIR))
    at_a_time = at_a_time or (_ENCODED_AT_A_TIME if settings.ENCODER else AT_A_TIME)
    with store.locked("rolling.lock"):
        with store.locked():
            if (rolling := _usable(store, ROLLING, at)) is None or not _has_scale(store, rolling):
                rolling = _begun(store, at)
                store.put(rolling, ROLLING)
            known = _known(store)
            scale = store.scale(rolling)
        as_of = datetime.fromisoformat(rolling.as_of)
        people = Influencer.objects.filter(pk__gt=rolling.done).order_by("pk")
        ids = list(people.values_list("pk", flat=True)[:at_a_time])
        against = figures.standard(at=as_of, usual=rolling.usual)
        encoded = known if known and known.contents.scale == rolling.scale else None
        vectoring = encoding.on(scale, known=encoded)
        read = segments.of(ids, at=as_of, against=against, known=known, vectoring=vectoring)
        with store.locked():
            return _rolled_on(store, ids, read, is_last=len(ids) < at_a_time)


def _rolled_on(store: Store, ids: Sequence[int], read: Segment | None, *, is_last: bool) -> bool:
    rolling = store.contents(ROLLING)  # as it is now: somebody may have been taken out of it
    if rolling is None:
        return False
    try:
        base = store.segments(rolling.base)
        names = _names(base, rolling.base)
        if read is not None:
            # Whoever was erased meanwhile is in no file.
            there = Influencer.objects.filter(pk__in=ids).values_list("pk", flat=True)
            base = [*base, *levels.without([read], np.setdiff1d(read.ids, list(there)))]
            base = levels.added(base[:-1], base[-1]) if base else base
        if not is_last:
            store.put(replace(rolling, base=_stored(store, base, names), done=ids[-1]), ROLLING)
            return False
        contents = replace(rolling, base=_stored(store, levels.levelled(base), names), done=0)
        _hold(store, _counted(store, contents))
    except (OSError, DomainError) as error:
        held.check_unreadable(error)
        store.drop(ROLLING)
        return False
    store.drop(ROLLING)
    return True


def _begun(store: Store, at: datetime) -> Contents:
    basis = held.basis() | encoding.basis()  # before the position: the log, where it is new, goes back no further
    position, usual = changes.position(), figures.standard(at=at).usual
    return Contents(basis, at.isoformat(), position, usual=usual, scale=_scale(store))


def _scale(store: Store) -> str:
    """The name of the scale of the encoder in use; the one that holds, where that is of the same."""
    contents = store.contents()
    if contents and contents.scale and _is_encoded(contents) and _has_scale(store, contents):
        return contents.scale
    measured = encoding.scale()
    return store.add(measured) if measured else ""


def _has_scale(store: Store, contents: Contents) -> bool:
    """Whether what it has, if it has one, can be read."""
    try:
        store.scale(contents)
    except (OSError, DomainError) as error:
        held.check_unreadable(error)
        return False
    return True


def _is_encoded(contents: Contents) -> bool:
    """By the encoder in use; by none, where none is."""
    return contents.basis.get("encoder") == encoding.basis().get("encoder")


def _usable(store: Store, name: str, at: datetime) -> Contents | None:
    """Contents that hold, with vectors by the encoder in use. What holds now may be without: to encode everybody takes
    hours, and nobody waits for it.
    """
    contents = store.contents(name)
    if contents is None or not held.is_good(contents, at=at):
        return None
    is_plain = name == CURRENT and "encoder" not in contents.basis
    return contents if is_plain or _is_encoded(contents) else None


def _known(store: Store) -> Snapshot | None:
    """The snapshot that holds, where its texts were read as they are now."""
    contents = store.contents()
    try:
        if contents and all(contents.basis.get(what) == said for what, said in files.basis().items()):
            return store.open(contents)
    except (OSError, DomainError) as error:
        held.check_unreadable(error)
    return None


def _caught_up(store: Store, contents: Contents, at: datetime, beat: _Beat, at_a_time: int) -> Snapshot:
    changed = changes.since(contents.position)
    pending = tuple(sorted({*contents.pending, *changed.ids}))
    contents = replace(contents, position=changed.position, pending=pending)
    if not pending:
        store.put(contents)
        return store.open(contents)
    against = figures.standard(at=at, usual=contents.usual)
    known = store.open(contents)  # a figure that changed is no reason to read or encode a text again
    vectoring = encoding.on(known.scale, known=known, left=_ENCODED_AT_A_TIME)
    while contents.pending:
        contents = _told_anew(store, contents, at, against, at_a_time, known, vectoring)
        beat()
    return store.open(contents)


def _told_anew(
    store: Store,
    contents: Contents,
    at: datetime,
    against: figures.Standard,
    at_a_time: int,
    known: Snapshot,
    vectoring: Vectoring | None,
) -> Contents:
    """With the next of those that are pending as they are now, and without whoever of them is gone."""
    ids, rest = contents.pending[:at_a_time], contents.pending[at_a_time:]
    owed = vectoring.owed if vectoring else 0
    read = segments.of(ids, at=at, against=against, known=known, vectoring=vectoring)
    gone = np.setdiff1d(np.array(ids, dtype=np.int64), [] if read is None else read.ids)
    base, fresh = store.segments(contents.base), store.segments(contents.fresh)
    names = _names(base, contents.base) | _names(fresh, contents.fresh)
    if len(gone):
        base, fresh = levels.without(base, gone), levels.without(fresh, gone)
        _forget(store, gone)
    if read is not None:
        fresh = levels.added(fresh, read)
        base = levels.thinned(base, np.concatenate([one.ids for one in fresh]))
    contents = replace(
        contents,
        base=_stored(store, base, names),
        fresh=_stored(store, fresh, names),
        pending=rest,
        uncounted=contents.uncounted + len(ids),
        owed=contents.owed + (vectoring.owed - owed if vectoring else 0),
    )
    if not rest and contents.uncounted * _COUNTED_ANEW > contents.counted:
        contents = _counted(store, contents)
    _hold(store, contents)
    return contents


def _forget(store: Store, gone: Integers) -> None:
    """Take these out of what is being made, too."""
    rolling = store.contents(ROLLING)
    if rolling is None:
        return
    try:
        base = store.segments(rolling.base)
        left = _stored(store, levels.without(base, gone), _names(base, rolling.base))
    except (OSError, DomainError) as error:
        held.check_unreadable(error)
        store.drop(ROLLING)
        return
    store.put(replace(rolling, base=left), ROLLING)


def _counted(store: Store, contents: Contents) -> Contents:
    rarity, number = store.count(contents)
    return replace(contents, rarity=rarity, counted=number, uncounted=0)


def _hold(store: Store, contents: Contents) -> None:
    store.measure(contents)
    store.put(contents)


def _names(segments_: Iterable[Segment], names: Iterable[str]) -> dict[int, str]:
    return {id(segment): name for segment, name in zip(segments_, names, strict=True)}


def _stored(store: Store, segments_: Iterable[Segment], names: dict[int, str]) -> tuple[str, ...]:
    """Under their names, or new ones."""
    return tuple(names.get(id(segment)) or store.add(segment) for segment in segments_)


@lru_cache(maxsize=1)
def _store(folder: Path) -> Store:
    return Store(folder)
