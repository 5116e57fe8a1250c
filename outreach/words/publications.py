"""What the pages say of publications, and why one is refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.words import number

PUBLICATIONS: Mapping[str, Promise] = {
    "publication_known": gettext_lazy("This publication is noted already."),
    "publication_unnamed": gettext_lazy("Give the link of the publication, or its id on the platform."),
    "publication_platform_missing": gettext_lazy("The link does not tell the platform. Choose it."),
    "publication_platform_other": gettext_lazy("The link leads to %(platform)s. Choose that platform."),
    "published_in_future": gettext_lazy("This publication lies in the future. Check the date and its time zone."),
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


def with_figures(told: int, all: int) -> str:
    """How many publications have a figure: "3 of 5 publications have a figure"."""
    said = ngettext(
        "%(told)s of %(all)s publication has a figure", "%(told)s of %(all)s publications have a figure", all
    )
    return said % {"told": number(told), "all": number(all)}
