"""Which version of a text somebody reads: one name, in a language and a register, and what had to be fallen back on."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

FORMAL, INFORMAL, NEUTRAL = "formal", "informal", "neutral"

# Languages in which one says "you" in two ways, and slights somebody by the wrong one.
_TWO_FORMS: Final = """
af az be bg br bs ca cs cy de el es et eu fi fr fy gl hi hr hu hy it ka kk lb lt lv mk nl oc pl pt ro ru sk sl sq sr tr
uk ur uz wa
"""
_TOLD_APART: Final = frozenset(_TWO_FORMS.split())


@dataclass(frozen=True)
class Version:
    """A language tag and a register."""

    language: str
    register: str


@dataclass(frozen=True)
class Remark:
    """What was not to be had: a code that words.py says, and the language or the register that was wanted.

    second_language · house_language · language_unknown (wanted is blank) · other_register
    """

    code: str
    wanted: str


@dataclass(frozen=True)
class Choice:
    version: Version
    remarks: tuple[Remark, ...] = ()


def tells_apart(language: str) -> bool:
    """Whether a language has a formal and an informal "you"."""
    return _primary(language) in _TOLD_APART


def register_in(language: str, register: str) -> str:
    """The register that a text of this language has: formal unless informal was said; neutral where there is one."""
    if not tells_apart(language):
        return NEUTRAL
    return INFORMAL if register == INFORMAL else FORMAL


def choose(
    offered: Collection[Version], *, languages: Sequence[str], register: str, house: Sequence[str]
) -> Choice | None:
    """What somebody is to read of what is `offered`; None where it is nothing they or the house would read.

    Their `languages` come first, each before the next, then those of the `house`; "fr-CA" takes "fr" where there is no
    text of its own. Within a language the register decides: an unknown one ("") is formal, and a missing one gives way
    to the other rather than to another language.
    """
    for place, language in enumerate([*languages, *house]):
        for tag in _ever_wider(language):
            if found := _in(offered, tag, register):
                remarks = [*_of_language(languages, place), *_of_register(found, register)]
                return Choice(found, tuple(remarks))
    return None


def _in(offered: Collection[Version], tag: str, register: str) -> Version | None:
    wanted = register_in(tag, register)
    order = dict.fromkeys([wanted, NEUTRAL, FORMAL, INFORMAL])
    known = {version.register: version for version in offered if version.language.casefold() == tag.casefold()}
    return next((known[each] for each in order if each in known), None)


def _of_language(languages: Sequence[str], place: int) -> Iterator[Remark]:
    if not languages:
        yield Remark("language_unknown", "")
    elif place:
        yield Remark("second_language" if place < len(languages) else "house_language", languages[0])


def _of_register(found: Version, register: str) -> Iterator[Remark]:
    wanted = register_in(found.language, register)
    if found.register not in {wanted, NEUTRAL}:
        yield Remark("other_register", wanted)


def _ever_wider(tag: str) -> Iterator[str]:
    """ "zh-Hant-TW", "zh-Hant", "zh" (RFC 4647, lookup)."""
    parts = tag.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        if length == 1 or len(parts[length - 1]) > 1:  # a lone letter begins something that was just cut off
            yield "-".join(parts[:length])


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].casefold()
