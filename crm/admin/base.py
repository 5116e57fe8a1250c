"""The bases that every app's admin stands on: lists, reading pages, and the forms and actions that call one service."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ALL_VAR, ChangeList
from django.contrib.admin.widgets import get_select2_language
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from unfold.admin import ModelAdmin, TabularInline

from crm.admin.list_filters import FormFilter
from crm.admin.list_pages import CappedPaginator, told
from crm.errors import DomainError
from crm.models import User
from crm.selectors import counting
from crm.selectors.counting import counted, keys, only
from crm.words import say

# What Django's filters write behind the name of their field.
_ASKED_BY_FILTERS = ("", "__exact", "__id__exact", "__isnull")
_MAX_DIGITS = 18  # of an id: no table counts to more
_NUL = "\0"  # stands in no text that PostgreSQL keeps, and is an error in any question asked of it
_SEARCH = "admin/js/vendor/select2/select2.full.js"
# What a button says; where it leads: a step of this list, or the whole name of an address ("admin:…"); the permission.
Button = tuple[Any, str, str]


def who(request: HttpRequest) -> User:
    """Whoever is signed in: nothing of the staff interface opens for anybody else."""
    assert isinstance(request.user, User)
    return request.user


def asked_id(text: str) -> int:
    """The id that somebody wrote into an address; 0, which no row has, where it can be none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0


def safe_next(request: HttpRequest, default: str) -> str:
    """The staff page that `next`, in the form or in the address, says one came from; else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = wanted.startswith(reverse("admin:index")) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else default


def _meant(asked: QueryDict) -> QueryDict:
    """What asks something: not the filters that were left open, nor what no text of the database holds."""
    kept = QueryDict(mutable=True)
    for name, values in asked.lists():
        said = [value for value in values if _NUL not in value and (value or name == ALL_VAR)]
        if _NUL not in name and said:
            kept.setlist(name, said)
    return kept


def _in_the_reader_s_language(media: forms.Media) -> forms.Media:
    """The same scripts; where they search in lists of choices, with the words that they say to the reader.

    Unfold leaves those out. They stand between the search itself and what takes its jQuery out of reach.
    """
    language = get_select2_language()
    if not language or _SEARCH not in str(media):
        return media
    return media + forms.Media(js=[_SEARCH, f"admin/js/vendor/select2/i18n/{language}.js", "admin/js/jquery.init.js"])


class StaffForm(forms.Form):
    """A form in the house's looks (crm/form.html). `groups`: titles and the fields below each, in their order.
    `is_paired`: short fields, two beside each other where there is room.
    """

    groups: Sequence[tuple[Any, Sequence[str]]] = ()
    is_paired = False
    template_name_label = "crm/form_label.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)

    @property
    def media(self) -> forms.Media:
        return _in_the_reader_s_language(super().media)

    def grouped(self) -> list[tuple[Any, list[forms.BoundField]]]:
        if not self.groups:
            return [("", self.visible_fields())]
        return [(title, [self[name] for name in names]) for title, names in self.groups]


class StaffList(ChangeList):
    """A list whose filters say whom they leave out: `hidden`, sentences."""

    hidden: Sequence[str] = ()

    def get_filters(self, request: HttpRequest) -> Any:
        specs, *others = super().get_filters(request)
        self.hiding = [s for s in specs if isinstance(s, FormFilter) and s.hides(self.root_queryset) is not None]
        for spec in self.hiding:
            spec.is_waiting = True
        return (specs, *others)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Those whom all filters let through. Whom the others do is looked for once, and asked by each that hides."""
        rows = super().get_queryset(request, exclude_parameters)
        if self.hiding and rows.query.where and len(found := keys(rows)) <= counting.CAP:
            rows = only(rows, found)
        self.hidden = [said for spec in self.hiding if (said := self._hidden_by(spec, rows))]
        for spec in self.hiding:
            rows = spec.let_through(rows)
        return rows

    def _hidden_by(self, spec: FormFilter, rows: QuerySet[Any]) -> str:
        """By this filter alone: of those whom all others let through."""
        for other in self.hiding:
            if other is not spec:
                rows = other.let_through(rows)
        hides = spec.hides(rows)
        assert hides is not None
        count, has_more = counted(hides[0])
        return hides[1](count, told(count, has_more=has_more)) if count else ""


class StaffAdmin(ModelAdmin):  # type: ignore[misc]
    """A list of the staff interface. What a person may do there comes from their role."""

    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # each would count the whole table
    compressed_fields = True
    list_filter_submit = True
    list_title: Any = ""  # the list, as the side bar calls it; blank: the plural of its model
    change_list_template = "crm/change_list.html"
    list_button: Button | None = None  # the list's one primary button
    list_links: Sequence[Button] = ()  # quiet ones beside it
    empty_words: Any = ""  # where there is no row at all: what this place is for

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        kept = _meant(request.GET)
        if kept != request.GET:
            return redirect(f"{request.path}?{kept.urlencode()}".removesuffix("?"))
        primary = [self.list_button] if self.list_button else []
        more = {
            "title": self.list_name(),
            "list_button": next(iter(self._buttons(request, primary)), None),
            "list_links": self._buttons(request, self.list_links),
            "empty_words": self.empty_words,
        }
        return super().changelist_view(request, more | (extra_context or {}))  # type: ignore[no-any-return]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StaffList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the filters of this list ask, whether they or a link of ours wrote the address.

        Django takes any field: what no page shows, such as the hash of a password, could be guessed letter by letter.
        """
        asked: set[str] = set()
        for each in self.get_list_filter(request):
            if isinstance(each, type) and issubclass(each, FormFilter):
                asked.update(each.parameters())
                continue
            name = each[0] if isinstance(each, (list, tuple)) else getattr(each, "parameter_name", each)
            asked.update(f"{name}{end}" for end in _ASKED_BY_FILTERS)
        return lookup in asked

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Of a list, ordered and with no NUL left in its words; or of choices that a form looks up, where it may be."""
        found, has_doubles = super().get_search_results(request, queryset, search_term.replace(_NUL, ""))
        return (found if found.ordered else found.order_by(*self.get_ordering(request))), has_doubles

    @property
    def media(self) -> forms.Media:
        return _in_the_reader_s_language(super().media)

    def list_name(self) -> str:
        return str(self.list_title or capfirst(self.model._meta.verbose_name_plural))

    def _buttons(self, request: HttpRequest, buttons: Sequence[Button]) -> list[dict[str, Any]]:
        """Those that this person may press."""
        return [
            {"label": label, "address": reverse(step) if ":" in step else self.url(step)}
            for label, step, permission in buttons
            if request.user.has_perm(permission)
        ]

    def render(self, request: HttpRequest, template: str, *, title: Any, **context: Any) -> HttpResponse:
        """A page of this admin. `crumbs` lead to it: pairs of a title and an address, the list first."""
        opts = self.model._meta
        crumbs = [(self.list_name(), self.url("changelist")), *context.pop("crumbs", [])]
        more = {"opts": opts, "title": title, "crumbs": crumbs, **context}
        return TemplateResponse(request, template, self.admin_site.each_context(request) | more)

    def url(self, page: str, *args: Any) -> str:
        opts = self.model._meta
        return reverse(f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_{page}", args=args)

    def ask(
        self,
        request: HttpRequest,
        form: forms.Form,
        *,
        save: Callable[[dict[str, Any]], str],
        title: Any,
        submit: Any,
        template: str = "crm/form.html",
        **context: Any,
    ) -> HttpResponse:
        """Show a form, and hand what was filled in to `save`, which calls one service and answers where to go next.

        What a service refuses is said above the form, which keeps what was typed.
        """
        if request.method == "POST" and form.is_valid():
            try:
                return redirect(save(form.cleaned_data))
            except DomainError as error:
                form.add_error(None, say(error))
        return self.render(request, template, title=title, form=form, submit=submit, **context)

    def act(self, request: HttpRequest, do: Callable[[], object], *, done: Any, back: str) -> HttpResponse:
        """Do something that needs no form, on POST only, and say on the next page what came of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            do()
        except DomainError as error:
            messages.error(request, say(error))
        else:
            messages.success(request, str(done))
        return redirect(back)


class ReadOnlyAdmin(StaffAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PageAdmin(ReadOnlyAdmin):
    """Rows that open as a page to read; what one may do there are steps, each with an address and a permission.

    `steps` and `list_steps` map the name of a method, which is also the end of its address, to the permission it takes:
    the former are called with (request, obj), the latter with (request).
    """

    page_template = ""
    steps: Mapping[str, str] = {}
    list_steps: Mapping[str, str] = {}

    def page(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What the page shows beside `obj` itself."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        info = f"{self.model._meta.app_label}_{self.model._meta.model_name}"
        view = self.admin_site.admin_view
        own = [
            path(f"{name}/", view(partial(self._list_step, name)), name=f"{info}_{name}") for name in self.list_steps
        ]
        own += [
            path(f"<int:pk>/{name}/", view(partial(self._step, name)), name=f"{info}_{name}") for name in self.steps
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.model._meta, object_id)  # type: ignore[no-any-return]
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return self.show(request, obj)

    def show(self, request: HttpRequest, obj: Any) -> HttpResponse:
        context = {"title": str(obj), "obj": obj} | self.page(request, obj)
        return self.render(request, self.page_template, **context)

    def page_url(self, obj: Any) -> str:
        return self.url("change", obj.pk)

    def _list_step(self, name: str, request: HttpRequest) -> HttpResponse:
        self._require(request, self.list_steps[name])
        return getattr(self, name)(request)  # type: ignore[no-any-return]

    def _step(self, name: str, request: HttpRequest, pk: int) -> HttpResponse:
        self._require(request, self.steps[name])
        return getattr(self, name)(request, get_object_or_404(self.get_queryset(request), pk=pk))  # type: ignore[no-any-return]

    def _require(self, request: HttpRequest, permission: str) -> None:
        if not request.user.has_perm(permission):
            raise PermissionDenied


class ReadOnlyInline(TabularInline):  # type: ignore[misc]
    extra = 0
    can_delete = False
    tab = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
