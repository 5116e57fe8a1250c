"""What the page of a person shows of them, read with a fixed number of questions."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from crm import selectors, words
from crm.admin.base import asked_id
from crm.models import Influencer, VettingCheck
from crm.words import portrait as said

_LATEST_POSTS = 5
# What each next step takes: a permission and an address.
_STEPS = {
    "find_address": ("crm.change_influencer", "admin:crm_influencer_edit"),
    "add_cause": ("crm.add_cause", "admin:crm_cause_add"),
    "vet": ("crm.add_vettingcheck", "admin:crm_influencer_vet"),
    "another_cause": ("crm.add_vettingcheck", "admin:crm_influencer_vet"),
    "start": ("outreach.add_outreach", "admin:outreach_outreach_start"),
}


def portrait(person: Influencer, *, at: datetime, post: int = 0) -> dict[str, Any]:
    """Accounts, audience, growth, posts and what they say, hours, sources. `post`: one to show beside the latest."""
    snapshots, posts = selectors.snapshots(person), selectors.posts(person)
    audience = selectors.audience(person)
    figures = selectors.account_figures(person, snapshots=snapshots, posts=posts, at=at)
    return {
        "figures": figures,
        "has_peers": any(one.peers for one in figures),
        "audience": _charts(audience),
        "told_at_once": audience[0] if len({(p.account.pk, p.source, p.observed_at) for p in audience}) == 1 else None,
        "growth": selectors.growth(person, snapshots),
        "posts": [one for place, one in enumerate(posts) if place < _LATEST_POSTS or one.pk == post],
        "spoken": selectors.spoken(posts),
        "hours": selectors.hours(person, published=posts, audience=audience, at=at),
        "facts": selectors.facts(person, snapshots=snapshots, audience=audience, posts=posts),
    }


def _charts(audience: list[selectors.Audience]) -> list[list[selectors.Audience]]:
    """Three columns: ages; genders and languages; countries."""
    wanted = (("age",), ("gender", "language"), ("country",))
    charts = [[part for name in names for part in audience if part.dimension == name] for names in wanted]
    return [chart for chart in charts if chart]


def history(request: HttpRequest, person: Influencer) -> dict[str, Any]:
    """One page of what happened, in words."""
    timeline = selectors.timeline(person, page=asked_id(request.GET.get("happened", "")) or 1)
    with_addresses = request.user.has_perm("crm.view_address")
    return {
        "timeline": timeline,
        "happened": [
            (
                line,
                words.happened(line.activity, with_addresses=with_addresses)
                if line.activity
                else said.renamed(line.handle),  # type: ignore[arg-type]
            )
            for line in timeline.lines
        ],
    }


def next_step(
    request: HttpRequest,
    person: Influencer,
    *,
    standing: selectors.Standing,
    verdicts: list[VettingCheck],
    has_causes: bool,
) -> dict[str, Any]:
    """What to do about somebody, with its button where this reader may press it."""
    code = selectors.next_step(standing, verdicts, has_causes=has_causes)
    sentence, button = said.NEXT_STEPS[code]
    permission, address = _STEPS.get(code, ("", ""))
    may = bool(address) and request.user.has_perm(permission)
    about = [] if code in {"add_cause", "start"} else [person.pk]
    where = reverse(address, args=about) if may else ""
    if where and code == "start":
        where += f"?influencers={person.pk}"
    return {"next_code": code, "next_words": sentence, "next_button": button, "next_address": where}
