"""Replies as the inbox tells of them: what each is, who says so, and what came along with it."""

from collections.abc import Mapping

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import User
from crm.words import percent
from outreach.models import InboundMessage
from outreach.replies.attachments import UNKNOWN

# The tabs of the inbox, in their order.
TABS: Mapping[str, str | Promise] = {
    "open": gettext_lazy("To answer"),
    "mine": gettext_lazy("Mine"),
    "snoozed": gettext_lazy("Snoozed"),
    "done": gettext_lazy("Done"),
    "unmatched": gettext_lazy("Not matched"),
}
# Where nothing lies in one of them.
EMPTY: Mapping[str, str | Promise] = {
    "open": gettext_lazy("Nothing to answer. What comes in stands here until somebody has seen to it."),
    "mine": gettext_lazy("Nothing of yours to answer."),
    "snoozed": gettext_lazy("Nothing is snoozed. What you put off comes back here by itself, on its day."),
    "done": gettext_lazy("Nothing is done yet."),
    "unmatched": gettext_lazy("Of each reply we know which conversation it belongs to."),
}

_TYPES: Mapping[str, str | Promise] = {
    "application/pdf": "PDF",
    "application/rtf": gettext_lazy("text document"),
    "application/msword": gettext_lazy("text document"),
    "application/vnd.oasis.opendocument.text": gettext_lazy("text document"),
    "application/vnd.oasis.opendocument.spreadsheet": gettext_lazy("spreadsheet"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": gettext_lazy("text document"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": gettext_lazy("spreadsheet"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": gettext_lazy("presentation"),
    "application/x-ole-storage": gettext_lazy("older Office document, which may hold macros"),
    "application/x-msdownload": gettext_lazy("program"),
    "application/x-executable": gettext_lazy("program"),
    "application/x-mach-binary": gettext_lazy("program"),
    "application/zip": gettext_lazy("archive"),
    "application/gzip": gettext_lazy("archive"),
    "application/vnd.rar": gettext_lazy("archive"),
    "application/x-7z-compressed": gettext_lazy("archive"),
    "application/ms-tnef": gettext_lazy("Outlook parcel"),
    "image/svg+xml": gettext_lazy("drawing, which may hold programs"),
    "message/rfc822": gettext_lazy("e-mail"),
    "text/html": gettext_lazy("web page"),
    "text/plain": gettext_lazy("plain text"),
    "text/x-script": gettext_lazy("script"),
    UNKNOWN: gettext_lazy("unknown kind"),
}
_FAMILIES: Mapping[str, str | Promise] = {
    "image": gettext_lazy("picture"),
    "audio": gettext_lazy("sound"),
    "video": gettext_lazy("video"),
}


def reply_kind(code: str) -> str:
    return str(dict(InboundMessage.Kind.choices).get(code, code))


def reply_badge(reply: InboundMessage) -> str:
    """ "Question"; "Unsure" where neither the rules nor a person knows."""
    return _("Unsure") if reply.is_unsure else str(capfirst(reply_kind(reply.what)))


def reply_told_by(reply: InboundMessage) -> str:
    """Who says so: the rules, and how sure they are, or somebody of the team. Asked for with `confirmed_by`."""
    if reply.confirmed_kind:
        by = reply.confirmed_by.called if reply.confirmed_by else _("somebody who left")
        return _("confirmed by %(name)s") % {"name": by}
    if reply.is_unsure:
        return _("somebody has to read it")
    if reply.read_by == "headers":
        return _("suggested: its headers say so")
    if reply.read_by == "words":
        return _("suggested: its words say so")
    return _("suggested, %(share)s sure") % {"share": percent(reply.confidence)}


def file_type(code: str) -> str:
    """ "PDF", "picture (PNG)", "archive"; the code itself where no word is known."""
    if code in _TYPES:
        return str(_TYPES[code])
    family, _slash, kind = code.partition("/")
    if family in _FAMILIES:
        return f"{_FAMILIES[family]} ({kind.upper()})"
    return _("Office document with macros") if "macroenabled" in code.lower() else code or str(_TYPES[UNKNOWN])


def writer(reply: InboundMessage) -> str:
    """Whom the conversation is with; else who wrote, by name or by address."""
    person = reply.outreach.influencer if reply.outreach else reply.influencer
    if reply.outreach and person is None:
        return _("Erased person")
    return person.name if person else reply.from_name or reply.from_address or _("Somebody without a name")


def owner_of(reply: InboundMessage) -> User | None:
    """Who looks after it: after the reply itself, or else after the conversation."""
    return reply.owner or (reply.outreach.owner if reply.outreach else None)


def back_at(reply: InboundMessage) -> str:
    """When what was put off comes back."""
    assert reply.snoozed_until
    at = formats.date_format(timezone.localtime(reply.snoozed_until), "SHORT_DATETIME_FORMAT")
    return _("back on %(day)s") % {"day": at}
