"""Sequences: a first message and what follows while nobody answers, as steps to read, change and pause."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm
from crm.models import Platform
from crm.words import number
from outreach import selectors, words
from outreach.models import Enrolment, MessageTemplate, Sequence, Step
from outreach.services import limits, sequences
from outreach.services.sequences import DAYS, Part

_ADD, _CHANGE = "outreach.add_sequence", "outreach.change_sequence"
_SHOWN = 50  # of those it is under way with
_USUAL_DAYS = 5


class SequenceForm(StaffForm):
    """A name, and as many steps as may follow each other; a step without a text is none."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        texts = [(name, name) for name in selectors.text_names()]
        self.groups = [(_("Name"), ["name"])]
        for place in range(1, most + 1):
            self._add_step(place, texts)

    def _add_step(self, place: int, texts: list[tuple[str, str]]) -> None:
        least, most = DAYS
        nothing = [] if place == 1 else [("", _("None: the sequence ends before"))]
        made: dict[str, forms.Field] = {
            "text": forms.ChoiceField(label=_("Text"), choices=[*nothing, *texts], required=place == 1),
            "days": forms.IntegerField(
                label=_("Working days later"),
                min_value=least,
                max_value=most,
                initial=_USUAL_DAYS,
                required=False,
                help_text=_("After the step before, by the calendar of whoever reads it."),
            ),
            "channel": forms.ChoiceField(
                label=_("How"), choices=[(code, capfirst(label)) for code, label in Step.Channel.choices]
            ),
            "platform": forms.ChoiceField(
                label=_("Platform"),
                choices=[("", _("Their largest account")), *Platform.choices],
                required=False,
                help_text=_("For a message by hand."),
            ),
        }
        if place == 1:
            del made["days"]
        for name, field in made.items():
            self.fields[f"{name}_{place}"] = field
        title = _("First message") if place == 1 else _("Step %(place)s") % {"place": place}
        self.groups = [*self.groups, (title, [f"{name}_{place}" for name in made])]

    def parts(self) -> list[Part]:
        said = self.cleaned_data
        return [
            Part(
                said[f"text_{place}"],
                days=said.get(f"days_{place}") or 0,
                channel=said[f"channel_{place}"],
                # What was chosen for a message by hand says nothing of a mail.
                platform=said[f"platform_{place}"] if said[f"channel_{place}"] == Step.Channel.MANUAL else "",
            )
            for place in range(1, self.most + 1)
            if said[f"text_{place}"]
        ]


@admin.register(Sequence)
class SequenceAdmin(PageAdmin):
    list_display = ["name", "steps_in_words", "going_on", "over", "held"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Search by name")
    ordering = ["name"]
    list_button = (gettext_lazy("Add a sequence"), "add", _ADD)
    list_links = [
        (gettext_lazy("Templates"), "admin:outreach_messagetemplate_changelist", "outreach.view_messagetemplate")
    ]
    empty_words = gettext_lazy(
        "A sequence is a first message and what follows, days later, while nobody answers. "
        "It stops by itself as soon as they do. Each step begins from a text."
    )
    page_template = "outreach/sequence.html"
    list_steps = {"add": _ADD}
    steps = {"edit": _CHANGE, "pause": _CHANGE, "go_on": _CHANGE}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sequence]:
        running = Q(enrolments__state__in=["running", "paused"])
        return Sequence.objects.prefetch_related("steps").annotate(
            under_way=Count("enrolments", filter=running), ended=Count("enrolments", filter=~running)
        )

    @admin.display(description=gettext_lazy("steps"))
    def steps_in_words(self, sequence: Sequence) -> str:
        return " → ".join(step.template_name for step in _steps(sequence))

    @admin.display(description=gettext_lazy("under way"), ordering="under_way")
    def going_on(self, sequence: Any) -> str:
        return number(sequence.under_way)

    @admin.display(description=gettext_lazy("over"), ordering="ended")
    def over(self, sequence: Any) -> str:
        return number(sequence.ended)

    @admin.display(description=gettext_lazy("state"), ordering="is_paused")
    def held(self, sequence: Sequence) -> str:
        return _("paused") if sequence.is_paused else "—"

    def page(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        versions: dict[str, list[MessageTemplate]] = {}
        for template in MessageTemplate.objects.order_by("language", "register"):
            versions.setdefault(template.name, []).append(template)
        open_ones = obj.enrolments.filter(state__in=["running", "paused"])
        people = open_ones.select_related("outreach__influencer", "outreach__campaign").order_by("-since_at", "-pk")
        return {
            "title": obj.name,
            "line": [
                {
                    "step": step,
                    "when": words.step_when(step),
                    "way": words.step_way(step),
                    "versions": [
                        (one.pk, words.version(one.language, one.register))
                        for one in versions.get(step.template_name, [])
                    ],
                }
                for step in _steps(obj)
            ],
            "people": [(one, words.enrolment_state(one)) for one in people[:_SHOWN]],
        }

    # Written ---------------------------------------------------------------------------------------------------------

    def add(self, request: HttpRequest) -> HttpResponse:
        if not MessageTemplate.objects.exists():
            messages.info(request, _("Every step of a sequence begins from a text, and there is none yet."))
            return redirect("admin:outreach_messagetemplate_changelist")
        form = SequenceForm(request.POST or None, most=limits.current().steps)
        return self._ask(request, form, None, title=_("New sequence"), submit=_("Save the sequence"))

    def edit(self, request: HttpRequest, obj: Sequence) -> HttpResponse:
        steps = _steps(obj)
        given: dict[str, Any] = {"name": obj.name}
        for step in steps:
            place = step.position
            given |= {f"text_{place}": step.template_name, f"channel_{place}": step.channel}
            given |= {f"days_{place}": step.days, f"platform_{place}": step.platform}
        form = SequenceForm(request.POST or None, initial=given, most=max(limits.current().steps, len(steps)))
        crumbs = [(obj.name, self.page_url(obj))]
        return self._ask(request, form, obj, title=_("Change the sequence"), submit=_("Save"), crumbs=crumbs)

    def _ask(self, request: HttpRequest, form: SequenceForm, obj: Sequence | None, **context: Any) -> HttpResponse:
        return self.ask(
            request,
            form,
            save=lambda said: self.page_url(sequences.save(sequence=obj, name=said["name"], steps=form.parts())),
            lead=_(
                "A person reads and approves the first message. The others follow by themselves while nobody answers."
            ),
            back=self.page_url(obj) if obj else self.url("changelist"),
            **context,
        )

    # Paused ----------------------------------------------------------------------------------------------------------

    def pause(self, request: HttpRequest, obj: Any) -> HttpResponse:
        question = _("Until somebody lets it go on, no follow-up of “%(name)s” goes out. Nothing is taken back.")
        return self._turn(request, obj, is_paused=True, question=question, submit=_("Pause the sequence"))

    def go_on(self, request: HttpRequest, obj: Any) -> HttpResponse:
        question = _("“%(name)s” goes on. What is overdue gets a time anew, in the hours of whoever reads it.")
        return self._turn(request, obj, is_paused=False, question=question, submit=_("Let it go on"))

    def _turn(
        self, request: HttpRequest, obj: Sequence, *, is_paused: bool, question: str, submit: str
    ) -> HttpResponse:
        if request.method == "POST" and request.POST.get("confirmed"):
            return self.act(
                request,
                lambda: sequences.set_paused(sequence=obj, is_paused=is_paused),
                done=_("Paused.") if is_paused else _("It goes on."),
                back=self.page_url(obj),
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=submit,
            question=question % {"name": obj.name},
            submit=submit,
            crumbs=[(obj.name, self.page_url(obj))],
            back=self.page_url(obj),
        )


def _steps(sequence: Sequence) -> list[Step]:
    return sorted(sequence.steps.all(), key=lambda step: step.position)


def of(enrolment: Enrolment) -> list[Step]:
    return _steps(enrolment.sequence)
