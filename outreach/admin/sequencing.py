"""A sequence in one conversation: what is to come and when, and how it is begun, paused, taken up again, stopped."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, who
from outreach import words
from outreach.admin import sequences as pages
from outreach.models import Enrolment, Message, Outreach, Sequence
from outreach.services import enrolments, followups, sequences

_ADD, _CHANGE = "outreach.add_enrolment", "outreach.change_enrolment"


class SequenceChoice(StaffForm):
    sequence = forms.ModelChoiceField(
        Sequence.objects.order_by("name"), label=gettext_lazy("Sequence"), empty_label=None
    )


def of(outreach: Outreach) -> Enrolment | None:
    found = Enrolment.objects.filter(outreach=outreach).select_related("sequence", "outreach__influencer")
    return found.prefetch_related("sequence__steps").first()


def shown(request: HttpRequest, outreach: Outreach, thread: list[Message]) -> dict[str, Any]:
    """The card of the conversation's page."""
    enrolment, may = of(outreach), request.user.has_perm
    is_open = outreach.influencer is not None and outreach.stage in enrolments.OPEN
    if enrolment is None:
        offers = is_open and may(_ADD) and Sequence.objects.exists()
        return {"enrolment": None, "may_enrol": offers}
    newest = {message.reference: message for message in thread if message.purpose == Message.Purpose.PARTNERSHIP}
    state = enrolment.state
    return {
        "enrolment": enrolment,
        "state": words.enrolment_state(enrolment),
        "is_held": enrolment.sequence.is_paused and state == Enrolment.State.RUNNING,
        "line": [
            {
                "step": step,
                "when": words.step_when(step),
                "way": words.step_way(step),
                "message": newest.get(_reference(outreach, step.position)),
            }
            for step in pages.of(enrolment)
        ],
        "may_pause": may(_CHANGE) and state == Enrolment.State.RUNNING,
        "may_go_on": may(_CHANGE) and state == Enrolment.State.PAUSED and is_open,
        "may_stop": may(_CHANGE) and state in {Enrolment.State.RUNNING, Enrolment.State.PAUSED},
    }


def _reference(outreach: Outreach, position: int) -> str:
    return enrolments.reference(Enrolment(outreach_id=outreach.pk, position=position))


class Sequencing(PageAdmin):
    """These steps of the admin of conversations."""

    steps = {"enrol": _ADD, "sequence_pause": _CHANGE, "sequence_go_on": _CHANGE, "sequence_stop": _CHANGE}

    def enrol(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        name = str(obj.influencer or "")
        return self.ask(
            request,
            SequenceChoice(request.POST or None),
            save=lambda said: self._enrolled(request, obj, said["sequence"]),
            title=_("Begin a sequence with %(name)s") % {"name": name},
            submit=_("Begin the sequence"),
            lead=_(
                "Its first message is drafted for you to read and approve. What was written here already is its first."
            ),
            crumbs=[(name, self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _enrolled(self, request: HttpRequest, obj: Outreach, sequence: Sequence) -> str:
        sequences.enrol(outreach=obj, sequence=sequence, by=who(request), at=timezone.now())
        messages.success(request, _("The sequence is begun."))
        return self.page_url(obj)

    def sequence_pause(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        said = {"reason": "paused_by_staff", "by": who(request), "at": timezone.now()}
        return self._do(request, obj, sequences.pause, said, done=_("Paused: no follow-up goes out."))

    def sequence_go_on(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        said = {"by": who(request), "at": timezone.now()}
        return self._do(request, obj, sequences.resume, said, done=_("It goes on within a minute."))

    def sequence_stop(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        said = {"by": who(request), "at": timezone.now()}
        return self._do(request, obj, sequences.stop, said, done=_("Stopped: nothing more of it goes out."))

    def _do(self, request: HttpRequest, obj: Outreach, do: Any, said: dict[str, Any], *, done: str) -> HttpResponse:
        enrolment = of(obj)
        back = self.page_url(obj)
        return self.act(request, lambda: do(enrolment=enrolment, **said) if enrolment else None, done=done, back=back)


def waits_for_words(outreach: Outreach) -> bool:
    return followups.waits_for_words(of(outreach))
