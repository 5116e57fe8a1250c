"""Sequences in words: their steps, and why one under way stands still."""

from collections.abc import Mapping

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.models import Platform
from outreach.models import Enrolment, Step
from outreach.words.messages import message_reason

_WHY: Mapping[str, str | Promise] = {
    "paused_by_staff": gettext_lazy("paused by staff"),
    "stopped_by_staff": gettext_lazy("stopped by staff"),
    "unwritten": gettext_lazy("its text could not be filled in for them: write it by hand"),
    "nobody_signs": gettext_lazy("whoever began it has left: somebody has to take it up"),
    "cancelled": gettext_lazy("its message was taken back"),
    "conversation_paused": gettext_lazy("the conversation was paused"),
    "they_declined": gettext_lazy("they declined"),
    "no_answer": gettext_lazy("the conversation was closed without an answer"),
    "conflict": gettext_lazy("a conflict of interest was noted"),
    "out_of_office": gettext_lazy("they are away"),
    "reply_unclear": gettext_lazy("they wrote, and a person has to look"),
}


def enrolment_reason(code: str) -> str:
    return str(_WHY[code]) if code in _WHY else message_reason(code)


def enrolment_state(enrolment: Enrolment) -> str:
    """ "paused: they are away, until 4 December"."""
    said = str(enrolment.get_state_display())
    if enrolment.reason:
        said = _("%(state)s: %(why)s") % {"state": said, "why": enrolment_reason(enrolment.reason)}
    if enrolment.resumes_date:
        day = formats.date_format(enrolment.resumes_date)
        said = _("%(state)s; goes on after %(day)s") % {"state": said, "day": day}
    return said


def step_when(step: Step) -> str:
    """ "3 working days later"."""
    if step.position == 1:
        return _("first, once a person has approved it")
    return ngettext("%(number)s working day later", "%(number)s working days later", step.days) % {"number": step.days}


def step_way(step: Step) -> str:
    if step.channel == Step.Channel.EMAIL:
        return _("by e-mail")
    if step.platform:
        return _("by hand, on %(platform)s") % {"platform": Platform(step.platform).label}
    return _("by hand, on their largest account")
