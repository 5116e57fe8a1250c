"""On which occasion something was changed, as the pages and tasks of outreach call themselves."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

OCCASIONS: Mapping[str, Promise] = {
    "unsubscribe": gettext_lazy("they unsubscribed"),
    "admin:outreach_outreach_start": gettext_lazy("chosen for a campaign"),
    "admin:outreach_outreach_move": gettext_lazy("moved on the board or on the page of the conversation"),
    "admin:outreach_outreach_answer": gettext_lazy("an answer was noted"),
    "admin:outreach_inboundmessage_confirm": gettext_lazy("it was said what a reply is"),
    "admin:outreach_inboundmessage_link": gettext_lazy("it was said which conversation a reply belongs to"),
    "admin:outreach_inboundmessage_scope": gettext_lazy("it was said whom the “no” of an agent is meant for"),
    "admin:outreach_inboundmessage_answer": gettext_lazy("a reply was answered"),
    "admin:outreach_outreach_write": gettext_lazy("a message was drafted"),
    "admin:outreach_outreach_compose": gettext_lazy("a message was written by hand"),
    "admin:outreach_message_sent": gettext_lazy("a message was sent by hand"),
    "admin:outreach_message_settle": gettext_lazy("it was found out whether a message arrived"),
    "admin:outreach_campaign_record_action": gettext_lazy("an action was written down"),
    "outreach.tasks.sweep_outbox": gettext_lazy("a message was sent"),
    "outreach.tasks.sweep_credits": gettext_lazy("credit was worked out"),
    "outreach.tasks.read_replies": gettext_lazy("they answered"),
    "mail_hook": gettext_lazy("a mail service told of it"),
    "replay_replies": gettext_lazy("replies were read again"),
    "outreach.tasks.close_silent": gettext_lazy("nobody answered for 30 days"),
    "attribute": gettext_lazy("credit was worked out"),
}
