"""Profiles that may be one person's: which to look at, two of them side by side, and what merging them would do."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from crm import selectors, words
from crm.admin.base import PageAdmin, asked_id, who
from crm.admin.fields import Choices
from crm.errors import DomainError
from crm.models import DuplicateCandidate, Influencer, SocialAccount
from crm.services import duplicates, joining, merging
from crm.words import say

_MERGE = "crm.add_merge"
_FOUND = 20
_SIDES = ("low", "high")
_UNSHOWN = ("search", "search_text")  # whole texts that only the database reads


class StateFilter(DropdownFilter):  # type: ignore[misc]
    """Without a choice the list shows what is to be decided."""

    title = _("state")
    parameter_name = "decided"
    all_option = ("", DuplicateCandidate.State.OPEN.label)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(DuplicateCandidate.State.DISMISSED.value, str(DuplicateCandidate.State.DISMISSED.label))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DuplicateCandidate]) -> QuerySet[DuplicateCandidate]:
        return queryset.filter(state=self.value() or DuplicateCandidate.State.OPEN)


@dataclass(frozen=True)
class Cell:
    """What one of the two says of a field; with `code`, it can be chosen."""

    code: str
    text: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Line:
    field: str
    label: str
    cells: tuple[Cell, ...]
    differs: bool


@admin.register(DuplicateCandidate)
class DuplicateAdmin(PageAdmin):
    list_display = ["who", "speaks_for_it", "since"]
    list_display_links = ["who"]
    list_filter = [StateFilter]
    list_links = [(_("Merged profiles"), "admin:crm_merge_changelist", "crm.view_merge")]
    list_title = _("One person or two?")
    empty_words = _(
        "Here stand pairs of profiles that may be one person’s: same e-mail address, same link, same name with handles "
        "alike. They are found by themselves, after imports and edits."
    )
    search_fields = ["low__search_text", "high__search_text"]
    search_help_text = _("Search by name or handle")
    ordering = ["-found_at", "-pk"]
    page_template = "crm/duplicate.html"
    steps = {"dismiss": "crm.change_duplicatecandidate"}
    list_steps = {"compare": _MERGE, "choose": _MERGE}

    def get_queryset(self, request: HttpRequest) -> QuerySet[DuplicateCandidate]:
        here = DuplicateCandidate.objects.select_related("low", "high")
        return here.defer(*(f"{side}__{name}" for side in _SIDES for name in _UNSHOWN))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DuplicateCandidate], search_term: str
    ) -> tuple[QuerySet[DuplicateCandidate], bool]:
        pairs, has_doubles = super().get_search_results(request, queryset, "")
        if search_term.strip():
            may_see = request.user.has_perm("crm.view_address")
            found = Influencer.objects.matching(search_term, with_addresses=may_see, weights="A")
            pairs = pairs.filter(Q(low__in=found.values("pk")) | Q(high__in=found.values("pk")))
        return pairs, has_doubles

    # Two side by side -------------------------------------------------------------------------------------------------

    def page(self, request: HttpRequest, obj: DuplicateCandidate) -> dict[str, Any]:
        winner, loser = (obj.high, obj.low) if "swap" in request.GET else (obj.low, obj.high)
        other = "?" if "swap" in request.GET else "?swap=1"
        return self._side_by_side(request, winner, loser, obj) | {"title": _title(winner, loser), "swap": other}

    def compare(self, request: HttpRequest) -> HttpResponse:
        """Any two, chosen by hand; and where a merge is confirmed."""
        asked = request.POST if request.method == "POST" else request.GET
        winner, loser = _person(asked.get("winner", "")), _person(asked.get("loser", ""))
        if request.method == "POST":
            return self._merge(request, winner, loser)
        if winner == loser:
            raise Http404
        low, high = sorted([winner.pk, loser.pk])
        candidate = DuplicateCandidate.objects.filter(low=low, high=high).first()
        context = self._side_by_side(request, winner, loser, candidate)
        context["swap"] = f"?winner={loser.pk}&loser={winner.pk}"
        return self.render(request, self.page_template, title=_title(winner, loser), obj=candidate, **context)

    def _merge(self, request: HttpRequest, winner: Influencer, loser: Influencer) -> HttpResponse:
        asked = request.POST.dict().items()
        keep = {name.removeprefix("keep_"): str(said) for name, said in asked if name.startswith("keep_")}
        try:
            merged = merging.merge(winner=winner, loser=loser, keep=keep, by=who(request), at=timezone.now())
        except DomainError as error:
            messages.error(request, say(error))
            return redirect(f"{self.url('compare')}?winner={winner.pk}&loser={loser.pk}")
        until = formats.date_format(timezone.localtime(merging.undoable_until(merged)), "DATE_FORMAT")
        messages.success(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                gettext("Merged. Everything known of both is here. Until %(day)s it can be taken apart again.")
                % {"day": until},
                reverse("admin:crm_merge_change", args=[merged.pk]),
                gettext("See the merge"),
            ),
        )
        return redirect("admin:crm_influencer_change", winner.pk)

    def _side_by_side(
        self, request: HttpRequest, winner: Influencer, loser: Influencer, candidate: DuplicateCandidate | None
    ) -> dict[str, Any]:
        at, with_addresses = timezone.now(), request.user.has_perm("crm.view_address")
        pair = [winner, loser]
        prefetch_related_objects(pair, Prefetch("accounts", SocialAccount.objects.telling_estimates()))
        standings = selectors.standings(pair, at=at)
        return {
            "winner": winner,
            "loser": loser,
            **_told_apart(winner, loser),
            "candidate": candidate,
            "reasons": words.reasons(candidate.reasons, with_addresses=with_addresses) if candidate else [],
            "lines": _lines(winner, loser),
            "people": [
                {
                    "person": person,
                    "name": name,
                    "accounts": selectors.by_size(person),
                    "addresses": list(person.addresses.order_by("pk")) if with_addresses else [],
                    "standing": words.MAY_WRITE[standings[person.pk].code],
                    "conversations": merging.described(person=person),
                    "vettings": selectors.vettings(person),
                }
                for person, name in zip(pair, _told_apart(winner, loser).values(), strict=True)
            ],
            "brings": words.consequences(_counts(loser)),
            "foretold": merging.foretold(winner=winner, loser=loser),
            "has_no": any(standings[person.pk].code == "no" for person in pair),
        }

    # What can be done -------------------------------------------------------------------------------------------------

    def dismiss(self, request: HttpRequest, obj: DuplicateCandidate) -> HttpResponse:
        return self.act(
            request,
            lambda: duplicates.dismiss(candidate=obj, by=who(request), at=timezone.now()),
            done=_("Noted: they are different people. The pair comes back only if something new speaks for it."),
            back=self.url("changelist"),
        )

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Whom to merge with a person."""
        person = _person(request.GET.get("person", ""))
        asked = request.GET.get("q", "").replace("\0", "").strip()
        others = Influencer.objects.exclude(pk=person.pk).defer(*_UNSHOWN).prefetch_related("accounts")
        found = others.matching(asked, with_addresses=request.user.has_perm("crm.view_address"), weights="A")
        people = list(found.order_by("sort_name", "pk")[:_FOUND]) if asked else []
        return self.render(
            request,
            "crm/duplicate_choose.html",
            title=_("Merge with…"),
            crumbs=[(person.name, reverse("admin:crm_influencer_change", args=[person.pk]))],
            person=person,
            asked=asked,
            people=[(other, selectors.by_size(other)) for other in people],
            is_cut=len(people) == _FOUND,
        )

    # The list -------------------------------------------------------------------------------------------------------

    @admin.display(description=_("profiles"))
    def who(self, pair: DuplicateCandidate) -> str:
        return f"{pair.low.name} · {pair.high.name}"

    @admin.display(description=_("what speaks for it"))
    def speaks_for_it(self, pair: DuplicateCandidate) -> str:
        # Addresses stand on the page of the pair, for those who may see them.
        said = words.reasons(pair.reasons, with_addresses=False)
        return format_html_join("", "<div>{}</div>", ((reason,) for reason in said))

    @admin.display(description=_("since"), ordering="found_at")
    def since(self, pair: DuplicateCandidate) -> str:
        exact = formats.date_format(timezone.localtime(pair.found_at), "DATETIME_FORMAT")
        return format_html('<span title="{}">{}</span>', exact, words.distance(pair.found_at, now=timezone.now()))


def _counts(person: Influencer) -> dict[str, int]:
    moving = (person.accounts.all(), person.addresses.all(), person.vettings.all(), person.activities.all())
    return {rows.model._meta.label_lower: rows.count() for rows in moving}


def _person(asked: str) -> Influencer:
    person = Influencer.objects.defer(*_UNSHOWN).filter(pk=asked_id(asked)).first()
    if person is None:
        raise Http404
    return person


def _told_apart(winner: Influencer, loser: Influencer) -> dict[str, str]:
    """What each is called here: of namesakes, with their largest account."""
    said = {"winner_name": winner, "loser_name": loser}
    if winner.sort_name != loser.sort_name:
        return {key: person.name for key, person in said.items()}
    handles = {key: [account.handle for account in selectors.by_size(person)[:1]] for key, person in said.items()}
    return {key: " · ".join([person.name, *handles[key]]) for key, person in said.items()}


def _title(winner: Influencer, loser: Influencer) -> str:
    return gettext("%(one)s and %(other)s: one person?") % {"one": winner.name, "other": loser.name}


def _lines(winner: Influencer, loser: Influencer) -> list[Line]:
    """Every field that either has something in, those that differ first."""
    different = {each.field: each for each in joining.differences(winner, loser)}
    lines = []
    for name in joining.FIELDS:
        said = {code: _shown(person, name) for code, person in (("winner", winner), ("loser", loser))}
        if each := different.get(name):
            texts = said | {"both": gettext("both")}
            order = [code for code in ("winner", "loser", "both") if code in each.choices]
            cells = tuple(Cell(code, texts[code], code == each.suggested) for code in order)
            lines.append(Line(name, words.field(name), cells, differs=True))
        elif said["winner"]:
            lines.append(
                Line(name, words.field(name), (Cell("", said["winner"]), Cell("", said["loser"])), differs=False)
            )
    return sorted(lines, key=lambda line: not line.differs)


def _shown(person: Influencer, name: str) -> str:
    if name == "topics":
        return ", ".join(sorted(map(str, person.topics.all())))
    value = getattr(person, name)
    if name == "kind":
        return person.get_kind_display()
    if name == "country":
        return words.country(value) if value else ""
    if name == "languages":
        return ", ".join(map(words.language, value))
    return ", ".join(value) if isinstance(value, list) else str(value or "")
