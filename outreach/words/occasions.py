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
    "admin:outreach_outreach_waive": gettext_lazy("a manager let somebody be asked all the same"),
    "admin:crm_instance_limits": gettext_lazy("edited in the settings"),
    "admin:crm_instance_pause": gettext_lazy("everything was paused"),
    "admin:crm_instance_resume": gettext_lazy("what was paused goes on"),
    "admin:outreach_campaign_pause": gettext_lazy("a campaign was paused"),
    "admin:outreach_campaign_resume": gettext_lazy("a campaign goes on"),
    "admin:outreach_message_sent": gettext_lazy("a message was sent by hand"),
    "admin:outreach_message_settle": gettext_lazy("it was found out whether a message arrived"),
    "admin:outreach_campaign_record_action": gettext_lazy("an action was written down"),
    "admin:outreach_campaign_costs": gettext_lazy("a cost was written down"),
    "admin:outreach_campaign_remove_cost": gettext_lazy("a cost was removed"),
    "admin:outreach_exchangerate_add": gettext_lazy("an exchange rate was written down"),
    "admin:outreach_exchangerate_remove": gettext_lazy("an exchange rate was removed"),
    "admin:outreach_mailbox_add": gettext_lazy("a mailbox was set up or changed"),
    "admin:outreach_mailbox_edit": gettext_lazy("a mailbox was set up or changed"),
    "admin:outreach_mailbox_activate": gettext_lazy("a mailbox is read again"),
    "admin:outreach_mailbox_pause": gettext_lazy("a mailbox is not read any more"),
    "admin:outreach_mailbox_remove": gettext_lazy("a mailbox was removed"),
    "outreach.tasks.poll_mailboxes": gettext_lazy("mailboxes were read"),
    "outreach.tasks.sweep_outbox": gettext_lazy("a message was sent"),
    "outreach.tasks.sweep_credits": gettext_lazy("credit was worked out"),
    "outreach.tasks.read_replies": gettext_lazy("they answered"),
    "mail_hook": gettext_lazy("a mail service told of it"),
    "replay_replies": gettext_lazy("replies were read again"),
    "outreach.tasks.close_silent": gettext_lazy("nobody answered for weeks"),
    "attribute": gettext_lazy("credit was worked out"),
}
