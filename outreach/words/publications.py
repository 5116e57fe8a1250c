"""What the pages say of publications, and why one is refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.words import number
from outreach.models import PublicationMetric

PUBLICATIONS: Mapping[str, Promise] = {
    "publication_known": gettext_lazy("This publication is noted already."),
    "publication_unnamed": gettext_lazy("Give the link of the publication, or its id on the platform."),
    "publication_platform_missing": gettext_lazy("The link does not tell the platform. Choose it."),
    "publication_platform_other": gettext_lazy("The link leads to %(platform)s. Choose that platform."),
    "published_in_future": gettext_lazy("This publication lies in the future. Check the date and its time zone."),
    "published_too_early": gettext_lazy("This publication lies more than %(years)s years back. Check the year."),
    "format_of_publication_unknown": gettext_lazy("There is no such format. Choose among: %(known)s."),
    "post_of_another": gettext_lazy("This post was published by somebody else."),
    "figures_missing": gettext_lazy("Give at least one figure. What you leave blank stays unknown."),
    "figure_invalid": gettext_lazy("A figure is a whole number from 0 (%(field)s)."),
    "observed_in_future": gettext_lazy("This reading lies in the future. Check the date and its time zone."),
    "observed_too_early": gettext_lazy("Nobody can have read figures before it was published."),
    "reading_conflict": gettext_lazy("There are other figures of this instant and source already."),
}


def reading_source(source: str) -> str:
    """Who told a reading: a person, or a file by its name."""
    return _("by hand") if source == "hand" else source


def figure(name: str) -> str:
    """What a figure is called."""
    return capfirst(str(getattr(PublicationMetric._meta.get_field(name), "verbose_name", name)))


def told_by(row: PublicationMetric) -> str:
    how = _("estimated") if row.is_estimate else _("counted")
    return f"{reading_source(row.source)}, {how}"


def reached(value: int | None, *, is_estimate: bool = False) -> str:
    """How far a publication reached, in words; never 0 where nobody knows."""
    if value is None:
        return _("reach unknown")
    said = _("about %(number)s reached (estimated)") if is_estimate else _("%(number)s reached")
    return said % {"number": number(value)}
