"""The snapshot as this machine's worker left it: for whoever cannot wait, and what makes it good for anybody."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from crm.errors import DomainError
from matching.columns import changes, segments
from matching.ranking.snapshot import store as files
from matching.ranking.snapshot.store import Contents, Snapshot, Store

# What hangs on the passing of time alone (days since the last post, windows of 90 days and of a year, what is usual) is
# as it was when everybody was read last: never longer ago than this.
OLDEST = timedelta(days=1)
_LOOKS = 2


def snapshot(*, at: datetime) -> Snapshot | None:
    """None is made, nothing caught up, and no lock is waited for. None where there is none that could be caught up."""
    store = Store(Path(settings.SNAPSHOT_DIR))  # of its own: what it has mapped goes with it
    for _look in range(_LOOKS):
        contents = store.contents()
        if contents is None or not is_good(contents, at=at):
            return None
        try:
            return store.open(contents)
        except (OSError, DomainError) as error:  # the worker may have put another in its place meanwhile
            check_unreadable(error)
    return None


def is_behind(contents: Contents, *, person: int) -> bool:
    """Whether something changed about somebody that these contents do not say."""
    return person in contents.pending or changes.has(contents.position, person)


def is_good(contents: Contents, *, at: datetime) -> bool:
    """Whether they rest on what holds now, with whatever encoder, are of about this instant, and can be caught up."""
    rests_on = {name: said for name, said in contents.basis.items() if name != "encoder"}
    is_recent = abs(at - datetime.fromisoformat(contents.as_of)) <= OLDEST
    return rests_on == basis() and is_recent and changes.reaches(contents.position)


def basis() -> dict[str, str | int]:
    """What a snapshot rests on now, but for the encoder."""
    return files.basis() | {"topics": segments.topics_digest(), "log": str(changes.key())}


def check_unreadable(error: OSError | DomainError) -> None:
    """Anything else than files that are damaged or gone is not ours to mend."""
    if isinstance(error, DomainError) and error.code != "snapshot_unreadable":
        raise error
