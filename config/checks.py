"""What is wrong with how an instance was set up, said before it starts."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from crm.errors import DomainError
from crm.words import say
from matching.ranking.encoders import folder
from outreach.channels.mailbox_url import parse_mailbox


@register
def encoder(**kwargs: Any) -> list[CheckMessage]:
    """What `ENCODER` names can be loaded, as far as can be told without loading it."""
    if not settings.ENCODER:
        return []
    try:
        _scheme, path = folder.split(settings.ENCODER)
        folder.ModelFolder(Path(path).expanduser())
        folder.check_installed()
    except DomainError as error:
        return [Error(say(error), hint="ENCODER in docs/settings.md", id="config.E001")]
    return []


@register
def inbound(**kwargs: Any) -> list[CheckMessage]:
    """What `INBOUND_URL` names is a mailbox. Nobody is asked whether it is there."""
    try:
        if settings.INBOUND_URL:
            parse_mailbox(settings.INBOUND_URL)
    except DomainError as error:
        return [Error(say(error), hint="INBOUND_URL in docs/settings.md", id="config.E002")]
    return []
