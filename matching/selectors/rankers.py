"""Which ranker is in use, what was learned last, and from how much one could learn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef

from matching.models import Match, RankerVersion, RelevanceLabel, Served, Training
from matching.ranking.schema import SCHEMA_VERSION

_MOST: Final = 10_000  # more is enough, whatever it is exactly


@dataclass(frozen=True)
class Standing:
    """`served`: the newest word on what is in use. `learned`: the version learned last, without its numbers.

    `training`: the newest try to learn. `outcomes`: of how many one could learn; None where somebody has learned.
    """

    served: Served | None
    learned: RankerVersion | None
    training: Training | None
    outcomes: int | None

    @property
    def using(self) -> RankerVersion | None:
        return self.served.ranker if self.served else None


def standing(*, at: datetime) -> Standing:
    """How it stands with the rankers now."""
    served = Served.objects.select_related("ranker", "by").defer("ranker__manifest", "ranker__resamples")
    learned = RankerVersion.objects.filter(kind=RankerVersion.Kind.LEARNED).defer("manifest", "resamples")
    newest = learned.order_by("-pk").first()
    return Standing(
        served=served.order_by("-pk").first(),
        learned=newest,
        training=Training.objects.order_by("-pk").first(),
        outcomes=None if newest else outcomes_shown(at=at),
    )


def outcomes_shown(*, at: datetime) -> int:
    """Of how many people and causes something came after a list had shown them; at most ten thousand are counted."""
    known = RelevanceLabel.objects.known(at=at)
    same = {"cause": OuterRef("cause"), "influencer": OuterRef("influencer")}
    earlier = RelevanceLabel.objects.known(at=at).filter(at__lt=OuterRef("at"), **same)
    shown = Match.objects.filter(
        match_list__cause=OuterRef("cause"),
        influencer=OuterRef("influencer"),
        match_list__as_of__lte=OuterRef("at"),
        match_list__ranker__manifest__schema_version=SCHEMA_VERSION,
    )
    first = known.filter(~Exists(earlier)).filter(Exists(shown))
    return first.order_by().values("cause", "influencer").distinct()[:_MOST].count()
