"""Rows of a file on their way in: read and checked, not yet compared with what is known.

Both tables are UNLOGGED (migration 0006): they are quick to fill, and what a crash of the database takes from them is
read from the file again. Whoever fills them empties them.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.models.base import nobody


class StagedRow(models.Model):
    """What one row says of somebody. NULL says nothing."""

    run = models.UUIDField()  # all rows of one file, or of one call
    line = models.IntegerField()
    payload = models.BigIntegerField(null=True)  # equal for rows that say the same of the same person
    errors = models.JSONField(default=list)  # [{"column": …, "code": …, "params": {…}}]; the row is refused
    notes = models.JSONField(default=list)  # the same, of a row that is taken
    title = models.TextField(blank=True)
    raw = models.JSONField(null=True)  # of a refused row: {column of the file: cell}
    told = models.JSONField(default=dict)  # {field: [null, value]}: what somebody new is told with
    external_id = models.TextField(null=True)  # noqa: DJ001
    name = models.TextField(null=True)  # noqa: DJ001
    sort_name = models.TextField(null=True)  # noqa: DJ001
    search_text = models.TextField(null=True)  # noqa: DJ001
    kind = models.TextField(null=True)  # noqa: DJ001
    email = models.TextField(null=True)  # noqa: DJ001
    email_key = models.TextField(null=True)  # noqa: DJ001
    digest = models.TextField(null=True)  # noqa: DJ001
    email_kind = models.TextField(null=True)  # noqa: DJ001
    email_source = models.TextField(null=True)  # noqa: DJ001
    basis = models.TextField(null=True)  # noqa: DJ001
    languages = ArrayField(models.TextField(), null=True)
    country = models.TextField(null=True)  # noqa: DJ001
    city = models.TextField(null=True)  # noqa: DJ001
    timezone = models.TextField(null=True)  # noqa: DJ001
    bio = models.TextField(null=True)  # noqa: DJ001
    remarks = models.TextField(null=True)  # noqa: DJ001  # the person's notes
    hashtags = ArrayField(models.TextField(), null=True)
    topics = ArrayField(models.BigIntegerField(), null=True)  # ids
    interests = ArrayField(models.TextField(), null=True)

    person_plan = nobody(
        "Rows on their way in, emptied by whoever fills them.", swept="email_key external_id name title raw told"
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="staged_row_once", fields=["run", "line"])]

    def __str__(self) -> str:
        return f"#{self.line}"


class StagedAccount(models.Model):
    """What one row says of one account. `place`: which of the row's accounts."""

    run = models.UUIDField()
    line = models.IntegerField()
    place = models.IntegerField()
    platform = models.TextField()
    handle = models.TextField()
    handle_key = models.TextField()
    platform_id = models.TextField(null=True)  # noqa: DJ001
    url = models.TextField(null=True)  # noqa: DJ001
    followers = models.BigIntegerField(null=True)
    following = models.BigIntegerField(null=True)
    posts = models.BigIntegerField(null=True)
    avg_engagements = models.FloatField(null=True)
    avg_likes = models.FloatField(null=True)
    avg_comments = models.FloatField(null=True)
    avg_shares = models.FloatField(null=True)
    avg_views = models.FloatField(null=True)
    engagement_rate = models.FloatField(null=True)
    credible_share = models.FloatField(null=True)
    observed_at = models.DateTimeField(null=True)  # NULL: the source does not say
    audience = models.JSONField(null=True)  # {dimension: {key: share}}
    past = models.JSONField(null=True)  # [figures of earlier days]
    published = models.JSONField(null=True)  # [posts]
    days = models.JSONField(null=True)  # [what happened on a day]

    person_plan = nobody("Rows on their way in, emptied by whoever fills them.", swept="handle_key platform_id url")

    class Meta:
        constraints = [models.UniqueConstraint(name="staged_account_once", fields=["run", "line", "place"])]

    def __str__(self) -> str:
        return f"#{self.line}.{self.place}"
