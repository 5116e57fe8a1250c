"""Two profiles side by side, field by field: where they differ, which is kept, and what the person is called then."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm.errors import DomainError
from crm.handles import sort_key
from crm.models import Influencer

FIELDS: Final = (
    *(
        "name",
        "kind",
        "languages",
        "register",
        "country",
        "city",
        "timezone",
        "bio",
        "topics",
        "interests",
        "hashtags",
        "notes",
    ),
    "external_id",
)
_JOINED: Final = frozenset({"languages", "topics", "interests", "hashtags", "notes"})  # both may be kept
Targets = Mapping[str, tuple[list[int], list[int]]]  # of a field that leads to other rows: the winner's, the loser's


@dataclass(frozen=True)
class Difference:
    """A field in which two profiles differ. `ours` is the winner's, `suggested` one of `choices`."""

    field: str
    ours: Any
    theirs: Any
    suggested: str

    @property
    def choices(self) -> tuple[str, ...]:
        return ("both", "winner", "loser") if self.field in _JOINED else ("winner", "loser")


def differences(winner: Influencer, loser: Influencer) -> list[Difference]:
    """The fuller is suggested; of lists and notes both; else what the winner says."""
    pairs = ((name, _value(winner, name), _value(loser, name)) for name in FIELDS)
    return [
        Difference(name, ours, theirs, _suggested(name, ours, theirs)) for name, ours, theirs in pairs if ours != theirs
    ]


def chosen(winner: Influencer, loser: Influencer, keep: Mapping[str, str]) -> dict[str, str]:
    """What to keep of every field that differs. Raises DomainError: keep_unknown (field, value)."""
    for name, value in keep.items():
        allowed = ("winner", "loser", "both") if name in _JOINED else ("winner", "loser")
        if name not in FIELDS or value not in allowed:
            raise DomainError("keep_unknown", field=name, value=value)
    return {each.field: keep.get(each.field, each.suggested) for each in differences(winner, loser)}


def fill(winner: Influencer, loser: Influencer, choice: Mapping[str, str], targets: Targets) -> None:
    """Let the winner say what was chosen, and remember the last contact with either."""
    said = {name: _joined(winner, loser, name, kept) for name, kept in choice.items() if name not in targets}
    said["last_contacted_at"] = max(filter(None, [winner.last_contacted_at, loser.last_contacted_at]), default=None)
    for name, value in said.items():
        setattr(winner, name, value)
    winner.sort_name = sort_key(winner.name)[:200]
    winner.save(update_fields=[*said, "sort_name", "updated_at"])
    for name, (ours, theirs) in targets.items():
        kept = choice.get(name, "both")
        getattr(winner, name).set({"winner": ours, "loser": theirs}.get(kept, [*ours, *theirs]))


def _value(person: Influencer, name: str) -> Any:
    return sorted(topic.slug for topic in person.topics.all()) if name == "topics" else getattr(person, name)


def _suggested(name: str, ours: Any, theirs: Any) -> str:
    if not ours or not theirs:
        return "winner" if ours else "loser"
    if name in _JOINED:
        return "both"
    return "loser" if name == "bio" and len(theirs) > len(ours) else "winner"


def _joined(winner: Influencer, loser: Influencer, name: str, kept: str) -> Any:
    ours, theirs = getattr(winner, name), getattr(loser, name)
    if kept != "both":
        return ours if kept == "winner" else theirs
    if isinstance(ours, list):
        return [*ours, *(each for each in theirs if each not in ours)]
    return "\n\n".join(filter(None, [ours, theirs]))
