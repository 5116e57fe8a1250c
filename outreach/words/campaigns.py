"""When a campaign runs, and where its links lead."""

from datetime import date

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from outreach.models import Link


def dates(start: date, end: date | None) -> str:
    """ "24 November 2026 – 31 March 2027", or "from 24 November 2026"."""
    first = formats.date_format(start, "DATE_FORMAT")
    if end is None:
        return _("from %(day)s") % {"day": first}
    return f"{first} – {formats.date_format(end, 'DATE_FORMAT')}"


def link_url(link: Link) -> str:
    return f"{settings.BASE_URL}/r/{link.code}"
