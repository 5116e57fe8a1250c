"""The texts that messages begin from: holes from a closed list, and how they look once filled."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, safe_next
from crm.errors import DomainError
from crm.handles import sort_key
from crm.words import language, reader, say
from outreach import rendering, versions, words
from outreach.admin import examples, trying
from outreach.models import MessageTemplate
from outreach.services import campaigns

_ADD, _CHANGE = "outreach.add_messagetemplate", "outreach.change_messagetemplate"
_CODE_LENGTH = 2  # languages with two letters: the others are hardly written to anybody


class TemplateForm(StaffForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy(
            "The same name in another language or form of address is the same text for other readers: "
            "each person gets theirs."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    register = forms.ChoiceField(
        label=gettext_lazy("Form of address"),
        choices=[choice for choice in MessageTemplate.Register.choices if choice[0] != versions.NEUTRAL],
        required=False,
        help_text=gettext_lazy("In languages that tell them apart: vous or tu. English and others have one."),
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 20}), max_length=rendering.MAX_TEMPLATE_BYTES
    )

    class Media:
        js = ["outreach/outreach.js"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["language"].choices = list(_offered().items())


class LanguageFilter(admin.SimpleListFilter):
    """By name: "French", not "fr". Only languages that something is written in."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        written = MessageTemplate.objects.order_by().values_list("language", flat=True).distinct()
        return sorted(((code, language(code)) for code in written), key=lambda pair: sort_key(pair[1]))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(language=self.value()) if self.value() else queryset


@admin.register(MessageTemplate)
class MessageTemplateAdmin(PageAdmin):
    list_display = ["name", "spoken", "addressed", "subject", "updated_at"]
    list_filter = [LanguageFilter]
    search_fields = ["name", "subject"]
    search_help_text = gettext_lazy("Search by name or subject")
    ordering = ["name", "language"]
    list_button = (gettext_lazy("Add a template"), "add", _ADD)
    list_links = [(gettext_lazy("Sequences"), "admin:outreach_sequence_changelist", "outreach.view_sequence")]
    empty_words = gettext_lazy(
        "A template is the text that first messages begin from: the same words for everybody, "
        "with the name, the reasons and the link of each person filled in."
    )
    page_template = "outreach/template.html"
    list_steps = {"add": _ADD, "values": "outreach.view_messagetemplate"}
    steps = {"edit": _CHANGE}

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def spoken(self, template: MessageTemplate) -> str:
        return language(template.language)

    @admin.display(description=gettext_lazy("form of address"), ordering="register")
    def addressed(self, template: MessageTemplate) -> str:
        return "—" if template.register == versions.NEUTRAL else template.get_register_display()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = {}
        if request.user.has_perm(_ADD) and not MessageTemplate.objects.exists():
            one, *others = examples.buttons()
            more = {"list_button": one, "list_links": others}
        return super().changelist_view(request, more | (extra_context or {}))

    def page(self, request: HttpRequest, obj: MessageTemplate) -> dict[str, Any]:
        trial = trying.read(request, language=obj.language, register=obj.register)
        problem, filled = "", None
        try:
            filled = rendering.fill(obj.subject, obj.body, trial.values)
        except DomainError as error:
            problem = say(error)
        used = rendering.named(obj.subject, obj.body)
        others = MessageTemplate.objects.filter(name=obj.name).exclude(pk=obj.pk).order_by("language", "register")
        return {
            "title": obj.name,
            "version": words.version(obj.language, obj.register),
            "others": [(self.page_url(one), words.version(one.language, one.register)) for one in others],
            "filled": filled,
            "problem": problem,
            "trial": trial,
            "holes": [h for h in trying.holes(trial.found, request.user.has_perm) if h["name"] in used],
        }

    def values(self, request: HttpRequest) -> HttpResponse:
        """What the holes say for whoever is chosen, for the preview while one types."""
        code, register = request.GET.get("language", ""), request.GET.get("register", "")
        trial = trying.read(request, language=code if code in _offered() else "", register=register)
        return JsonResponse(
            {
                "values": trial.values,
                "heading": trial.heading,
                "on": trial.outreach.pk if trial.outreach else None,
                "offered": [[one.pk, trying.label(one)] for one in trial.offered],
            }
        )

    def add(self, request: HttpRequest) -> HttpResponse:
        """A blank form, or one filled in with one of our examples (`example`: its language)."""
        example = examples.initial(request.GET.get("example", ""))
        form = TemplateForm(request.POST or None, initial=example or {"language": reader().language})
        back = safe_next(request, self.url("changelist"))
        return self._ask(
            request,
            form,
            save=lambda said: self._saved(request, campaigns.save_template(**said)),
            title=_("New template"),
            lead=_("This is our example. Change every word you like: nothing is stored until you save it.")
            if example
            else "",
            submit=_("Save the template"),
            back=back,
        )

    def edit(self, request: HttpRequest, obj: MessageTemplate) -> HttpResponse:
        given = {name: getattr(obj, name) for name in ("name", "language", "register", "subject", "body")}
        return self._ask(
            request,
            TemplateForm(request.POST or None, initial=given),
            save=lambda said: self.page_url(campaigns.save_template(**said, template=obj)),
            title=_("Change the template"),
            submit=_("Save"),
            crumbs=[(str(obj), self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _saved(self, request: HttpRequest, template: MessageTemplate) -> str:
        return safe_next(request, self.page_url(template))

    def _ask(self, request: HttpRequest, form: TemplateForm, **context: Any) -> HttpResponse:
        written, register = str(form["language"].value()), str(form["register"].value() or "")
        trial = trying.read(request, language=written if written in _offered() else "", register=register)
        context |= {
            "trial": trial,
            "values_address": self.url("values"),
            "holes": trying.holes(trial.found, request.user.has_perm),
            "values": trial.values,
            "sentences": rendering.SENTENCES,
        }
        return self.ask(request, form, template="outreach/template_form.html", **context)


def _offered() -> dict[str, str]:
    """The languages one may write in, by code: ours first, then the others by name."""
    ours = [code for code, _name in settings.LANGUAGES]
    known = {str(code) for code in reader().languages}
    short = (code for code in known - set(ours) if len(code) == _CODE_LENGTH)
    others = sorted(short, key=lambda code: sort_key(language(code)))
    return {code: language(code) for code in [*ours, *others]}
