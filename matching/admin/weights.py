"""What weighs in the ranking for one cause: read, tried out on its newest list, and only then saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.admin.base import PageAdmin, StaffForm, asked_id, who
from crm.errors import DomainError
from crm.models import Cause, Influencer
from crm.words import say
from matching import words
from matching.models import CauseWeights, MatchList, RankerVersion
from matching.ranking.moves import Move
from matching.ranking.scorecard import WEIGHTS, Weight
from matching.services import weights as cause_weights

_TOP = 10
_NAMED = 5  # of those who may leave the list
_ALMOST = 1e-9


def asked_cause(request: HttpRequest) -> Cause:
    """The one that `?cause=` names, the way its page does."""
    return get_object_or_404(Cause, pk=asked_id(request.GET.get("cause", "")))


class WeightsForm(StaffForm):
    """A number for every feature that the scorecard weighs."""

    groups = words.GROUPS

    def __init__(self, given: Mapping[str, Any]) -> None:
        """`given`: numbers, or what somebody typed; where it says nothing, the default stands."""
        stand = {name: str(given.get(name, weight.default)) for name, weight in WEIGHTS.items()}
        super().__init__({name: text.removesuffix(".0") for name, text in stand.items()})
        for name, weight in WEIGHTS.items():
            refusal = say(DomainError("weight_out_of_bounds", feature=name, low=weight.low, high=weight.high))
            self.fields[name] = forms.FloatField(
                label=str(words.FEATURES[name]),
                help_text=str(words.LOOKS_AT[name]),
                min_value=weight.low,
                max_value=weight.high,
                error_messages={"min_value": refusal, "max_value": refusal},
                widget=forms.NumberInput(attrs={"step": _step(self.data[name]), "x-model": "weight"}),
            )

    @classmethod
    def typed(cls, said: QueryDict) -> "WeightsForm":
        typed = {name: said.get(name, "").strip().replace(",", ".") for name in WEIGHTS}
        return cls({name: text for name, text in typed.items() if text})


@dataclass(frozen=True)
class Row:
    """One feature on the page: shares are of what sets people apart, today and with what is tried."""

    field: forms.BoundField
    weight: Weight
    is_moved: bool
    is_unsaid: bool  # the cause says nothing of it
    share: float | None
    then: float | None

    @property
    def default_at(self) -> float:
        """Where on the way between the bounds, in per cent."""
        return round(100 * (self.weight.default - self.weight.low) / (self.weight.high - self.weight.low), 2)


class CauseWeighing(PageAdmin):
    """Steps of the list of match lists."""

    list_steps = {"weights": "matching.view_causeweights"}

    def weights(self, request: HttpRequest) -> HttpResponse:
        """GET shows them, and with `preview` what others would do; POST saves what was tried."""
        cause = asked_cause(request)
        if request.method == "POST":
            if not request.user.has_perm("matching.change_causeweights"):
                raise PermissionDenied
            form = WeightsForm.typed(request.POST)
            return self._save(request, cause, form.cleaned_data) if form.is_valid() else self._try(request, cause, form)
        if "preview" in request.GET:
            return self._try(request, cause, WeightsForm.typed(request.GET))
        return self._show(request, cause, WeightsForm(cause_weights.of(cause=cause)))

    def _save(self, request: HttpRequest, cause: Cause, said: dict[str, float]) -> HttpResponse:
        seen = {request.POST.get("seen", "")}
        try:
            own = cause_weights.set(cause=cause, weights=said, by=who(request), at=timezone.now(), seen=seen)
        except DomainError as error:
            messages.error(request, say(error))
            return redirect(self._address(cause, said))
        messages.success(request, _done(own))
        return redirect(self._address(cause))

    def _try(self, request: HttpRequest, cause: Cause, form: WeightsForm) -> HttpResponse:
        if not form.is_valid():
            return self._show(request, cause, form)
        tried = cause_weights.differing(form.cleaned_data)
        preview = cause_weights.preview(cause=cause, weights=tried)
        return self._show(
            request,
            cause,
            form,
            tried=tried,
            says=words.moved_weights(tried),
            is_saved=tried == cause_weights.of(cause=cause),
            preview=preview and _told(preview),
        )

    def _show(
        self,
        request: HttpRequest,
        cause: Cause,
        form: WeightsForm,
        *,
        tried: dict[str, float] | None = None,
        **more: Any,
    ) -> HttpResponse:
        own, newest = cause_weights.of(cause=cause), MatchList.objects.newest_of(cause)
        is_in_use = cause_weights.is_scorecard_serving()
        return self.render(
            request,
            "matching/weights.html",
            title=_("What weighs in the ranking"),
            crumbs=[(cause.name, reverse("admin:crm_cause_change", args=[cause.pk]))],
            cause=cause,
            groups=_rows(form, newest, tried=tried),
            form=form,
            is_tried=tried is not None,
            own=words.moved_weights(own),
            moved=CauseWeights.objects.filter(cause=cause).select_related("by").first(),
            seen=cause_weights.mark(own),
            newest=newest,
            is_outdated=is_in_use and newest is not None and newest.ranker is not None and newest.ranker.weights != own,
            is_in_use=is_in_use,
            here=self._address(cause),
            with_defaults=self._address(cause, {}),
            **more,
        )

    def _address(self, cause: Cause, tried: Mapping[str, float] | None = None) -> str:
        asked = {"cause": cause.pk} if tried is None else {"cause": cause.pk, **tried, "preview": 1}
        return f"{self.url('weights')}?{urlencode(asked)}"


def _step(text: str) -> str:
    """What the keys change a number by. A browser refuses what lies between two steps, so a tool's 0.33 has none."""
    try:
        tenths = float(text) * 10
    except ValueError:
        return "any"
    return "0.1" if abs(tenths - round(tenths, 0)) < _ALMOST else "any"


def _done(own: Mapping[str, float]) -> str:
    if not cause_weights.is_scorecard_serving():
        return _("The weights are saved. They count when the starting scorecard is in use again.")
    if own:
        return _("The next list of this cause is ranked with these weights.")
    return _("All weights are back to their defaults. The next list of this cause is ranked with them.")


def _rows(
    form: WeightsForm, newest: MatchList | None, *, tried: Mapping[str, float] | None
) -> list[tuple[Any, list[Row]]]:
    today = _shares(newest.weight) if newest else {}
    can_tell = newest and newest.ranker and newest.ranker.kind == RankerVersion.Kind.SCORECARD
    then = _shares(cause_weights.carried(newest, weights=tried)) if newest and can_tell and tried is not None else {}
    unsaid = newest.cause_missing if newest else []
    said = form.cleaned_data if form.is_valid() else {}
    return [
        (
            title,
            [
                Row(
                    field=form[name],
                    weight=WEIGHTS[name],
                    is_moved=said.get(name, WEIGHTS[name].default) != WEIGHTS[name].default,
                    is_unsaid=name in unsaid,
                    share=today.get(name),
                    then=then.get(name),
                )
                for name in names
            ],
        )
        for title, names in words.GROUPS
    ]


def _shares(carried: Mapping[str, float]) -> dict[str, float]:
    whole = sum(carried.values())
    return {name: variance / whole for name, variance in carried.items()} if whole else {}


def _told(preview: cause_weights.Preview) -> dict[str, Any]:
    top, displaced = preview.top(_TOP), preview.displaced(_TOP)
    below = sorted(preview.below, key=lambda move: move.score_after)
    people = Influencer.objects.in_bulk([move.id for move in (*top, *displaced, *below[:_NAMED])])

    def told(moves: Sequence[Move]) -> list[dict[str, Any]]:
        return [
            {
                "person": people[move.id],
                "move": move,
                "places": abs(move.places),
                "why": words.why_moves(move.feature, is_better=move.places > 0) if move.places else "",
            }
            for move in moves
            if move.id in people
        ]

    return {
        "list": preview.match_list,
        "is_as_listed": preview.is_as_listed,
        "shown": len(preview.moves),
        "moved": preview.moved,
        "top": told(top),
        "displaced": told(displaced),
        "outside": preview.outside,
        "drawn": preview.drawn,
        "bar": preview.bar,
        "below": told(below[:_NAMED]),
        "below_number": len(below),
    }
