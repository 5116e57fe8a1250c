"""Forgotten passwords: a link by mail, to the address of the account, through the gate as everything else."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.models import User
from crm.services import staff
from outreach.models import Message
from outreach.services import notices

CAP = 3  # links to one account, within SPAN
SPAN = timedelta(hours=1)


def ask(*, email: str, language: str, at: datetime) -> int:
    """Plan a link to a new password for each account with this address; how many. Whoever asks is not told.

    `language`: of whoever asks, for an account that has chosen none.
    """
    wanted = email.strip()
    pks = User.objects.filter(email__iexact=wanted, is_active=True).order_by("pk").values_list("pk", flat=True)
    return sum(_write(pk, language=language, at=at) for pk in pks if wanted)


@transaction.atomic
def _write(pk: int, *, language: str, at: datetime) -> bool:
    user = User.objects.select_for_update(no_key=True).get(pk=pk)  # of many who ask at once, three are answered
    if not staff.may_sign_in(user) or not user.has_usable_password():
        return False
    asked = Message.objects.filter(user=user, reference__startswith=notices.RENEWAL, due_at__gt=at - SPAN)
    if asked.count() >= CAP:
        return False
    speaks = user.language or language
    with translation.override(speaks):
        notices.write_to_staff(
            user=user,
            reference=f"{notices.RENEWAL}{uuid4().hex}",
            language=speaks,
            subject=_("A new password for Causeway"),
            body=_text(user),
            at=at,
        )
    return True


def _text(user: User) -> str:
    return "\n\n".join(
        [
            _("Hello %(name)s,") % {"name": user.called},
            _("Somebody, most likely you, asked for a new password for the account “%(account)s” on %(address)s.")
            % {"account": user.get_username(), "address": settings.BASE_URL},
            _("Choose it here, within an hour:"),
            notices.LINK,
            _("If it was not you, leave this message alone: your password stays as it is."),
        ]
    )
