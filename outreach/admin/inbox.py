"""The inbox: who answered, and what do they want? What has to be done first comes first; one page each."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import who
from crm.templatetags.causeway import ago
from outreach import words
from outreach.admin import inbox_filters as filters
from outreach.admin.answering import Answering
from outreach.admin.letters import Letters
from outreach.models import InboundMessage

_LINE = 140  # characters of what they say
_GREETING = 30  # a first line up to so long, with a comma at its end, says nothing yet

_LOOKS = {"interested": "good", "fee": "warn", "declines": "bad", "unsubscribe": "bad", "complaint": "bad"}


@admin.register(InboundMessage)
class InboxAdmin(Answering, Letters):
    list_display = ["person", "says", "what", "campaign", "age", "looked_after_by"]
    list_select_related = ["outreach__influencer", "outreach__campaign", "outreach__owner", "influencer", "owner"]
    list_filter = [
        filters.DeskFilter,
        filters.ReplyKindFilter,
        filters.CampaignFilter,
        filters.ReplyOwnerFilter,
    ]
    list_title = gettext_lazy("Inbox")
    change_list_template = "outreach/inbox.html"
    search_fields = ["from_name", "from_address", "influencer__name", "outreach__influencer__name", "subject", "said"]
    search_help_text = gettext_lazy("Search by person, address, subject or words")
    steps = Answering.steps | Letters.steps

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundMessage]:
        rows = InboundMessage.objects.select_related(
            "outreach__influencer",
            "outreach__campaign__cause",
            "outreach__owner",
            "influencer",
            "owner",
            "confirmed_by",
        )
        return rows.defer("raw", "text").with_urgency()

    def get_ordering(self, request: HttpRequest) -> Any:
        return filters.ORDERS.get(filters.asked_tab(request.GET), ("urgency", "received_at", "pk"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        tab = filters.asked_tab(request.GET)
        counts = filters.counts(me=who(request))
        more = {
            "inbox_tabs": [(name, title, counts[name], name == tab) for name, title in words.TABS.items()],
            "tab_empty": words.EMPTY[tab],
            "may_change": request.user.has_perm("outreach.change_inboundmessage"),
        }
        return super().changelist_view(request, more | (extra_context or {}))

    @admin.display(description=gettext_lazy("who"))
    def person(self, reply: InboundMessage) -> str | SafeString:
        name = words.writer(reply)
        if reply.outreach_id and reply.from_name and reply.from_name != name:
            via = _("by %(name)s") % {"name": reply.from_name}
            return format_html('{}<span class="cw-origin">{}</span>', name, via)
        if reply.from_address and reply.from_address != name and not reply.outreach_id:
            return format_html('{}<span class="cw-origin">{}</span>', name, reply.from_address)
        return name

    @admin.display(description=gettext_lazy("what they say"))
    def says(self, reply: InboundMessage) -> SafeString:
        lines = [line for each in (reply.said or reply.subject).splitlines() if (line := each.strip())]
        if len(lines) > 1 and len(lines[0]) <= _GREETING and lines[0].endswith((",", "!")):
            lines = lines[1:]
        return format_html('<span class="cw-says">{}</span>', truncatechars(" ".join(lines) or "—", _LINE))

    @admin.display(description=gettext_lazy("what it is"))
    def what(self, reply: InboundMessage) -> SafeString:
        look = "warn" if reply.is_unsure else _LOOKS.get(reply.what, "")
        return format_html(
            '<span class="cw-badge cw-badge--{}">{}</span><span class="cw-origin">{}</span>',
            look,
            words.reply_badge(reply),
            words.reply_told_by(reply),
        )

    @admin.display(description=gettext_lazy("campaign"))
    def campaign(self, reply: InboundMessage) -> str:
        return reply.outreach.campaign.name if reply.outreach else str(capfirst(_("not matched")))

    @admin.display(description=gettext_lazy("came"), ordering="received_at")
    def age(self, reply: InboundMessage) -> str | SafeString:
        if reply.desk == InboundMessage.Desk.SNOOZED and reply.snoozed_until:
            return format_html('{}<span class="cw-origin">{}</span>', ago(reply.received_at), words.back_at(reply))
        return ago(reply.received_at)

    @admin.display(description=gettext_lazy("owner"))
    def looked_after_by(self, reply: InboundMessage) -> str:
        owner = words.owner_of(reply)
        return owner.called if owner else "—"
