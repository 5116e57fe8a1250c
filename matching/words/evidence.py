"""What a stored row says that a reason rests on, in a few words: "France 42%", "48,200 followers"."""

from collections.abc import Callable, Iterable, Mapping
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from crm import words as crm_words
from crm.models import AccountSnapshot, AudienceShare, Post, SocialAccount
from matching.models import RelevanceLabel

_GONE: Mapping[str, Callable[[int], str | Promise]] = {
    "post": lambda number: ngettext_lazy(
        "%(number)s post that it rested on is not stored any more",
        "%(number)s posts that it rested on are not stored any more",
        number,
    ),
    "audience": lambda number: ngettext_lazy(
        "%(number)s figure of the audience that it rested on is not stored any more",
        "%(number)s figures of the audience that it rested on are not stored any more",
        number,
    ),
    "snapshot": lambda number: ngettext_lazy(
        "%(number)s reading of the account that it rested on is not stored any more",
        "%(number)s readings of the account that it rested on are not stored any more",
        number,
    ),
    "account": lambda number: ngettext_lazy(
        "%(number)s account that it rested on is not stored any more",
        "%(number)s accounts that it rested on are not stored any more",
        number,
    ),
    "activity": lambda number: ngettext_lazy(
        "%(number)s message that it rested on is not stored any more",
        "%(number)s messages that it rested on are not stored any more",
        number,
    ),
    "outcome": lambda number: ngettext_lazy(
        "%(number)s outcome that it rested on is not stored any more",
        "%(number)s outcomes that it rested on are not stored any more",
        number,
    ),
}


def part(share: AudienceShare) -> str:
    """Of an audience: "France 42%"; where only the main one is told, which it is."""
    who = crm_words.trait(share.dimension, share.key)
    if share.share is None:
        return _("%(part)s is the main one, its share unknown") % {"part": who}
    return _("%(part)s %(share)s") % {"part": who, "share": crm_words.percent(share.share)}


def account(platform: str, handle: str) -> str:
    return f"{platform} · {handle}"


def followers(number: int | None, *, is_estimate: bool) -> str:
    """ "48,200 followers"; "≈" before what a source estimates."""
    if number is None:
        return _("number of followers unknown")
    said = ngettext("%(number)s follower", "%(number)s followers", number) % {"number": crm_words.number(number)}
    return _about(said, is_estimate)


def engagement(seen: AccountSnapshot) -> str:
    rate = crm_words.percent(seen.engagement_rate or 0.0)
    return _about(_("%(rate)s of the followers react") % {"rate": rate}, seen.is_estimate)


def credible(seen: AccountSnapshot) -> str:
    share = crm_words.percent(seen.credible_share or 0.0)
    return _about(_("%(share)s of the followers are real people") % {"share": share}, is_estimate=True)


def actions(label: RelevanceLabel) -> str:
    """What came of one conversation: credits may be shared, so there are parts of actions."""
    number = label.actions or 0.0
    said = {"number": crm_words.number(round(number, 1)), "cause": label.cause.name}
    return (
        ngettext("%(cause)s: %(number)s concrete action", "%(cause)s: %(number)s concrete actions", ceil(number)) % said
    )


def reactions(post: Post) -> str:
    number = (post.likes or 0) + (post.comments or 0) + (post.shares or 0)
    return ngettext("%(number)s reaction", "%(number)s reactions", number) % {"number": crm_words.number(number)}


def topics(names: Iterable[str]) -> str:
    return crm_words.labelled(_("Topics in common"), ", ".join(names))


def hashtags(tags: Iterable[str], *, in_common: bool) -> str:
    said = _("Hashtags in common") if in_common else _("Hashtags of the profile")
    return crm_words.labelled(said, " ".join(f"#{tag}" for tag in tags))


def languages(codes: Iterable[str]) -> str:
    return crm_words.labelled(_("Posts in"), ", ".join(map(crm_words.language, codes)))


def gone(kind: str, number: int) -> str:
    """That rows are not there any more."""
    return str(_GONE[kind](number)) % {"number": crm_words.number(number)}


def is_rewritten() -> str:
    """Of a post that a source told anew in other words."""
    return _("its words have changed since this list was made")


def profile_is_new() -> str:
    return _("the profile has changed since this list was made")


def replaced() -> str:
    return _("there is a newer reading since")


def where(one: SocialAccount) -> str:
    return account(one.get_platform_display(), one.handle)


def _about(said: str, is_estimate: bool) -> str:
    return f"≈ {said}" if is_estimate else said
