"""How alike two people are, and what they have in common, in the reader's words."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from crm import words as crm_words
from crm.models import Platform, Topic
from matching.ranking.common import Common

# From which nearness on it is called what: the first that holds.
NEAR: tuple[tuple[float, str, Promise], ...] = (
    (0.5, "very_much", gettext_lazy("very much alike")),
    (0.35, "much", gettext_lazy("much alike")),
    (0.0, "somewhat", gettext_lazy("somewhat alike")),
)
_OF_A_SIZE = 0.75  # of that respect: at most three times as many followers


@dataclass(frozen=True)
class InCommon:
    """One respect in which two people are alike. `is_about`: in what they speak of, not in whom they reach."""

    code: str
    text: str
    is_about: bool


def near(nearness: float) -> tuple[str, str]:
    """Code and words."""
    return next((code, str(said)) for least, code, said in NEAR if nearness >= least)


def in_common(
    common: Common, parts: Mapping[str, float], *, topics: Mapping[str, Topic], spelled: Mapping[str, str]
) -> list[InCommon]:
    """What two people have in common, a line a respect; first what both speak of. `topics` by short name; `spelled`:
    hashtags and interests as they are written.
    """
    return [
        InCommon(code, crm_words.labelled(_LABELS[code], said), is_about=code in _ABOUT)
        for code, said in _said(common, parts, topics, spelled)
    ]


def _said(
    common: Common, parts: Mapping[str, float], topics: Mapping[str, Topic], spelled: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if common.subjects:
        place = 0 if (get_language() or "").startswith("fr") else 1
        yield "subjects", ", ".join(dict.fromkeys(subject[place] for subject in common.subjects))
    if names := sorted(str(topics[slug]) for slug in common.keys.get("topics", ()) if slug in topics):
        yield "topics", ", ".join(names)
    if tags := common.keys.get("hashtags", ()):
        yield "hashtags", " ".join(f"#{spelled.get(tag, tag)}" for tag in tags)
    for code, say in _SAID.items():
        if keys := common.keys.get(code, ()):
            told = (
                sorted(keys)
                if code == "ages"
                else [spelled.get(key, key) if code == "interests" else key for key in keys]
            )
            yield code, ", ".join(map(say, told))
    if common.followers and parts.get("size", 0.0) >= _OF_A_SIZE:
        yield (
            "size",
            _("%(one)s and %(other)s")
            % {
                name: crm_words.short_number(number)
                for name, number in zip(("one", "other"), common.followers, strict=True)
            },
        )


def _platform(code: str) -> str:
    return str(Platform(code).label)


def _trait(dimension: str) -> Callable[[str], str]:
    return lambda key: crm_words.trait(dimension, key)


_ABOUT: Collection[str] = ("subjects", "topics", "hashtags")
_SAID: Mapping[str, Callable[[str], str]] = {
    "countries": _trait("country"),
    "ages": _trait("age"),
    "languages": _trait("language"),
    "genders": _trait("gender"),
    "interests": _trait("interest"),
    "own_languages": _trait("language"),
    "platforms": _platform,
}
_LABELS: Mapping[str, Promise] = {
    "subjects": gettext_lazy("Both speak of"),
    "topics": gettext_lazy("Topics both have"),
    "hashtags": gettext_lazy("Hashtags both use"),
    "countries": gettext_lazy("Both reach people in"),
    "ages": gettext_lazy("Both reach people aged"),
    "languages": gettext_lazy("Both reach people who read"),
    "genders": gettext_lazy("Both reach mostly"),
    "interests": gettext_lazy("Both reach people interested in"),
    "own_languages": gettext_lazy("Both post in"),
    "platforms": gettext_lazy("Both are on"),
    "size": gettext_lazy("Followers, about as many"),
}
