"""The way from where a template is missing to a form that is filled in with one of our examples. Nothing is stored."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.words import language, reader
from outreach import words


def codes() -> list[str]:
    """The languages there is an example in, the reader's first."""
    offered = [code for code, _name in settings.LANGUAGES if code in words.EXAMPLES]
    return sorted(offered, key=lambda code: code != reader().language)


def initial(code: str) -> dict[str, str]:
    """What the form starts from. Its name is in the reader's language, so that both examples are one text in two."""
    example = words.EXAMPLES.get(code)
    if example is None:
        return {}
    return {"name": _("First contact"), "language": code, "subject": example.subject, "body": example.body}


def buttons(*, next: str = "") -> list[dict[str, Any]]:
    """One per example, and one for an empty form."""
    add = reverse("admin:outreach_messagetemplate_add")
    back = {"next": next} if next else {}

    def address(**given: str) -> str:
        said = urlencode(given | back)
        return f"{add}?{said}" if said else add

    one, *others = codes()
    return [
        {"label": _("Start from our example"), "address": address(example=one)},
        *(
            {
                "label": _("Our example in %(language)s") % {"language": language(code)},
                "address": address(example=code),
            }
            for code in others
        ),
        {"label": _("Start from nothing"), "address": address()},
    ]
