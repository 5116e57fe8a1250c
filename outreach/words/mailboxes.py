"""What is said of a mailbox: why it cannot be read and what to do about it, and when it last was."""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.errors import DomainError
from crm.words import number, say
from outreach import signing
from outreach.models import Mailbox

MAILBOXES: Mapping[str, str | Promise] = {
    "mailbox_of_settings": gettext_lazy("This mailbox is set with INBOUND_URL: whoever installed Causeway changes it."),
    "mailbox_field_invalid": gettext_lazy("This cannot stand in a mailbox’s settings as it is written: %(field)s."),
    "mailbox_plain_abroad": gettext_lazy(
        "Without encryption the password could be read on its way. Choose TLS or STARTTLS: "
        "none is only for a server on this machine."
    ),
    "mailbox_secret_missing": gettext_lazy("Type the password, or the refresh token."),
    "mailbox_secret_elsewhere": gettext_lazy(
        "The password is typed anew when it goes to another server or belongs to another user."
    ),
    "mailbox_name_taken": gettext_lazy("There is a mailbox “%(name)s” already. Choose another name."),
    "mailbox_not_encrypted": gettext_lazy(
        "The server does not encrypt as it was told to: no password was sent. Try the other kind of encryption and "
        "its port: TLS with 993, STARTTLS with 143."
    ),
    "mailbox_untrusted": gettext_lazy(
        "The server cannot prove that it is the one that is named: no password was sent. "
        "Check the server’s name, or ask its owner for a valid certificate."
    ),
    "mailbox_away": gettext_lazy("The server lets nobody in at the moment. It will be tried again."),
    "mailbox_login_refused": gettext_lazy(
        "The server does not take this user name and password. Type them anew; "
        "many providers want an app password, or IMAP to be switched on first."
    ),
    "mailbox_token_refused": gettext_lazy(
        "The provider does not take the refresh token any more. Allow Causeway in again and type the new one."
    ),
    "mailbox_token_unclear": gettext_lazy("The provider’s answer held no access token. Check the token address."),
    "mailbox_folder_missing": gettext_lazy("The server has no such folder. Write its name as the server shows it."),
    "mailbox_lost": gettext_lazy("The server broke off. It will be tried again."),
    "mailbox_slow": gettext_lazy("The server is too slow. It will be tried again."),
    "mailbox_unclear": gettext_lazy("The server’s answer cannot be understood. Is it an IMAP server?"),
    "mailbox_letter_failed": gettext_lazy(
        "The next letter cannot be stored, so none after it is read. Nothing is lost: it will be tried again. "
        "If this lasts, tell whoever looks after Causeway."
    ),
    "inbound_url_invalid": gettext_lazy(
        "INBOUND_URL is not a mailbox (%(part)s). Write it as imaps://user:password@host/folder."
    ),
}


def mailbox_trouble(mailbox: Mailbox) -> str:
    """Why it cannot be read, and what to do; blank while it can."""
    return say(DomainError(mailbox.error, ports="143, 993", part="")) if mailbox.error else ""


def letters_new(count: int) -> str:
    if not count:
        return _("nothing new")
    return ngettext("%(count)s new letter", "%(count)s new letters", count) % {"count": number(count)}


def letters_there(count: int) -> str:
    """What a test found."""
    return ngettext(
        "It works: Causeway is let in, and the folder holds %(count)s letter.",
        "It works: Causeway is let in, and the folder holds %(count)s letters.",
        count,
    ) % {"count": number(count)}


def hook_address(door: str) -> str:
    """Where a mail service, or a pipe, hands over what came. Whoever knows it may use it."""
    return f"{settings.BASE_URL}{reverse('mail_hook', args=[door, signing.hook_key(door)])}"
