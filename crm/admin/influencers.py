"""People, brands and agencies: the list, and the page that says who somebody is and whether we should write to them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.db.models import F, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm import selectors, words
from crm.admin import portraits
from crm.admin.base import StaffList, asked_id, safe_next, who
from crm.admin.data_rights import DataRights
from crm.admin.people_filters import (
    FILTERS,
)
from crm.admin.people_views import WithViews
from crm.admin.profile_forms import AddForm, AddressForm, ProfileForm, VetForm
from crm.admin.representations import WithRepresentations
from crm.models import Address, Cause, Influencer, InfluencerAlias, Merge, SocialAccount, Suppression
from crm.models.searching import last_contact
from crm.selectors.counting import sorted_whole
from crm.services import addresses, influencers, vetting

_CHANGE = "crm.change_influencer"
_VET = "crm.add_vettingcheck"
_BY_HAND = "by hand"
_CAUSES = 12
_FOUND = 8
_LOOKS = {"yes": "good", "agent": "good", "by_hand": "warn", "no": "bad", "nowhere": "bad"}


# Beside the column that one sorts by, what else makes an order that an index has: (column, the rest).
_ORDERS: dict[str, tuple[str, ...]] = {"country": ("sort_name",)}


class People(StaffList):
    """The list, with whether one may write to those on this page."""

    @property
    def find_address(self) -> str:
        """Where the search asks while one types."""
        return str(self.model_admin.url("find"))  # type: ignore[attr-defined]

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Influencer]) -> list[Any]:
        """By one column, and where that is equal by name or the newest first: in an order that an index has."""
        asked = super().get_ordering(request, queryset)
        if not self.params.get(ORDER_VAR):
            return asked
        first: Any = asked[0]
        if not isinstance(first, str):
            return [first, F("pk").desc() if first.descending else F("pk").asc()]
        sign, column = ("-", first[1:]) if first.startswith("-") else ("", first)
        return [first, *(f"{sign}{name}" for name in (*_ORDERS.get(column, ()), "pk"))]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        people = list(self.result_list)
        found = selectors.standings(people, at=timezone.now())
        for person in people:
            person.standing = found[person.pk]
        self.result_list = people


@admin.register(Influencer)
class InfluencerAdmin(WithViews, WithRepresentations, DataRights):
    list_display = ["called", "platforms", "place", "subjects", "last_contact", "may_write"]
    list_filter = FILTERS
    list_button = (_("Import profiles"), "admin:crm_importbatch_upload", "crm.add_importbatch")
    list_links = [
        (_("One person or two?"), "admin:crm_duplicatecandidate_changelist", "crm.view_duplicatecandidate"),
        (_("Add by hand"), "add", "crm.add_influencer"),
    ]
    empty_words = _("Here stand the people you know. Import a list of profiles, and they can be ranked for a cause.")
    search_fields = ["search_text"]
    search_help_text = _("Search by name, handle, e-mail or words")
    ordering = ["sort_name", "pk"]
    page_template = "crm/influencer.html"
    list_steps = {"add": "crm.add_influencer", "find": "crm.view_influencer", **WithViews.list_steps}
    steps = {
        "edit": _CHANGE,
        "address": "crm.change_address",
        "vet": _VET,
        "suppress": "crm.add_suppression",
        **WithRepresentations.steps,
        **DataRights.steps,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Influencer]:
        people = Influencer.objects.defer("search", "search_text")
        return people.prefetch_related(_accounts(), "addresses", "topics")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return People

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Influencer], search_term: str
    ) -> tuple[QuerySet[Influencer], bool]:
        people: Any
        people, has_doubles = super().get_search_results(request, queryset, "")  # in the order of the list
        if not search_term.strip():
            return people, has_doubles
        people = people.matching(search_term, with_addresses=request.user.has_perm("crm.view_address"))
        # Half of all people have a word that begins with one letter: along the order a page of them is soon full.
        return (sorted_whole(people) if len(search_term.strip()) > 1 else people), has_doubles

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, self.tabs(request) | (extra_context or {}))

    def find(self, request: HttpRequest) -> HttpResponse:
        """The first few whose name or handle begins like this, or their address; while one types."""
        asked, may_see = request.GET.get(SEARCH_VAR, "").replace("\0", ""), request.user.has_perm("crm.view_address")
        people = Influencer.objects.defer("search", "search_text").prefetch_related(_accounts())
        found = list(people.suggested(asked, with_addresses=may_see, number=_FOUND))
        for person in found:
            person.account = next(iter(selectors.by_size(person)), None)  # type: ignore[attr-defined]
        return TemplateResponse(request, "crm/people_found.html", {"people": found})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of a profile that was merged leads to that of the person."""
        alias = InfluencerAlias.objects.filter(number=asked_id(object_id)).first()
        if alias and request.user.has_perm("crm.view_influencer"):
            return redirect(self.url("change", alias.influencer_id))
        return super().change_view(request, object_id, form_url, extra_context)

    # The page -------------------------------------------------------------------------------------------------------

    def page(self, request: HttpRequest, obj: Influencer) -> dict[str, Any]:
        now = timezone.now()
        standing = selectors.standings([obj], at=now)[obj.pk]
        verdicts = selectors.vettings(obj)
        cause = _cause_asked(request)
        unvetted = Cause.objects.exclude(pk__in=[v.cause_id for v in verdicts]).order_by("name", "pk")[:_CAUSES]
        has_causes = bool(verdicts or unvetted)
        return {
            **portraits.portrait(obj, at=now, post=asked_id(request.GET.get("post", ""))),
            **portraits.history(request, obj),
            **portraits.next_step(request, obj, standing=standing, verdicts=verdicts, has_causes=has_causes),
            "merges": Merge.objects.standing().remembered().filter(winner=obj).only("pk").order_by("-pk")[:1],
            "topics": sorted(map(str, obj.topics.all())),
            "standing": standing,
            "standing_label": words.MAY_WRITE[standing.code][0],
            "standing_look": _LOOKS[standing.code],
            "standing_why": words.may_write(standing.code, []),
            "addresses": [(known, words.OBJECTIONS.get(known.objection, "")) for known in standing.addresses],
            **selectors.representation(obj),
            "vettings": verdicts,
            "asked": cause,
            "asked_verdict": next((check for check in verdicts if check.cause == cause), None),
            "vet_form": self._vet_form(request, cause) if cause else None,
            "unvetted": unvetted,
            "has_causes": has_causes,
        }

    # What can be done -------------------------------------------------------------------------------------------------

    def add(self, request: HttpRequest) -> HttpResponse:
        form = AddForm(request.POST or None)
        return self.ask(
            request,
            form,
            save=lambda _said: self._add(request, form),
            title=_("Add somebody by hand"),
            submit=_("Add"),
            back=self.url("changelist"),
        )

    def _add(self, request: HttpRequest, form: AddForm) -> str:
        stored = influencers.store(row=form.profile(), source=_BY_HAND, at=timezone.now(), by=who(request))
        if stored.verdict != "created":
            messages.info(request, gettext("We knew them already. What you wrote was added to their profile."))
        return self.page_url(stored.influencer)

    def edit(self, request: HttpRequest, obj: Influencer) -> HttpResponse:
        form = ProfileForm(request.POST or None, person=obj, may_address=request.user.has_perm("crm.add_address"))
        return self._ask_about(
            request, obj, form, lambda _said: self._edit(request, obj, form), title=_("Edit the profile")
        )

    def _edit(self, request: HttpRequest, person: Influencer, form: ProfileForm) -> str:
        influencers.change(
            influencer=person,
            profile=form.profile(),
            register=form.cleaned_data["register"],
            source=_BY_HAND,
            at=timezone.now(),
            by=who(request),
        )
        return self.page_url(person)

    def address(self, request: HttpRequest, obj: Influencer) -> HttpResponse:
        address = _address_asked(request, obj)
        known = {name: getattr(address, name) for name in ("kind", "basis", "source", "source_url")}
        return self._ask_about(
            request,
            obj,
            AddressForm(request.POST or None, initial=known),
            lambda said: self._address(request, obj, address, said),
            title=_("What we know about the address"),
            lead=address.email,
        )

    def _address(self, request: HttpRequest, person: Influencer, address: Address, said: dict[str, Any]) -> str:
        addresses.correct(address=address, **said, by=who(request), at=timezone.now())
        return self.page_url(person)

    def vet(self, request: HttpRequest, obj: Influencer) -> HttpResponse:
        form = self._vet_form(request, _cause_asked(request))
        return self._ask_about(
            request,
            obj,
            form,
            lambda said: self._vet(request, obj, **said),
            title=_("Vet for a cause"),
            submit=_("Save the verdict"),
            lead=_("Nothing is sent to somebody before a person has looked at them for this cause."),
        )

    def _vet_form(self, request: HttpRequest, cause: Cause | None) -> VetForm:
        return VetForm(request.POST or None, initial={"cause": cause, "next": request.GET.get("next", "")})

    def _vet(self, request: HttpRequest, person: Influencer, *, next: str, **said: Any) -> str:
        check = vetting.answer(influencer=person, **said, by=who(request), at=timezone.now())
        noted = {"name": person.name, "cause": check.cause.name, "verdict": check.get_verdict_display()}
        messages.success(request, gettext("Noted for %(cause)s: %(name)s is %(verdict)s.") % noted)
        return safe_next(request, f"{self.page_url(person)}?cause={check.cause_id}")

    def suppress(self, request: HttpRequest, obj: Influencer) -> HttpResponse:
        back = self.page_url(obj)
        if request.method == "POST":
            return self.act(
                request,
                lambda: addresses.suppress_person(
                    influencer=obj,
                    reason=Suppression.Reason.DECLINED,
                    at=timezone.now(),
                    by=who(request),
                ),
                done=_("Noted. Nothing goes out to them any more."),
                back=back,
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("They asked not to be written to?"),
            crumbs=[(obj.name, back)],
            question=_("No message goes to any of their addresses or accounts again. This cannot be undone."),
            submit=_("Write to them no more"),
            kind="danger",
            back=back,
        )

    def _ask_about(self, request: HttpRequest, obj: Influencer, form: Any, save: Any, **context: Any) -> HttpResponse:
        """A form on the way from a person's page and back to it."""
        back = self.page_url(obj)
        given: dict[str, Any] = {"submit": _("Save"), "back": back, "crumbs": [(obj.name, back)]} | context
        return self.ask(request, form, save=save, **given)

    # The list -------------------------------------------------------------------------------------------------------

    @admin.display(description=_("name"), ordering="sort_name")
    def called(self, person: Influencer) -> str:
        return person.name

    @admin.display(description=_("accounts"), ordering="-size")
    def platforms(self, person: Influencer) -> str:
        badges = (
            format_html('<span class="cw-badge">{} · {}</span>', a.get_platform_display(), words.followers(a))
            for a in selectors.by_size(person)
        )
        return format_html(
            '<div class="cw-badges">{}</div>', format_html_join("", "{}", ((badge,) for badge in badges))
        )

    @admin.display(description=_("languages and country"), ordering="country")
    def place(self, person: Influencer) -> str:
        return " · ".join(filter(None, [", ".join(map(words.language, person.languages)), _country(person)]))

    @admin.display(description=_("topics"))
    def subjects(self, person: Influencer) -> str:
        return ", ".join(sorted(map(str, person.topics.all())))

    @admin.display(description=_("last contact"), ordering=last_contact().desc())
    def last_contact(self, person: Influencer) -> str:
        at = person.last_contacted_at
        if at is None:
            return str(_("never"))
        exact = formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")
        return format_html('<span title="{}">{}</span>', exact, words.distance(at, now=timezone.now()))

    @admin.display(description=_("may we write?"))
    def may_write(self, person: Influencer) -> str:
        standing: selectors.Standing = person.standing  # type: ignore[attr-defined]
        why = words.may_write(standing.code, standing.objections)
        look, label = _LOOKS[standing.code], words.MAY_WRITE[standing.code][0]
        return format_html('<span class="cw-badge cw-badge--{}" title="{}">{}</span>', look, why, label)


def _accounts() -> "Prefetch[str, QuerySet[SocialAccount], str]":
    return Prefetch("accounts", SocialAccount.objects.telling_estimates())


def _country(person: Influencer) -> str:
    return words.country(person.country) if person.country else ""


def _cause_asked(request: HttpRequest) -> Cause | None:
    return Cause.objects.filter(pk=asked_id(request.GET.get("cause", ""))).first()


def _address_asked(request: HttpRequest, person: Influencer) -> Address:
    asked = request.GET.get("address", "")
    for address in person.addresses.all():
        if str(address.pk) == asked:
            return address
    raise Http404
