"""What an officer thinks of the people of a list: one key or one click each, with a reason where it is a no."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, asked_id, safe_next, who
from crm.errors import DomainError
from crm.words import say
from matching import words
from matching.models import Match, MatchList, RelevanceLabel
from matching.services import exclusions, labels

_KIND = RelevanceLabel.Kind
_PART = "X-Part"  # what the page's script sets: it takes the cell alone, and says itself what became of it


class JudgeForm(StaffForm):
    """`judged`: whom and how, as the buttons say it: "17.not_fit"."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        required=False,
        choices=[
            ("", gettext_lazy("Without a reason")),
            *((code, capfirst(label)) for code, label in RelevanceLabel.Reason.choices),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=labels.MAX_NOTE,
        help_text=gettext_lazy("For your colleagues. It is told to the person if they ask for what you know of them."),
    )
    judged = forms.CharField(max_length=40, widget=forms.HiddenInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class VerdictSteps(PageAdmin):
    """These steps of the admin of match lists."""

    steps = {"judge": "matching.add_relevancelabel"}

    def judge(self, request: HttpRequest, obj: MatchList) -> HttpResponse:
        """POST judges, or takes a verdict back; GET asks why somebody does not fit, for whoever has no script."""
        said = request.POST if request.method == "POST" else request.GET
        match, verdict = _judged(obj, said.get("judged", ""))
        given = {name: said.get(name, "") for name in ("judged", "next")}
        form = JudgeForm(request.POST or None, initial=given | _known(obj, match, verdict))
        if request.headers.get(_PART):
            return self._part(request, obj, match, verdict, form)
        if verdict not in RelevanceLabel.AGAINST and not (request.method == "POST" and form.is_valid()):
            return redirect(self._row(request, obj, match))  # there is nothing to ask about
        return self.ask(
            request,
            form,
            save=lambda clean: self._judge(request, obj, match, verdict, clean),
            title=words.why_asked(verdict, match.influencer.name),
            submit=_("Save the verdict"),
            crumbs=[(obj.cause.name, self.page_url(obj))],
            back=self._row(request, obj, match),
        )

    def _judge(
        self, request: HttpRequest, match_list: MatchList, match: Match, verdict: str, said: dict[str, Any]
    ) -> str:
        messages.success(request, judged(request, match_list, match, verdict, said))
        return self._row(request, match_list, match)

    def _part(
        self, request: HttpRequest, match_list: MatchList, match: Match, verdict: str, form: JudgeForm
    ) -> HttpResponse:
        """The cell as it is now; or, as plain text, what stood in the way."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not form.is_valid():
            wrong = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return HttpResponse(wrong, status=422, content_type="text/plain; charset=utf-8")
        try:
            done = judged(request, match_list, match, verdict, form.cleaned_data)
        except DomainError as error:
            return HttpResponse(say(error), status=409, content_type="text/plain; charset=utf-8")
        [shown] = with_verdicts([match], match_list, at=timezone.now())
        next_page = form.cleaned_data["next"] or self.page_url(match_list)
        context = {"match": shown, "obj": match_list, "person": match.influencer, "done": done, "next": next_page}
        return TemplateResponse(request, "matching/verdict.html", context)

    def _row(self, request: HttpRequest, match_list: MatchList, match: Match) -> str:
        """Back to the person on the page one came from."""
        return f"{safe_next(request, self.page_url(match_list))}#match-{match.pk}"


def judged(request: HttpRequest, match_list: MatchList, match: Match, verdict: str, said: dict[str, Any]) -> str:
    """Judge, and answer what is to be said of it. Raises DomainError: what the service raises."""
    cause, person, by, at = match_list.cause, match.influencer, who(request), timezone.now()
    if verdict == _KIND.WITHDRAWN:
        labels.withdraw(cause=cause, influencer=person, by=by, at=at)
    else:
        labels.judge(
            cause=cause,
            influencer=person,
            verdict=verdict,
            reason=said["reason"],
            note=said["note"],
            match=match,
            by=by,
            at=at,
        )
    return words.judged(verdict, person.name)


def with_verdicts(matches: Iterable[Match], match_list: MatchList, *, at: datetime) -> list[Match]:
    """Each with `judged`, the verdict that holds, and `barred`, in words, where it was decided never to ask them."""
    shown = list(matches)
    people = [match.influencer_id for match in shown]
    verdicts = labels.verdicts_on(cause=match_list.cause, people=people, at=at)
    barred = exclusions.barred(cause=match_list.cause, people=people)
    for match in shown:
        match.judged = verdicts.get(match.influencer_id)  # type: ignore[attr-defined]
        match.barred = words.BARRED.get(barred.get(match.influencer_id, ""), "")  # type: ignore[attr-defined]
    return shown


def _judged(match_list: MatchList, said: str) -> tuple[Match, str]:
    pk, _dot, verdict = said.partition(".")
    if verdict not in (*RelevanceLabel.VERDICTS, _KIND.WITHDRAWN):
        raise Http404
    return get_object_or_404(match_list.matches.select_related("influencer"), pk=asked_id(pk)), verdict


def _known(match_list: MatchList, match: Match, verdict: str) -> dict[str, str]:
    """The reason and note of the verdict that holds, to be gone on with where it is the same."""
    holds = labels.verdict_on(cause=match_list.cause, influencer=match.influencer, at=timezone.now())
    return {"reason": holds.reason, "note": holds.note} if holds and holds.kind == verdict else {}
