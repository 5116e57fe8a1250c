from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import Public, Stamped, nobody


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def due(self, *, at: datetime) -> MailboxQuerySet:
        """Those to look into now, whoever waits longest first."""
        waiting = self.filter(Q(next_at=None) | Q(next_at__lte=at), is_active=True)
        return waiting.order_by(models.F("next_at").asc(nulls_first=True), "pk")


class Mailbox(Public, Stamped):
    """A folder on a mail server in which answers arrive, and up to where it has been read."""

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        PLAIN = "plain", _("none (this machine only)")

    class Auth(models.TextChoices):
        PASSWORD = "password", _("password")
        XOAUTH2 = "xoauth2", _("OAuth 2 (refresh token)")

    name = models.CharField(_("name"), max_length=100, unique=True)
    host = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(_("port"))
    security = models.CharField(_("encryption"), max_length=8, choices=Security, default=Security.TLS)
    user = models.CharField(_("user name"), max_length=254)
    folder = models.CharField(_("folder"), max_length=255, default="INBOX")
    auth = models.CharField(_("signs in with"), max_length=8, choices=Auth, default=Auth.PASSWORD)
    token_url = models.CharField(_("token address"), max_length=500, blank=True)
    client_id = models.CharField(_("client id"), max_length=300, blank=True)
    secret = models.TextField(editable=False, blank=True)  # sealed with the keyring; blank: INBOUND_URL holds it
    secret_at = models.DateTimeField(_("password set"), null=True, editable=False)
    is_of_settings = models.BooleanField(default=False, editable=False)  # INBOUND_URL says all of it
    is_active = models.BooleanField(_("is read"), default=True)
    since_date = models.DateField(_("letters from"))  # what came before is none of our business

    uid_validity = models.BigIntegerField(null=True, editable=False)  # while it stays, so do the numbers of letters
    last_uid = models.BigIntegerField(default=0, editable=False)  # all up to here are stored
    polled_at = models.DateTimeField(_("last read"), null=True, editable=False)
    new_count = models.PositiveIntegerField(default=0, editable=False)  # when letters were last found in it: how many
    new_at = models.DateTimeField(_("last letters"), null=True, editable=False)
    next_at = models.DateTimeField(null=True, editable=False)  # null: at once
    error = models.CharField(max_length=50, blank=True, editable=False)  # a code; words say it
    error_at = models.DateTimeField(null=True, editable=False)  # since when
    failures = models.PositiveSmallIntegerField(default=0, editable=False)  # one after the other

    objects = MailboxQuerySet.as_manager()

    person_plan = nobody("A mailbox of the organisation's own.")

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints = [
            models.CheckConstraint(name="mailbox_port", condition=Q(port__range=(1, 65535))),
            models.CheckConstraint(name="mailbox_security", condition=Q(security__in=["tls", "starttls", "plain"])),
            models.CheckConstraint(
                name="mailbox_plain_here",
                condition=~Q(security="plain") | Q(host__in=["localhost", "127.0.0.1", "::1"]),
            ),
            models.CheckConstraint(
                name="mailbox_auth",
                condition=Q(auth="password", token_url="", client_id="")
                | (Q(auth="xoauth2", token_url__startswith="https://") & ~Q(client_id="")),  # noqa: S106
            ),
            models.CheckConstraint(
                name="mailbox_secret_sealed",
                condition=Q(is_of_settings=True, secret="")
                | Q(is_of_settings=False, secret__regex=r"^v[1-9][0-9]*:[A-Za-z0-9_=-]+$"),  # noqa: S106
            ),
            models.CheckConstraint(name="mailbox_said", condition=~Q(host="") & ~Q(user="") & ~Q(folder="")),
            models.CheckConstraint(name="mailbox_uids", condition=Q(last_uid__gte=0)),
            models.CheckConstraint(
                name="mailbox_error",
                condition=Q(error="", error_at=None, failures=0) | (~Q(error="") & Q(error_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="mailbox_one_of_settings", fields=["is_of_settings"], condition=Q(is_of_settings=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name
