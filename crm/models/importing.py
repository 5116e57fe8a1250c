from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from crm.models.account import SocialAccount
from crm.models.base import AtErasure, AtMerge, PersonPlan, Public, nobody
from crm.models.cause import Cause
from crm.models.checks import not_negative
from crm.models.influencer import Influencer

_WAITING = Q(state__in=["uploaded", "unmapped", "analysed", "accepted"])


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def due(self, *, at: datetime) -> ImportBatchQuerySet:
        """Files waiting to be worked on: nobody does, or whoever did stopped answering."""
        waiting = Q(state__in=[ImportBatch.State.UPLOADED, ImportBatch.State.ACCEPTED])
        return self.filter(waiting, Q(lease_until=None) | Q(lease_until__lt=at)).order_by("pk")


class ImportBatch(Public):
    """One file that somebody brought, and what became of it."""

    class Subject(models.TextChoices):
        INFLUENCERS = "influencers", _("influencers")
        CAUSES = "causes", _("causes")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("waiting to be read")
        UNMAPPED = "unmapped", _("waiting to hear what its columns are")
        ANALYSED = "analysed", _("waiting for your decision")
        ACCEPTED = "accepted", _("being stored")
        COMMITTED = "committed", _("stored")
        DISCARDED = "discarded", _("discarded")
        FAILED = "failed", _("unusable")
        UNDONE = "undone", _("undone")

    subject = models.CharField(_("holds"), max_length=12, choices=Subject)
    filename = models.CharField(_("file"), max_length=255)
    format = models.CharField(_("format"), max_length=40, blank=True)
    sha256 = models.CharField(max_length=64)
    # Whose statistics these are, where the file itself does not say.
    owner = models.ForeignKey(SocialAccount, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    lease_until = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)  # bytes
    # How far whoever is at it has come: {"phase": …, "done": …, "whole": …, "began": instant}.
    progress = models.JSONField(default=dict)
    # What somebody said of the columns (crm.formats.field_maps), for this file or for an earlier one like it.
    mapping = models.JSONField(null=True)
    columns = models.JSONField(default=dict)  # {our name of a column: how the file calls it}
    header = models.JSONField(default=list)  # of a table: its columns, in their order
    unknown_columns = models.JSONField(default=list)
    rows_read = models.IntegerField(_("rows"), default=0)
    created_count = models.IntegerField(_("new"), default=0)
    updated_count = models.IntegerField(_("changed"), default=0)
    unchanged_count = models.IntegerField(_("same"), default=0)
    rejected_count = models.IntegerField(_("rejected"), default=0)
    error = models.JSONField(null=True)  # {"code": …, "params": {…}} of a file that could not be used at all
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("brought"))
    finished_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    person_plan = nobody(
        "A file, let go of once it was stored or discarded.",
        swept="filename",
        cleared={
            "filename": "…",
            "state": Case(When(_WAITING, then=Value("failed")), default=F("state")),
            "error": Case(
                When(_WAITING, then=Value({"code": "file_held_erased", "params": {}}, models.JSONField())),
                default=F("error"),
            ),
        },
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(name="import_subject", condition=Q(subject__in=["influencers", "causes"])),
            models.CheckConstraint(
                name="import_counts",
                condition=not_negative(
                    *("rows_read", "created_count", "updated_count", "unchanged_count", "rejected_count")
                ),
            ),
            models.CheckConstraint(
                name="import_state",
                condition=Q(
                    state__in=[
                        *("uploaded", "unmapped", "analysed", "accepted", "committed", "discarded", "failed"),
                        "undone",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ImportPiece(models.Model):
    """A part of a file that waits, so that nobody ever holds all of it in memory. Gone once the batch is stored or
    discarded.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    content = models.BinaryField()

    person_plan = nobody("Part of a file, which goes with it where somebody in it is erased.")

    class Meta:
        constraints = [models.UniqueConstraint(name="import_piece_once", fields=["batch", "number"])]

    def __str__(self) -> str:
        return f"#{self.number}"


class ImportRow(models.Model):
    """The verdict on one row of a file."""

    class Verdict(models.TextChoices):
        CREATED = "created", _("new")
        UPDATED = "updated", _("changed")
        UNCHANGED = "unchanged", _("same")
        REJECTED = "rejected", _("rejected")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    line = models.IntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    title = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict)  # {field: [old, new]}
    errors = models.JSONField(default=list)  # [{"column": …, "code": …, "params": {…}}]
    raw = models.JSONField(null=True)  # of a rejected row: {column of the file: cell}, to be corrected and sent again
    influencer = models.ForeignKey(Influencer, models.SET_NULL, null=True, related_name="+")
    cause = models.ForeignKey(Cause, models.SET_NULL, null=True, related_name="+")

    person_plan = PersonPlan(
        path="influencer",
        told="line verdict title changes errors raw",
        untold="id batch influencer cause",
        at_erasure=AtErasure.CLEAR,
        cleared={"title": "", "changes": {}, "errors": [], "raw": None, "influencer": None},
        at_merge=AtMerge.MOVE,
        swept="title changes errors raw",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="import_row_once", fields=["batch", "line"]),
            models.CheckConstraint(
                name="import_row_verdict", condition=Q(verdict__in=["created", "updated", "unchanged", "rejected"])
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.line} {self.verdict}"
