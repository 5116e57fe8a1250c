"""Systems that tell of actions: how to set each up, what it sent last, and a test that counts nothing."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from crm.admin.base import PageAdmin, StaffForm
from crm.errors import DomainError
from crm.templatetags.causeway import ago
from crm.words import say
from outreach import words
from outreach.models import Campaign, Source
from outreach.services import sources
from outreach.services.sources import Said
from outreach.sources.registry import SOURCES

_ADD, _CHANGE = "outreach.add_source", "outreach.change_source"
_STATES = {"good": "success", "bad": "danger", "waiting": "info", "off": ""}
_SHOWN = 50


class SourceForm(StaffForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of source"), choices=Source.Kind.choices)
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        label=gettext_lazy("Campaign"),
        required=False,
        empty_label=gettext_lazy("None in particular"),
        help_text=gettext_lazy("What names no campaign of its own is told for this one."),
    )
    label = forms.CharField(
        label=gettext_lazy("Name in the ledger"),
        max_length=sources.LABEL_LIMIT,
        required=False,
        help_text=gettext_lazy(
            "For “Any page or tool” only, such as give.example.org: of the same action by another way it must be the "
            "same."
        ),
    )
    secret = forms.CharField(
        label=gettext_lazy("Signing secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    has_pixel = forms.BooleanField(
        label=gettext_lazy("It has a pixel"),
        required=False,
        help_text=gettext_lazy(
            "For pages without a back end. What it says is shown as unverified, and stands in no sum."
        ),
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["campaign"].queryset = Campaign.objects.order_by("-starts_date", "-pk")
        kept = _("Leave empty to keep the one that is known.")
        new = _("Kept sealed, and never shown again. Leave it empty where the source does not sign.")
        fields["secret"].help_text = kept if source and source.secret else new
        if source:
            fields["kind"].widget = forms.HiddenInput()
            if source.kind not in sources.OURS:
                fields["label"].widget = forms.HiddenInput()
            if SOURCES[source.kind].verify is None:
                fields["secret"].widget = forms.HiddenInput()


@admin.register(Source)
class SourceAdmin(PageAdmin):
    list_display = ["name", "kind", "state", "heard_at"]
    list_button = (gettext_lazy("Add a source"), "add", _ADD)
    list_title = gettext_lazy("Sources")
    empty_words = gettext_lazy(
        "Where do people give, sign or sign up? Add that system here: its page says step by step what to enter there, "
        "and its donations and signatures count by themselves."
    )
    ordering = ["name"]
    page_template = "outreach/source.html"
    list_steps = {"add": _ADD}
    steps = {"edit": _CHANGE, "test": _CHANGE, "listen": _CHANGE, "shut": _CHANGE, "renew": _CHANGE}

    @display(description=gettext_lazy("State"), label=_STATES)  # type: ignore[untyped-decorator]
    def state(self, source: Source) -> tuple[str, str]:
        return _state(source)

    @admin.display(description=gettext_lazy("last heard of"), ordering="last_at")
    def heard_at(self, source: Source) -> Any:
        return ago(source.last_at) if source.last_at else _("never")

    def page(self, request: HttpRequest, obj: Source) -> dict[str, Any]:
        may_change = request.user.has_perm(_CHANGE)
        newest = obj.events.select_related("conversion").order_by("-at", "-pk")[:_SHOWN]
        return {
            "title": obj.name,
            "state": _state(obj),
            "trouble": words.source_trouble(obj),
            "steps": words.steps(obj),
            # The address is a key: whoever may only read is not given it.
            "address": _address("source_hook", obj.kind, sources.hook_key(obj)) if may_change else "",
            "pixel": _address("pixel", sources.pixel_key(obj)) if may_change and obj.has_pixel else "",
            "needs_secret": SOURCES[obj.kind].always_signs and not obj.secret,
            "signs": SOURCES[obj.kind].verify is not None,
            "events": [
                (event, words.said_of(event), words.refusal(event.code) if event.code else "") for event in newest
            ],
            "may_change": may_change,
        }

    def add(self, request: HttpRequest) -> HttpResponse:
        form = SourceForm(request.POST or None)
        return self._ask(request, form, None, title=_("Add a source"), back=self.url("changelist"))

    def edit(self, request: HttpRequest, obj: Source) -> HttpResponse:
        known = {name: getattr(obj, name) for name in ("name", "kind", "campaign", "label", "has_pixel")}
        form = SourceForm(request.POST or None, initial=known, source=obj)
        crumbs = [(obj.name, self.page_url(obj))]
        return self._ask(request, form, obj, title=_("Change the source"), crumbs=crumbs, back=self.page_url(obj))

    def _ask(self, request: HttpRequest, form: SourceForm, obj: Source | None, **context: Any) -> HttpResponse:
        def save(said: dict[str, Any]) -> str:
            kept = sources.save(said=Said(**said), at=timezone.now(), source=obj)
            messages.success(request, _("The source is stored. Its page says what to enter there."))
            return self.page_url(kept)

        return self.ask(request, form, save=save, submit=_("Save the source"), **context)

    def test(self, request: HttpRequest, obj: Source) -> HttpResponse:
        """A message such as it sends is read, and counted nowhere."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            found = [words.would_count(event) for event in sources.try_out(source=obj)]
        except DomainError as error:
            messages.error(request, say(error))
        else:
            said = _("Such a message would be counted as: %(what)s. The test itself counted nothing.")
            messages.success(request, said % {"what": "; ".join(found)})
        return redirect(self.page_url(obj))

    def listen(self, request: HttpRequest, obj: Source) -> HttpResponse:
        done = _("The source is listened to from now on.")
        return self.act(request, lambda: sources.turn(source=obj, is_on=True), done=done, back=self.page_url(obj))

    def shut(self, request: HttpRequest, obj: Source) -> HttpResponse:
        done = _("Its address is shut: what it sends now is not taken.")
        return self.act(request, lambda: sources.turn(source=obj, is_on=False), done=done, back=self.page_url(obj))

    def renew(self, request: HttpRequest, obj: Source) -> HttpResponse:
        """After one question, its addresses are others."""
        if request.method == "POST":
            done = _("The address is a new one. Enter it at the source.")
            return self.act(request, lambda: sources.move(source=obj), done=done, back=self.page_url(obj))
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Give it a new address?"),
            crumbs=[(obj.name, self.page_url(obj))],
            question=_(
                "The old address, and that of its pixel, are shut at once. Nothing comes until the new one is entered."
            ),
            submit=_("New address"),
            kind="danger",
            back=self.page_url(obj),
        )


def _address(name: str, *args: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{reverse(name, args=args)}"


def _state(source: Source) -> tuple[str, str]:
    if not source.is_on:
        return "off", _("not listened to")
    if words.source_trouble(source):
        return "bad", _("last message refused")
    return ("good", _("is heard")) if source.last_at else ("waiting", _("waits for its first message"))
