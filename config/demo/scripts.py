"""What the three campaigns of the demo are, and how each conversation in them goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ORGANISATION = "Rivages Vivants"
POSTAL_ADDRESS = "14 quai des Embruns, 29999 Port-Fictif"

# Who said no though nobody here knows them: address, why, days ago, by whom it was noted.
REFUSALS = (
    ("presse@anciens-partenaires.example", "declined", 61, "lea"),
    ("contact@studio-perdu.example", "bounced", 34, ""),
    ("moi@boite-pleine.example", "complaint", 12, ""),
)

# How a conversation goes, as far as time has come.
COMPLETED, LIVE, AGREED, TALKING, DECLINED = "completed", "live", "agreed", "talking", "declined"
HANDED_OVER = "handed over"  # to a colleague, once they answered
PAUSED = "paused"
SILENT = "silent"
BY_HAND = "by hand"  # no address we may use: a person sends the text
UNSUBSCRIBED = "unsubscribed"
OPPOSED = "opposed"  # says no between approval and sending
UNCERTAIN = "uncertain"  # the sending process died on the wire
UNCHECKED = "unchecked"  # approved before anybody vetted: held back at the gate
REFUSED = "refused"  # at vetting
TO_VET = "to vet"
DRAFTED = "drafted"
PLANNED = "planned"


@dataclass(frozen=True)
class Gift:
    """One kind of action that followers take: how often, and how much of it."""

    source: str
    kind: str
    weight: int
    currency: str = ""
    amounts: tuple[int, ...] = ()  # minor units
    quantities: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Script:
    """A campaign: days are counted back from the day of the demo."""

    cause: str
    slug: str
    name: str
    destination: str
    owner: str
    asked: int  # days ago
    starts: int
    ends: int
    fates: tuple[str, ...]
    gifts: tuple[Gift, ...] = ()
    late: tuple[str, ...] = ()  # a second wave, three weeks later


_EURO = (1000, 1500, 2000, 2500, 3000, 5000, 8500, 12000)
_POUND = (500, 1000, 1500, 2000, 2500, 4000, 7500)

FINISHED = Script(
    cause="rentree-pour-toutes",
    slug="rentree-2026",
    name="Une rentrée pour toutes, l’automne",
    destination="https://don.rivages.example/rentree?langue=fr",
    owner="lea",
    asked=71,
    starts=58,
    ends=15,
    fates=(
        *(COMPLETED, SILENT, COMPLETED, DECLINED, COMPLETED, COMPLETED, SILENT, UNSUBSCRIBED, COMPLETED, SILENT),
        *(REFUSED, COMPLETED, SILENT, COMPLETED, DECLINED, SILENT, BY_HAND, COMPLETED, SILENT, COMPLETED),
        *(DECLINED, SILENT, OPPOSED, COMPLETED),
    ),
    gifts=(
        Gift("don.rivages.example", "donation", 62, "EUR", (*_EURO, 8500, 8500)),
        Gift("don.rivages.example", "donation", 13, "CHF", (2000, 5000, 8500, 10000)),
        Gift("inscriptions.rivages.example", "sign_up", 25),
    ),
)
RUNNING = Script(
    cause="rivers-running-clear",
    slug="rivers-autumn",
    name="Rivers Running Clear: the autumn count",
    destination="https://give.rivages.example/rivers?from=partners",
    owner="sam",
    asked=31,
    starts=28,
    ends=-30,
    fates=(
        *(LIVE, SILENT, LIVE, LIVE, TALKING, DECLINED, LIVE, SILENT, LIVE, AGREED),
        *(LIVE, SILENT, REFUSED, LIVE, PAUSED, UNCERTAIN, LIVE, UNSUBSCRIBED, SILENT, LIVE, DECLINED, UNCHECKED),
    ),
    late=(HANDED_OVER, SILENT, AGREED, TALKING, SILENT, DRAFTED),
    gifts=(
        Gift("give.rivages.example", "donation", 34, "GBP", _POUND),
        Gift("give.rivages.example", "donation", 20, "EUR", _EURO),
        Gift("petition.rivages.example", "signature", 38),
        Gift("volunteers.rivages.example", "volunteer_hours", 8, quantities=(2, 3, 4, 6)),
    ),
)
PREPARED = Script(
    cause="plages-sans-plastique",
    slug="grand-nettoyage",
    name="Le grand nettoyage de printemps",
    destination="https://plages.rivages.example/participer",
    owner="lea",
    asked=7,
    starts=-45,
    ends=-105,
    fates=(
        *(DRAFTED, DRAFTED, PLANNED, TO_VET, DRAFTED, TO_VET, REFUSED, DRAFTED, UNCHECKED, TO_VET),
        *(PLANNED, DRAFTED, TO_VET, DRAFTED, TO_VET, TO_VET),
    ),
)
CAMPAIGNS = (FINISHED, RUNNING, PREPARED)

# Causes that somebody asked "who fits?" for, and how many days ago: three without a campaign, and one again.
BROWSED: Mapping[str, int] = {"same-wavelength": 12, "rentrez-bien": 6, "right-to-repair": 3, "rentree-pour-toutes": 2}

# A cause for the young: to whom somebody speaks counts for more than usual, in which language for less.
WEIGHTS: Mapping[str, Mapping[str, float]] = {"same-wavelength": {"audience_age": 2.5, "language_reach": 1.5}}

SOURCES = frozenset(gift.source for script in CAMPAIGNS for gift in script.gifts)

CLEARED_REASONS = {
    "fr": (
        "Trente derniers posts lus : ton juste, rien qui heurte la cause.",
        "Partenariats déclarés, aucune marque en conflit avec nous.",
        "Échangé avec une association qui a déjà travaillé avec cette personne : sérieux et ponctuel.",
        "Commentaires modérés, sources citées. Feu vert.",
        "Croissance régulière, audience crédible, public dans nos pays.",
    ),
    "en": (
        "Read the last thirty posts: fair tone, nothing against the cause.",
        "Adverts are declared, no brand in conflict with us.",
        "Spoke to a charity that worked with them: serious and on time.",
        "Comments moderated, sources given. Good to go.",
        "Steady growth, credible audience, public where we act.",
    ),
}
REFUSED_REASONS = {
    "fr": "Partenariat en cours avec une marque qui figure dans nos conflits.",
    "en": "Current paid partnership with a brand on our list of conflicts.",
}
POSTSCRIPTS = {
    "fr": (
        "P.-S. : votre dernière publication a fait le tour du bureau ce matin.",
        "P.-S. : si une visio d’un quart d’heure vous convient mieux qu’un long message, dites-le-moi.",
    ),
    "en": (
        "P.S. Your latest post went round the office this morning.",
        "P.S. If a quarter of an hour on a call suits you better than a long mail, just say so.",
    ),
}
