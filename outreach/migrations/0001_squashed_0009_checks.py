"""What the migrations before amount to, for a new database: in less than a third of their time."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION outreach_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER conversion_append_only BEFORE UPDATE OR DELETE ON outreach_conversion
    FOR EACH ROW EXECUTE FUNCTION outreach_refuse_change();
"""
CHANGEABLE = """
DROP TRIGGER conversion_append_only ON outreach_conversion;
DROP FUNCTION outreach_refuse_change();
"""

# Credits are made by the thousand and made again: what they were before is told, not that they came to be.
TRIGGERS = """
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON outreach_outreach FOR EACH ROW
    EXECUTE FUNCTION crm_audit('stage');
CREATE TRIGGER audit AFTER UPDATE OR DELETE ON outreach_attributioncredit FOR EACH ROW
    EXECUTE FUNCTION crm_audit('conversion_id', 'link_id', 'rule', 'share', 'amount_minor');
"""
DROP = "DROP TRIGGER audit ON outreach_outreach; DROP TRIGGER audit ON outreach_attributioncredit;"


class Migration(migrations.Migration):
    replaces = [
        ("outreach", "0001_initial"),
        ("outreach", "0002_conversions_append_only"),
        ("outreach", "0003_messages_by_hand"),
        ("outreach", "0004_once_in_a_conversation"),
        ("outreach", "0005_names"),
        ("outreach", "0006_captured_on_timelines"),
        ("outreach", "0007_identity"),
        ("outreach", "0008_audit"),
        ("outreach", "0009_checks"),
    ]

    initial = True

    dependencies = [
        ("crm", "0001_squashed_0016_engagement_and_whose"),
        ("matching", "0001_squashed_0005_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="code")),
                ("destination_url", models.CharField(max_length=500, verbose_name="leads to")),
                ("platform", models.CharField(blank=True, max_length=10, verbose_name="platform")),
                ("created_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "verbose_name": "link",
                "verbose_name_plural": "links",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("destination_url__regex", '^https?://[^\\s<>\\"]+$')),
                        name="link_destination",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "platform__in",
                                [
                                    "",
                                    "facebook",
                                    "instagram",
                                    "x",
                                    "linkedin",
                                    "twitch",
                                    "youtube",
                                    "tiktok",
                                    "bluesky",
                                    "mastodon",
                                ],
                            )
                        ),
                        name="link_platform",
                    ),
                    models.CheckConstraint(condition=models.Q(("code__regex", "^[a-z0-9]{8,32}$")), name="link_code"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("slug", models.SlugField(max_length=100, unique=True, verbose_name="short name")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("starts_date", models.DateField(verbose_name="from")),
                ("ends_date", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "destination_url",
                    models.CharField(
                        help_text="The page of the donation form, the petition or the sign-up. Tracked links lead there.",
                        max_length=500,
                        verbose_name="page where people act",
                    ),
                ),
                (
                    "organisation",
                    models.CharField(
                        help_text="The name that signs messages.", max_length=200, verbose_name="organisation"
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="crm.cause",
                        verbose_name="cause",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("destination_url__regex", '^https?://[^\\s<>\\"]+$')),
                        name="campaign_destination",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_date", None), ("ends_date__gte", models.F("starts_date")), _connector="OR"
                        ),
                        name="campaign_dates",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="campaign_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9]+([_-][a-z0-9]+)*$")), name="campaign_slug"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("source", models.CharField(max_length=50, verbose_name="source")),
                ("external_id", models.CharField(max_length=200, verbose_name="id at the source")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("donation", "donation"),
                            ("sign_up", "sign-up"),
                            ("signature", "petition signature"),
                            ("attendance", "attendance"),
                            ("volunteer_hours", "volunteer hours"),
                            ("other", "other action"),
                        ],
                        max_length=20,
                        verbose_name="action",
                    ),
                ),
                ("quantity", models.PositiveIntegerField(default=1, verbose_name="number")),
                ("amount_minor", models.BigIntegerField(null=True, verbose_name="amount")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("occurred_at", models.DateTimeField(verbose_name="when")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "click_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), default=list, size=None
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=100)),
                ("utm", models.JSONField(default=dict)),
                ("supporter", models.CharField(blank=True, max_length=80)),
                ("content_hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "conversion",
                "verbose_name_plural": "conversions",
                "indexes": [models.Index(models.F("occurred_at"), name="conversion_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "external_id"), name="conversion_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["donation", "sign_up", "signature", "attendance", "volunteer_hours", "other"])
                        ),
                        name="conversion_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("external_id", ""), _negated=True), models.Q(("source", ""), _negated=True)
                        ),
                        name="conversion_has_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_minor", None), ("currency", "")),
                            models.Q(("amount_minor__gt", 0), ("currency__regex", "^[A-Z]{3}$")),
                            _connector="OR",
                        ),
                        name="conversion_money",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Click",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("click_id", models.CharField(max_length=40, unique=True)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("method", models.CharField(max_length=8)),
                ("user_agent", models.CharField(blank=True, max_length=300)),
                ("referrer_host", models.CharField(blank=True, max_length=200)),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clicks", to="outreach.link"
                    ),
                ),
            ],
            options={
                "verbose_name": "click",
                "verbose_name_plural": "clicks",
                "indexes": [models.Index(models.F("link"), models.F("at"), name="click_by_link")],
            },
        ),
        migrations.CreateModel(
            name="AttributionCredit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=30)),
                ("rule_version", models.PositiveSmallIntegerField()),
                ("window_days", models.PositiveSmallIntegerField()),
                ("share", models.DecimalField(decimal_places=12, max_digits=13)),
                ("amount_minor", models.BigIntegerField(null=True)),
                (
                    "conversion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="credits", to="outreach.conversion"
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="outreach.link",
                    ),
                ),
            ],
            options={
                "verbose_name": "credit",
                "verbose_name_plural": "credits",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("conversion", "rule", "link"), name="credit_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__gt", 0), ("share__lte", 1)), name="credit_share"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
            ],
            options={
                "verbose_name": "template",
                "verbose_name_plural": "templates",
                "constraints": [
                    models.UniqueConstraint(fields=("name", "language"), name="template_once"),
                    models.CheckConstraint(
                        condition=models.Q(("language__regex", "^([a-z]{2,3})$")), name="template_language"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outreach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("prospect", "prospect"),
                            ("shortlisted", "shortlisted"),
                            ("approved", "approved"),
                            ("contacted", "contacted"),
                            ("in_conversation", "in conversation"),
                            ("agreed", "agreed"),
                            ("live", "live"),
                            ("completed", "completed"),
                            ("declined", "declined"),
                            ("no_answer", "no answer"),
                            ("paused", "paused"),
                            ("conflict", "conflict"),
                            ("merged", "merged"),
                        ],
                        default="prospect",
                        max_length=20,
                        verbose_name="stage",
                    ),
                ),
                ("stage_at", models.DateTimeField(verbose_name="in this stage since")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outreaches",
                        to="outreach.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="outreaches",
                        to="crm.influencer",
                        verbose_name="influencer",
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="outreaches",
                        to="matching.match",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "outreach",
                "verbose_name_plural": "outreaches",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stage", "merged"), _negated=True),
                        fields=("campaign", "influencer"),
                        name="outreach_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                [
                                    "prospect",
                                    "shortlisted",
                                    "approved",
                                    "contacted",
                                    "in_conversation",
                                    "agreed",
                                    "live",
                                    "completed",
                                    "declined",
                                    "no_answer",
                                    "paused",
                                    "conflict",
                                    "merged",
                                ],
                            )
                        ),
                        name="outreach_stage",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("partnership", "partnership"),
                            ("transactional", "transactional"),
                            ("staff", "staff"),
                        ],
                        default="partnership",
                        max_length=15,
                        verbose_name="purpose",
                    ),
                ),
                ("reference", models.CharField(max_length=100)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "e-mail"), ("manual", "by hand")],
                        default="email",
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("text", models.TextField(blank=True, editable=False)),
                ("html", models.TextField(blank=True, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "to be read and approved"),
                            ("planned", "approved, waiting for its time"),
                            ("claimed", "about to be sent"),
                            ("dispatching", "being sent"),
                            ("sent", "sent"),
                            ("refused", "held back"),
                            ("cancelled", "cancelled"),
                            ("expired", "too late, not sent"),
                            ("uncertain", "perhaps sent"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60, verbose_name="why")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                ("due_at", models.DateTimeField(null=True, verbose_name="goes out")),
                ("expires_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("attempt_id", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("dispatched_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("message_id", models.CharField(max_length=200, null=True, unique=True)),
                ("is_captured", models.BooleanField(default=False)),
                ("raw", models.BinaryField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="crm.socialaccount",
                    ),
                ),
                (
                    "address",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="crm.address",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outreach",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="outreach.outreach",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "permissions": [("approve_message", "Can approve a message")],
                "indexes": [
                    models.Index(
                        models.F("due_at"),
                        condition=models.Q(("state__in", ["planned", "claimed", "dispatching"])),
                        name="message_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["refused", "cancelled", "expired"]), _negated=True),
                        fields=("purpose", "reference", "address"),
                        name="message_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("purpose", "partnership"),
                            models.Q(("state__in", ["refused", "cancelled", "expired"]), _negated=True),
                        ),
                        fields=("reference",),
                        name="message_once_in_a_conversation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "cancelled"]),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("due_at__isnull", False),
                                ("message_id__isnull", False),
                                models.Q(("text", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="message_approved_before_it_goes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["partnership", "transactional", "staff"])),
                        name="message_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__regex", "^([a-z]{2,3})?$")), name="message_language"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "manual"])), name="message_channel"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "planned",
                                    "claimed",
                                    "dispatching",
                                    "sent",
                                    "refused",
                                    "cancelled",
                                    "expired",
                                    "uncertain",
                                ],
                            )
                        ),
                        name="message_state",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="link",
            name="outreach",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="link", to="outreach.outreach"
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
