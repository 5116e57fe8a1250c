"""What the ranking says about a cause: panels that the cause's page loads by address, and its page of hashtags."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm import selectors
from crm import words as crm_words
from crm.admin.base import who
from crm.handles import fold
from crm.models import Cause, Topic
from crm.portrait.conflicts import Subject
from crm.services import hashtags as briefs
from crm.tasks import ring
from matching import words
from matching.admin.weights import CauseWeighing, asked_cause
from matching.models import MatchList
from matching.services import gaps, hashtags
from matching.tasks import recount_hashtags

_WORDS_SHOWN = 8


class CausePanels(CauseWeighing):
    """Steps of the list of match lists that are about one cause: `?cause=`, the way its page names it."""

    list_steps = {
        "gaps": "matching.view_matchlist",
        "conflicts": "matching.view_matchlist",
        "hashtags": "matching.view_matchlist",
        "count": "matching.add_matchlist",
        **CauseWeighing.list_steps,
    }

    def gaps(self, request: HttpRequest) -> HttpResponse:
        """Panel: what the brief leaves open, with what each part costs."""
        found = gaps.of(cause=asked_cause(request))
        shown = [
            {
                "title": crm_words.UNSAID[gap.part][0],
                "text": words.gap(part=gap.part, features=gap.features, share=gap.share, is_partial=gap.is_partial),
                "share": gap.share,
            }
            for gap in found.gaps
        ]
        context = {"gaps": shown, "lists": found.lists, "people": found.people}
        return TemplateResponse(request, "matching/gaps.html", context)

    def conflicts(self, request: HttpRequest) -> HttpResponse:
        """Panel: what each conflict finds, and whom it left out of the newest list."""
        cause = asked_cause(request)
        newest = MatchList.objects.newest_of(cause)
        topics = Topic.objects.in_bulk(field_name="slug")
        subjects = [_shown(subject, topics) for subject in selectors.conflict_subjects(cause)]
        counts = {
            "out": newest.conflicting.count() if newest else 0,
            "warned": newest.matches.exclude(warnings=[]).count() if newest else 0,
        }
        return TemplateResponse(
            request, "matching/conflicts.html", {"subjects": subjects, "newest": newest, "counts": counts}
        )

    def hashtags(self, request: HttpRequest) -> HttpResponse:
        """The hashtags that serve a cause. POST picks one, or takes one off the brief."""
        cause = asked_cause(request)
        back = f"{self.url('hashtags')}?cause={cause.pk}"
        if request.method == "POST":
            return self._choose(request, cause, back)
        found = hashtags.proposals(cause=cause)
        on_brief = set(map(fold, cause.hashtags))
        picks = {fold(pick.hashtag): pick for pick in cause.picks.select_related("by")}
        shown: list[dict[str, Any]] = [
            {
                "proposal": proposal,
                "advice": words.ADVICE[proposal.advice.value],
                "text": words.proposal(proposal),
                "is_picked": proposal.usage.key in on_brief,
                "pick": picks.get(proposal.usage.key),
            }
            for proposal in found.hashtags
        ]
        known = {proposal.usage.key for proposal in found.hashtags}
        return self.render(
            request,
            "matching/hashtags.html",
            title=_("Hashtags"),
            crumbs=[(cause.name, reverse("admin:crm_cause_change", args=[cause.pk]))],
            cause=cause,
            found=found,
            strong=[one for one in shown if one["proposal"].advice != "avoid"],
            weak=[one for one in shown if one["proposal"].advice == "avoid"],
            others=[(tag, picks.get(fold(tag))) for tag in cause.hashtags if fold(tag) not in known],
            back=back,
        )

    def count(self, request: HttpRequest) -> HttpResponse:
        """Have the worker count everybody's hashtags anew."""
        cause = asked_cause(request)
        return self.act(
            request,
            lambda: ring(recount_hashtags),
            done=_("The hashtags are being counted. Reload this page in a moment."),
            back=f"{self.url('hashtags')}?cause={cause.pk}",
        )

    def _choose(self, request: HttpRequest, cause: Cause, back: str) -> HttpResponse:
        if not request.user.has_perm("crm.change_cause"):
            raise PermissionDenied
        if gone := request.POST.get("unpick", ""):
            done = _("The hashtag #%(tag)s is no longer on the brief.") % {"tag": gone}
            return self.act(request, lambda: briefs.unpick(cause=cause, hashtag=gone), done=done, back=back)
        tag = request.POST.get("pick", "")
        return self.act(
            request,
            lambda: briefs.pick(cause=cause, hashtag=tag, by=who(request), at=timezone.now()),
            done=_("The hashtag #%(tag)s stands on the brief now.") % {"tag": tag},
            back=back,
        )


def _shown(subject: Subject, topics: Mapping[str, Topic]) -> dict[str, Any]:
    """A conflict with some of the words it finds, in the reader's language where its topic has them."""
    own, language = fold(subject.name), (get_language() or "en")[:2]
    written = [word for slug in subject.topics for word in topics[slug].words.get(language, topics[slug].words["en"])]
    words_shown = [word for word in written if fold(word) != own][:_WORDS_SHOWN]
    return {"name": subject.name, "words": words_shown, "more": max(len(subject.words) - 1 - len(words_shown), 0)}
