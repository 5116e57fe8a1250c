"""Who else is like somebody: a panel that the page of a profile loads by address, and a page of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import selectors as crm_selectors
from crm.admin.base import PageAdmin, asked_id
from crm.errors import DomainError
from crm.models import Influencer
from crm.tasks import ring
from matching import words
from matching.services import likeness
from matching.services.likeness import Found, Similar
from matching.tasks import keep_snapshot


class SimilarPeople(PageAdmin):
    """A step of the list of match lists that is about one person: `?influencer=`, the way their page names it."""

    list_steps = {"similar": "crm.view_influencer"}

    def similar(self, request: HttpRequest) -> HttpResponse:
        """Panel; a page of its own where no script asks. While everybody is being read it says so, and asks again."""
        person = get_object_or_404(Influencer, pk=asked_id(request.GET.get("influencer", "")))
        context = {"person": person, "again": f"{self.url('similar')}?influencer={person.pk}", **_found(person)}
        if (context["found"] is None or context["found"].is_behind) and "again" not in request.GET:
            ring(keep_snapshot)
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "matching/similar.html", context)
        crumbs = [(person.name, reverse("admin:crm_influencer_change", args=[person.pk]))]
        return self.render(request, "matching/similar_people.html", title=_("Similar people"), crumbs=crumbs, **context)


def _found(person: Influencer) -> dict[str, Any]:
    now = timezone.now()
    try:
        found = likeness.of(person=person, at=now)
    except DomainError as error:
        if error.code != "likeness_unready":
            raise
        return {"found": None}
    standings = crm_selectors.standings([one.person for one in found.similar], at=now)
    return {
        "found": found,
        "shown": [_shown(one, found, standings[one.person.pk]) for one in found.similar],
        "has_marked": any(one.exclusions for one in found.similar),
    }


def _shown(one: Similar, found: Found, standing: crm_selectors.Standing) -> dict[str, Any]:
    common = words.in_common(one.common, one.parts, topics=found.topics, spelled=found.spelled)
    return {
        "person": one.person,
        "accounts": crm_selectors.by_size(one.person),
        "near": words.near(one.nearness)[1],
        "nearness": one.nearness,
        "about": [said for said in common if said.is_about],
        "reach": [said for said in common if not said.is_about],
        "never": [words.scope(exclusion) for exclusion in one.exclusions],
        "said_no": standing.code == "no",
    }
