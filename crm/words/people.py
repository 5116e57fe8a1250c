"""Who listens to somebody, and whether one may write to them, in words."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm.models import SocialAccount
from crm.words.figures import country, language, short_number, unknown

GENDERS: Mapping[str, Promise] = {
    "female": gettext_lazy("women"),
    "male": gettext_lazy("men"),
    "other": gettext_lazy("other genders"),
    "unknown": gettext_lazy("unknown"),
}


AUDIENCES: Mapping[str, Promise] = {
    "country": gettext_lazy("Countries"),
    "age": gettext_lazy("Ages"),
    "gender": gettext_lazy("Genders"),
    "language": gettext_lazy("Languages"),
    "interest": gettext_lazy("Interests"),
}


def followers(account: SocialAccount) -> str:
    """ "≈ 48.2K" where a source estimated it: of accounts that were asked for with `telling_estimates`."""
    if account.followers is None:
        return unknown()
    said = short_number(account.followers)
    return f"≈ {said}" if getattr(account, "is_estimate", False) else said


def trait(dimension: str, key: str) -> str:
    """Who in an audience: "France", "18–24", "women"."""
    said: Mapping[str, Callable[[str], str]] = {
        "country": country,
        "language": language,
        "gender": gender,
        "age": lambda age: age.replace("-", "–"),
    }
    return said.get(dimension, str)(key)


def gender(code: str) -> str:
    return str(GENDERS.get(code, code))


MAY_WRITE: Mapping[str, tuple[Promise, Promise]] = {
    "yes": (gettext_lazy("Yes, by e-mail"), gettext_lazy("There is an address we may write to.")),
    "agent": (
        gettext_lazy("Yes, through their agent"),
        gettext_lazy("Their agent has an address we may write to."),
    ),
    "by_hand": (
        gettext_lazy("By hand only"),
        gettext_lazy("There is no address we may write to. You can write by hand, from their account."),
    ),
    "nowhere": (gettext_lazy("No"), gettext_lazy("Neither an address we may write to nor an account is known.")),
    "no": (gettext_lazy("No"), gettext_lazy("They said no: nothing goes out to them.")),
}

# What speaks against writing to one address.
OBJECTIONS: Mapping[str, Promise] = {
    "said_no": gettext_lazy("Its owner said no."),
    "bounced": gettext_lazy("It does not exist: the mail server sent a message back."),
    "no_basis": gettext_lazy("No legal basis is recorded."),
    "needs_consent": gettext_lazy("It is a personal address, and consent is not recorded."),
    "no_source": gettext_lazy("It is not recorded where we have it from."),
}


def may_write(code: str, objections: Iterable[str]) -> str:
    """Why one may write to somebody, or may not, as one text."""
    reasons = [] if code in {"yes", "agent", "no"} else [str(OBJECTIONS[objection]) for objection in objections]
    return " ".join([str(MAY_WRITE[code][1]), *reasons])
