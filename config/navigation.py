"""The side bar: places in the order of the staff's work, each shown to those who may go there."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config import dashboard
from crm.words import number as say_number


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's groups. A place lights up with everything below it, whatever the app the page belongs to."""
    places = [
        _place(request, _("Home"), "home", "admin:index"),
        _place(request, _("Causes"), "volunteer_activism", "admin:crm_cause_changelist", "crm.view_cause"),
        _place(
            request,
            _("Influencers"),
            "group",
            "admin:crm_influencer_changelist",
            "crm.view_influencer",
            also=("crm/importbatch/", "crm/duplicatecandidate/", "crm/merge/"),
        ),
        _place(
            request,
            _("Match lists"),
            "format_list_numbered",
            "admin:matching_matchlist_changelist",
            "matching.view_matchlist",
            also=("matching/exclusion/",),
        ),
        _place(
            request,
            _("Ranker"),
            "balance",
            "admin:matching_rankerversion_changelist",
            "matching.view_rankerversion",
        ),
        _place(
            request,
            _("Campaigns"),
            "campaign",
            "admin:outreach_campaign_changelist",
            "outreach.view_campaign",
            also=("outreach/conversion/",),
        ),
        _place(
            request,
            _("Board"),
            "view_kanban",
            "admin:outreach_outreach_board",
            "outreach.view_outreach",
            also=("outreach/outreach/",),
        ),
        _place(
            request,
            _("Inbox"),
            "inbox",
            "admin:outreach_inboundmessage_changelist",
            "outreach.view_inboundmessage",
            number=dashboard.replies_to_answer,
        ),
        _place(
            request,
            _("Outbox"),
            "outgoing_mail",
            "admin:outreach_message_changelist",
            "outreach.view_message",
            also=("crm/suppression/",),
        ),
        _place(
            request,
            _("Publications"),
            "perm_media",
            "admin:outreach_publication_changelist",
            "outreach.view_publication",
        ),
        _place(
            request,
            _("Settings"),
            "settings",
            "admin:crm_instance_changelist",
            "crm.view_instance",
            also=(
                "outreach/messagetemplate/",
                "outreach/sequence/",
                "outreach/mailbox/",
                "outreach/source/",
                "outreach/exchangerate/",
                "crm/user/",
                "crm/apitoken/",
                "auth/group/",
                "crm/erasurereceipt/",
                "crm/auditevent/",
            ),
        ),
    ]
    return [{"items": places}]


def _place(
    request: HttpRequest,
    title: str,
    icon: str,
    name: str,
    permission: str = "",
    *,
    also: tuple[str, ...] = (),
    number: Callable[[], int] | None = None,
) -> dict[str, Any]:
    """`number`: how much waits there, asked only for those who may go there; none is shown where nothing does."""
    link = reverse(name)
    waiting = number() if number and request.user.has_perm(permission) else 0
    return {
        **({"badge": say_number(waiting), "badge_variant": "primary"} if waiting else {}),
        "title": title,
        "icon": icon,
        "link": link,
        "active": _is_below(request.path, link, also),
        "permission": _asks(permission),
    }


def _is_below(path: str, link: str, also: tuple[str, ...]) -> bool:
    home = reverse("admin:index")
    if link == home:
        return path == home
    return path.startswith(link) or any(path.startswith(home + other) for other in also)


def _asks(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: not permission or request.user.has_perm(permission)
