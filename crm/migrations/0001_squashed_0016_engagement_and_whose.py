"""What the migrations before amount to, for a new database: in less than a third of their time."""

import datetime
import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

# One line per row made, changed or removed. The arguments are the columns whose values are told; who and why are what
# crm.services.audit said on this connection, else whom a new row itself names. What is removed and spoke of a person leaves its id behind, and no value.
FUNCTION = """
CREATE FUNCTION crm_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    anybody jsonb := CASE WHEN TG_OP = 'DELETE' THEN was ELSE new_row END;
    told jsonb;
BEGIN
    SELECT coalesce(jsonb_object_agg(name, jsonb_build_array(was -> name, new_row -> name)), '{}') INTO told
      FROM unnest(TG_ARGV) AS name WHERE was -> name IS DISTINCT FROM new_row -> name;
    IF TG_OP = 'UPDATE' AND told = '{}' THEN
        RETURN NULL;
    END IF;
    -- A row that was made tells itself what is in it.
    IF TG_OP = 'INSERT' OR (TG_OP = 'DELETE' AND anybody ? 'influencer_id') THEN
        told := '{}';
    END IF;
    INSERT INTO crm_auditevent (at, "table", row_id, operation, changes, by_id, why, influencer_id)
    VALUES (now(), TG_TABLE_NAME, (anybody ->> 'id')::bigint, TG_OP, told,
            coalesce(nullif(current_setting('causeway.by', true), ''),
                     CASE WHEN TG_OP = 'INSERT' THEN new_row ->> 'by_id' END)::bigint,
            left(coalesce(current_setting('causeway.why', true), ''), 100), (anybody ->> 'influencer_id')::bigint);
    RETURN NULL;
END $$;
"""
# Addresses come by the hundred thousand with an import, which says itself what it made: only what becomes of them counts.
TRIGGERS = """
CREATE TRIGGER audit AFTER UPDATE OR DELETE ON crm_address FOR EACH ROW
    EXECUTE FUNCTION crm_audit('email', 'kind', 'basis', 'source', 'source_url', 'noticed_at', 'influencer_id');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON crm_suppression FOR EACH ROW
    EXECUTE FUNCTION crm_audit('subject', 'scope', 'reason', 'created_at');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON crm_vettingcheck FOR EACH ROW
    EXECUTE FUNCTION crm_audit('verdict', 'reason', 'cause_id', 'influencer_id', 'by_id', 'at');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON crm_goal FOR EACH ROW
    EXECUTE FUNCTION crm_audit('cause_id', 'kind', 'quantity', 'amount_minor', 'currency', 'due_date');
"""
DROP = "".join(f"DROP TRIGGER audit ON crm_{table};" for table in ("address", "suppression", "vettingcheck", "goal"))


class Migration(migrations.Migration):
    replaces = [
        ("crm", "0001_initial"),
        ("crm", "0002_idempotency_keys"),
        ("crm", "0003_messages_by_hand"),
        ("crm", "0004_posts_instance_demo_users"),
        ("crm", "0005_names"),
        ("crm", "0006_set_wise_imports"),
        ("crm", "0007_column_mapping"),
        ("crm", "0008_briefs"),
        ("crm", "0009_search"),
        ("crm", "0010_representation"),
        ("crm", "0011_identity"),
        ("crm", "0012_person_plans"),
        ("crm", "0013_audit"),
        ("crm", "0014_checks"),
        ("crm", "0015_no_mark_of_erasure"),
        ("crm", "0016_engagement_and_whose"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("slug", models.SlugField(max_length=100, unique=True, verbose_name="short name")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="countries",
                    ),
                ),
                (
                    "hashtags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="hashtags",
                    ),
                ),
                (
                    "conflicts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="conflicts",
                    ),
                ),
                (
                    "platforms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="platforms",
                    ),
                ),
                ("website", models.CharField(blank=True, max_length=500, verbose_name="website")),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="values",
                    ),
                ),
                ("tone", models.TextField(blank=True, verbose_name="tone")),
                ("transparency", models.TextField(blank=True, verbose_name="what becomes of the money")),
                (
                    "transparency_source",
                    models.CharField(blank=True, max_length=500, verbose_name="source of these facts"),
                ),
                ("is_demo", models.BooleanField(default=False, editable=False)),
            ],
            options={
                "verbose_name": "cause",
                "verbose_name_plural": "causes",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="cause_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9]+([_-][a-z0-9]+)*$")), name="cause_slug"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("languages__regex", "^\\{([a-z]{2,3}(,[a-z]{2,3})*)?\\}$")),
                        name="cause_languages",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("countries__regex", "^\\{([A-Z]{2}(,[A-Z]{2})*)?\\}$")),
                        name="cause_countries",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "platforms__contained_by",
                                [
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
                        name="cause_platforms",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("website__regex", '^https?://[^\\s<>\\"]+$'), ("website", ""), _connector="OR"
                        ),
                        name="cause_website",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("transparency", ""), models.Q(("transparency_source", ""), _negated=True), _connector="OR"
                        ),
                        name="cause_transparency_has_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("language", models.CharField(blank=True, max_length=5, verbose_name="language")),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email__regex", "^[^@\\s<>,;]+@[^@\\s<>,;]+$"), ("email", ""), _connector="OR"
                        ),
                        name="user_email",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__regex", "^([a-z]{2,3}(-[a-z]{2})?)?$")), name="user_language"
                    ),
                ],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("prefix", models.CharField(editable=False, max_length=12, unique=True, verbose_name="begins with")),
                ("secret_hash", models.CharField(editable=False, max_length=64)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), size=None, verbose_name="may"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("last_used_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last used")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "verbose_name_plural": "API tokens",
            },
        ),
        migrations.CreateModel(
            name="AudienceTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("country", "country"),
                            ("language", "language"),
                            ("age", "age"),
                            ("gender", "gender"),
                            ("interest", "interest"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("share", models.FloatField(blank=True, null=True)),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="targets", to="crm.cause"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("dimension__in", ["country", "language", "age", "gender", "interest"])),
                        name="target_dimension",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dimension", "country"), ("key__regex", "^[A-Z]{2}$")),
                            models.Q(("dimension", "language"), ("key__regex", "^[a-z]{2,3}$")),
                            models.Q(("dimension", "age"), ("key__regex", "^[0-9]{1,3}(-[0-9]{1,3}|\\+)$")),
                            models.Q(("dimension", "gender"), ("key__in", ["female", "male", "other", "unknown"])),
                            models.Q(("dimension", "interest"), models.Q(("key", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="target_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("share", None), models.Q(("share__gte", 0), ("share__lte", 1)), _connector="OR"
                        ),
                        name="target_share",
                    ),
                    models.UniqueConstraint(fields=("cause", "dimension", "key"), name="target_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("header_set", models.CharField(max_length=64, unique=True)),
                ("mapping", models.JSONField()),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("used_at", models.DateTimeField(verbose_name="last used")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "mapping of columns",
                "verbose_name_plural": "mappings of columns",
            },
        ),
        migrations.CreateModel(
            name="DuplicateSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("horizon", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="duplicate_search_is_one")],
            },
        ),
        migrations.CreateModel(
            name="ErasureReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("asked", "they asked for it"),
                            ("unneeded", "their data is not needed any more"),
                            ("unlawful", "there was no ground to hold it"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="why",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="erased")),
                ("counts", models.JSONField(default=dict)),
                (
                    "digests",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), default=list, size=None
                    ),
                ),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="may be stored again since")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by whom",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="allowed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["asked", "unneeded", "unlawful"])), name="erasure_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("quantity", models.BigIntegerField(blank=True, null=True, verbose_name="number")),
                ("amount_minor", models.BigIntegerField(blank=True, null=True, verbose_name="amount")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="by")),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="goals", to="crm.cause"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["donation", "sign_up", "signature", "attendance", "volunteer_hours", "other"])
                        ),
                        name="goal_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_minor", None), ("currency", ""), ("quantity__gt", 0)),
                            models.Q(("amount_minor__gt", 0), ("currency__regex", "^[A-Z]{3}$"), ("quantity", None)),
                            _connector="OR",
                        ),
                        name="goal_is_number_or_sum",
                    ),
                    models.UniqueConstraint(fields=("cause", "kind", "currency"), name="goal_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HashtagPick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hashtag", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="picks", to="crm.cause"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("cause", "hashtag"), name="hashtag_pick_once")],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                ("request_hash", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", models.TextField(blank=True)),
                ("location", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(db_index=True)),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="idempotency_keys", to="crm.apitoken"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("token", "key"), name="idempotency_key_once")],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "subject",
                    models.CharField(
                        choices=[("influencers", "influencers"), ("causes", "causes")],
                        max_length=12,
                        verbose_name="holds",
                    ),
                ),
                ("filename", models.CharField(max_length=255, verbose_name="file")),
                ("format", models.CharField(blank=True, max_length=40, verbose_name="format")),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "waiting to be read"),
                            ("unmapped", "waiting to hear what its columns are"),
                            ("analysed", "waiting for your decision"),
                            ("accepted", "being stored"),
                            ("committed", "stored"),
                            ("discarded", "discarded"),
                            ("failed", "unusable"),
                            ("undone", "undone"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("lease_until", models.DateTimeField(null=True)),
                ("size", models.BigIntegerField(null=True)),
                ("progress", models.JSONField(default=dict)),
                ("mapping", models.JSONField(null=True)),
                ("columns", models.JSONField(default=dict)),
                ("header", models.JSONField(default=list)),
                ("unknown_columns", models.JSONField(default=list)),
                ("rows_read", models.IntegerField(default=0, verbose_name="rows")),
                ("created_count", models.IntegerField(default=0, verbose_name="new")),
                ("updated_count", models.IntegerField(default=0, verbose_name="changed")),
                ("unchanged_count", models.IntegerField(default=0, verbose_name="same")),
                ("rejected_count", models.IntegerField(default=0, verbose_name="rejected")),
                ("error", models.JSONField(null=True)),
                ("uploaded_at", models.DateTimeField(verbose_name="brought")),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("subject__in", ["influencers", "causes"])), name="import_subject"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rows_read", None), ("rows_read__gte", 0), _connector="OR"),
                            models.Q(("created_count", None), ("created_count__gte", 0), _connector="OR"),
                            models.Q(("updated_count", None), ("updated_count__gte", 0), _connector="OR"),
                            models.Q(("unchanged_count", None), ("unchanged_count__gte", 0), _connector="OR"),
                            models.Q(("rejected_count", None), ("rejected_count__gte", 0), _connector="OR"),
                        ),
                        name="import_counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "uploaded",
                                    "unmapped",
                                    "analysed",
                                    "accepted",
                                    "committed",
                                    "discarded",
                                    "failed",
                                    "undone",
                                ],
                            )
                        ),
                        name="import_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Influencer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "external_id",
                    models.CharField(blank=True, max_length=200, null=True, unique=True, verbose_name="external id"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "person"), ("brand", "brand"), ("agency", "agency")],
                        default="person",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=200, verbose_name="city")),
                ("timezone", models.CharField(blank=True, max_length=64, verbose_name="time zone")),
                ("bio", models.TextField(blank=True, verbose_name="bio")),
                (
                    "interests",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="interests",
                    ),
                ),
                (
                    "hashtags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="hashtags",
                    ),
                ),
                ("notes", models.TextField(blank=True, verbose_name="notes")),
                ("sort_name", models.CharField(editable=False, max_length=200)),
                ("search_text", models.TextField(blank=True, editable=False)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                models.Func(
                                    models.F("search_text"),
                                    models.Value("\n"),
                                    models.Value(1),
                                    function="split_part",
                                    output_field=models.TextField(),
                                ),
                                config="simple",
                                weight="A",
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                models.Func(
                                    models.F("search_text"),
                                    models.Value("\n"),
                                    models.Value(2),
                                    function="split_part",
                                    output_field=models.TextField(),
                                ),
                                config="simple",
                                weight="D",
                            ),
                            django.contrib.postgres.search.SearchConfig("simple"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                ("size", models.BigIntegerField(db_default=-1, default=-1, editable=False)),
                ("is_contactable", models.BooleanField(db_default=False, default=False, editable=False)),
                (
                    "last_contacted_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last contact"),
                ),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="crm.importbatch",
                    ),
                ),
            ],
            options={
                "verbose_name": "influencer",
                "verbose_name_plural": "influencers",
                "permissions": [("export_influencer", "Can export everything about a person")],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(models.F("search"), name="influencer_search"),
                    django.contrib.postgres.indexes.GinIndex(models.F("languages"), name="influencer_languages"),
                    models.Index(models.F("sort_name"), models.F("id"), name="influencer_by_name"),
                    models.Index(
                        models.F("country"), models.F("sort_name"), models.F("id"), name="influencer_by_country"
                    ),
                    models.Index(models.F("kind"), models.F("sort_name"), models.F("id"), name="influencer_by_kind"),
                    models.Index(
                        models.F("is_contactable"),
                        models.F("sort_name"),
                        models.F("id"),
                        name="influencer_by_contactable",
                    ),
                    models.Index(models.F("size"), models.F("id"), name="influencer_by_size"),
                    models.Index(
                        django.db.models.functions.comparison.Coalesce(
                            "last_contacted_at",
                            models.Value(
                                datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc),
                                output_field=models.DateTimeField(),
                            ),
                        ),
                        models.F("id"),
                        name="influencer_by_contact",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "brand", "agency"])), name="influencer_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^([A-Z]{2})?$")), name="influencer_country"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("languages__regex", "^\\{([a-z]{2,3}(,[a-z]{2,3})*)?\\}$")),
                        name="influencer_languages",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("timezone__regex", "^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$")),
                        name="influencer_timezone",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="influencer_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id__isnull", True), models.Q(("external_id", ""), _negated=True), _connector="OR"
                        ),
                        name="influencer_external_id_not_blank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("created", "new"),
                            ("updated", "changed"),
                            ("unchanged", "same"),
                            ("rejected", "rejected"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                ("changes", models.JSONField(default=dict)),
                ("errors", models.JSONField(default=list)),
                ("raw", models.JSONField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="crm.importbatch"
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="crm.cause"
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="crm.influencer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "line"), name="import_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["created", "updated", "unchanged", "rejected"])),
                        name="import_row_verdict",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(choices=[("email", "Email"), ("link", "Link")], max_length=5)),
                ("value", models.CharField(max_length=500)),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="crm.influencer"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("rule"), models.F("value"), name="mark_by_value")],
                "constraints": [
                    models.UniqueConstraint(fields=("influencer", "rule", "value"), name="mark_once"),
                    models.CheckConstraint(condition=models.Q(("rule__in", ["email", "link"])), name="mark_rule"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateCandidate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reasons", models.JSONField(verbose_name="what speaks for it")),
                ("found_at", models.DateTimeField(verbose_name="since")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "to be looked at"), ("dismissed", "different people")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "high",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.influencer",
                        verbose_name="influencer",
                    ),
                ),
                (
                    "low",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.influencer",
                        verbose_name="influencer",
                    ),
                ),
            ],
            options={
                "verbose_name": "duplicate",
                "verbose_name_plural": "duplicates",
                "constraints": [
                    models.UniqueConstraint(fields=("low", "high"), name="duplicate_once"),
                    models.CheckConstraint(condition=models.Q(("low__lt", models.F("high"))), name="duplicate_ordered"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "dismissed"])), name="duplicate_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "open")),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="duplicate_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("table", models.CharField(max_length=63, verbose_name="what")),
                ("row_id", models.BigIntegerField()),
                (
                    "operation",
                    models.CharField(
                        choices=[("INSERT", "creation"), ("UPDATE", "modification"), ("DELETE", "removal")],
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                ("changes", models.JSONField(default=dict, verbose_name="from what to what")),
                ("why", models.CharField(blank=True, max_length=100, verbose_name="on which occasion")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by whom",
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audit_events",
                        to="crm.influencer",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "indexes": [models.Index(models.F("table"), models.F("row_id"), name="audit_by_row")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("operation__in", ["INSERT", "UPDATE", "DELETE"])), name="audit_operation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("email_key", models.CharField(editable=False, max_length=254, unique=True)),
                ("digest", models.CharField(db_index=True, editable=False, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("professional", "professional"), ("personal", "personal")],
                        default="personal",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not recorded"),
                            ("consent", "consent"),
                            ("legitimate_interest", "legitimate interest"),
                            ("contract", "contract"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="legal basis",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=500, verbose_name="where we have it from")),
                ("source_url", models.CharField(blank=True, max_length=500, verbose_name="link to the source")),
                (
                    "noticed_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="told where we have it from"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="crm.importbatch",
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="crm.influencer"
                    ),
                ),
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["professional", "personal"])), name="address_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["", "consent", "legitimate_interest", "contract"])),
                        name="address_basis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_url__regex", '^https?://[^\\s<>\\"]+$'), ("source_url", ""), _connector="OR"
                        ),
                        name="address_source_url",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email__regex", "^[^@\\s<>,;]+@[^@\\s<>,;]+$")), name="address_email"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email_key__regex", "^[^@\\s<>,;]+@[^@\\s<>,;]+$")),
                        name="address_email_key",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("params", models.JSONField(blank=True, default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="activities",
                        to="crm.cause",
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="activities", to="crm.influencer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("influencer"), models.OrderBy(models.F("at"), descending=True), name="activity_newest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InfluencerAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("external_id", models.CharField(max_length=200, null=True, unique=True)),
                ("number", models.BigIntegerField(unique=True)),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="crm.influencer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", None), models.Q(("external_id", ""), _negated=True), _connector="OR"
                        ),
                        name="alias_external_id_not_blank",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Instance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keyring_fingerprint", models.CharField(editable=False, max_length=32)),
                (
                    "organisation",
                    models.CharField(
                        blank=True,
                        help_text="The name that signs messages.",
                        max_length=200,
                        verbose_name="organisation",
                    ),
                ),
                (
                    "postal_address",
                    models.CharField(
                        blank=True,
                        help_text="Stands under every first message: who writes says where they are.",
                        max_length=300,
                        verbose_name="postal address",
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="instance_is_one")],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                ("loser", models.UUIDField()),
                ("record", models.JSONField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "winner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.influencer",
                        verbose_name="influencer",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "indexes": [
                    models.Index(models.F("at"), condition=models.Q(("record__isnull", False)), name="merge_remembered")
                ],
            },
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("territory", models.CharField(blank=True, max_length=200, verbose_name="territory")),
                ("since_date", models.DateField(blank=True, null=True, verbose_name="since")),
                ("until_date", models.DateField(blank=True, null=True, verbose_name="until")),
                ("notes", models.TextField(blank=True, verbose_name="notes")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="represents",
                        to="crm.influencer",
                        verbose_name="agent",
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="representations", to="crm.influencer"
                    ),
                ),
            ],
            options={
                "verbose_name": "representation",
                "verbose_name_plural": "representations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("influencer", models.F("agent")), _negated=True),
                        name="representation_of_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("since_date", None),
                            ("until_date", None),
                            ("until_date__gte", models.F("since_date")),
                            _connector="OR",
                        ),
                        name="representation_dates",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until_date", None)),
                        fields=("influencer", "agent", "territory"),
                        name="representation_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=1000)),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with the team")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="saved_view_name_once"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="saved_view_has_name"),
                    models.CheckConstraint(condition=models.Q(("query", ""), _negated=True), name="saved_view_asks"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SocialAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "platform",
                    models.CharField(
                        choices=[
                            ("facebook", "Facebook"),
                            ("instagram", "Instagram"),
                            ("x", "X"),
                            ("linkedin", "LinkedIn"),
                            ("twitch", "Twitch"),
                            ("youtube", "YouTube"),
                            ("tiktok", "TikTok"),
                            ("bluesky", "Bluesky"),
                            ("mastodon", "Mastodon"),
                        ],
                        max_length=10,
                        verbose_name="platform",
                    ),
                ),
                ("handle", models.CharField(max_length=200, verbose_name="handle")),
                ("handle_key", models.CharField(editable=False, max_length=200)),
                ("platform_id", models.CharField(blank=True, max_length=100, null=True, verbose_name="platform id")),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="profile link")),
                ("followers", models.BigIntegerField(blank=True, null=True, verbose_name="followers")),
                ("engagement_rate", models.FloatField(blank=True, null=True, verbose_name="engagement rate")),
                ("observed_at", models.DateTimeField(blank=True, null=True, verbose_name="observed")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="crm.importbatch",
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="accounts", to="crm.influencer"
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
                "indexes": [
                    models.Index(models.F("platform"), models.F("followers"), name="account_by_platform"),
                    models.Index(models.F("followers"), name="account_by_followers"),
                    models.Index(models.F("engagement_rate"), models.F("influencer"), name="account_by_engagement"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "platform__in",
                                [
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
                        name="account_platform",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handle__regex", "^[^[:cntrl:]]+$"), ("handle_key__regex", "^[^[:cntrl:]]+$")
                        ),
                        name="account_handle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("url__regex", '^https?://[^\\s<>\\"]+$'), ("url", ""), _connector="OR"),
                        name="account_url",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("followers__gte", 0), ("followers", None), _connector="OR"),
                        name="account_followers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("engagement_rate", None),
                            models.Q(("engagement_rate__gte", 0), ("engagement_rate__lte", 1)),
                            _connector="OR",
                        ),
                        name="account_engagement_rate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("platform_id", None), models.Q(("platform_id", ""), _negated=True), _connector="OR"
                        ),
                        name="account_platform_id_not_blank",
                    ),
                    models.UniqueConstraint(fields=("platform", "platform_id"), name="account_platform_id_once"),
                    models.UniqueConstraint(fields=("platform", "handle_key"), name="account_handle_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("platform_id", models.CharField(max_length=100, verbose_name="platform id")),
                ("published_at", models.DateTimeField(verbose_name="published")),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("image", "image"),
                            ("carousel", "series of images"),
                            ("short_video", "short video"),
                            ("video", "video"),
                            ("story", "story"),
                            ("live", "live stream"),
                            ("article", "article"),
                            ("other", "other"),
                        ],
                        default="other",
                        max_length=12,
                        verbose_name="format",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                (
                    "hashtags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="hashtags",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="language")),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="link")),
                ("is_advert", models.BooleanField(null=True, verbose_name="declared as an advert")),
                ("likes", models.BigIntegerField(null=True, verbose_name="likes")),
                ("comments", models.BigIntegerField(null=True, verbose_name="comments")),
                ("shares", models.BigIntegerField(null=True, verbose_name="shares")),
                ("views", models.BigIntegerField(null=True, verbose_name="views")),
                ("saves", models.BigIntegerField(null=True, verbose_name="saves")),
                ("reach", models.BigIntegerField(null=True, verbose_name="people reached")),
                ("duration_seconds", models.IntegerField(null=True, verbose_name="length in seconds")),
                ("observed_at", models.DateTimeField(verbose_name="observed")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="crm.importbatch",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="posts", to="crm.socialaccount"
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "verbose_name_plural": "posts",
                "indexes": [
                    models.Index(
                        models.F("account"),
                        models.OrderBy(models.F("published_at"), descending=True),
                        name="post_newest",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "platform_id"), name="post_once"),
                    models.CheckConstraint(
                        condition=models.Q(("platform_id", ""), _negated=True), name="post_platform_id_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__regex", "^([a-z]{2,3})?$")), name="post_language"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("url__regex", '^https?://[^\\s<>\\"]+$'), ("url", ""), _connector="OR"),
                        name="post_url",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "format__in",
                                [
                                    "text",
                                    "image",
                                    "carousel",
                                    "short_video",
                                    "video",
                                    "story",
                                    "live",
                                    "article",
                                    "other",
                                ],
                            )
                        ),
                        name="post_format",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("likes", None), ("likes__gte", 0), _connector="OR"),
                            models.Q(("comments", None), ("comments__gte", 0), _connector="OR"),
                            models.Q(("shares", None), ("shares__gte", 0), _connector="OR"),
                            models.Q(("views", None), ("views__gte", 0), _connector="OR"),
                            models.Q(("saves", None), ("saves__gte", 0), _connector="OR"),
                            models.Q(("reach", None), ("reach__gte", 0), _connector="OR"),
                            models.Q(("duration_seconds", None), ("duration_seconds__gte", 0), _connector="OR"),
                        ),
                        name="post_figures",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="importbatch",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="crm.socialaccount",
            ),
        ),
        migrations.CreateModel(
            name="AudienceShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("country", "country"),
                            ("language", "language"),
                            ("age", "age"),
                            ("gender", "gender"),
                            ("interest", "interest"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("share", models.FloatField(null=True)),
                ("observed_at", models.DateTimeField()),
                ("is_newest", models.BooleanField(db_default=True, default=True, editable=False)),
                ("source", models.CharField(max_length=200)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="crm.importbatch",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="audience", to="crm.socialaccount"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("account"), models.F("dimension"), name="audience_by_account"),
                    models.Index(
                        models.F("dimension"),
                        models.F("key"),
                        models.F("share"),
                        condition=models.Q(("is_newest", True)),
                        name="audience_by_trait",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("dimension__in", ["country", "language", "age", "gender", "interest"])),
                        name="audience_dimension",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dimension", "country"), ("key__regex", "^[A-Z]{2}$")),
                            models.Q(("dimension", "language"), ("key__regex", "^[a-z]{2,3}$")),
                            models.Q(("dimension", "age"), ("key__regex", "^[0-9]{1,3}(-[0-9]{1,3}|\\+)$")),
                            models.Q(("dimension", "gender"), ("key__in", ["female", "male", "other", "unknown"])),
                            models.Q(("dimension", "interest"), models.Q(("key", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="audience_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("share", None), models.Q(("share__gte", 0), ("share__lte", 1)), _connector="OR"
                        ),
                        name="audience_share",
                    ),
                    models.UniqueConstraint(
                        fields=("account", "dimension", "key", "observed_at"), name="audience_share_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("observed_at", models.DateTimeField()),
                ("source", models.CharField(max_length=200)),
                ("is_estimate", models.BooleanField(default=False)),
                ("followers", models.BigIntegerField(null=True)),
                ("following", models.BigIntegerField(null=True)),
                ("posts", models.BigIntegerField(null=True)),
                ("avg_engagements", models.FloatField(null=True)),
                ("avg_likes", models.FloatField(null=True)),
                ("avg_comments", models.FloatField(null=True)),
                ("avg_shares", models.FloatField(null=True)),
                ("avg_views", models.FloatField(null=True)),
                ("engagement_rate", models.FloatField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="crm.importbatch",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="snapshots", to="crm.socialaccount"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "observed_at", "source"), name="snapshot_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("followers", None), ("followers__gte", 0), _connector="OR"),
                            models.Q(("following", None), ("following__gte", 0), _connector="OR"),
                            models.Q(("posts", None), ("posts__gte", 0), _connector="OR"),
                            models.Q(("avg_engagements", None), ("avg_engagements__gte", 0), _connector="OR"),
                            models.Q(("avg_likes", None), ("avg_likes__gte", 0), _connector="OR"),
                            models.Q(("avg_comments", None), ("avg_comments__gte", 0), _connector="OR"),
                            models.Q(("avg_shares", None), ("avg_shares__gte", 0), _connector="OR"),
                            models.Q(("avg_views", None), ("avg_views__gte", 0), _connector="OR"),
                        ),
                        name="snapshot_figures",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("engagement_rate", None),
                            models.Q(("engagement_rate__gte", 0), ("engagement_rate__lte", 1)),
                            _connector="OR",
                        ),
                        name="snapshot_engagement_rate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountHandle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handle", models.CharField(max_length=200)),
                ("until", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_handles",
                        to="crm.socialaccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "handle", "until"), name="former_handle_once"),
                    models.CheckConstraint(
                        condition=models.Q(("handle__regex", "^[^[:cntrl:]]+$")), name="former_handle"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("views", models.BigIntegerField(null=True)),
                ("engagements", models.BigIntegerField(null=True)),
                ("likes", models.BigIntegerField(null=True)),
                ("comments", models.BigIntegerField(null=True)),
                ("shares", models.BigIntegerField(null=True)),
                ("follows", models.BigIntegerField(null=True)),
                ("unfollows", models.BigIntegerField(null=True)),
                ("followers", models.BigIntegerField(null=True)),
                ("source", models.CharField(max_length=200)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="crm.importbatch",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="crm.socialaccount"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "day"), name="account_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("views", None), ("views__gte", 0), _connector="OR"),
                            models.Q(("engagements", None), ("engagements__gte", 0), _connector="OR"),
                            models.Q(("likes", None), ("likes__gte", 0), _connector="OR"),
                            models.Q(("comments", None), ("comments__gte", 0), _connector="OR"),
                            models.Q(("shares", None), ("shares__gte", 0), _connector="OR"),
                            models.Q(("follows", None), ("follows__gte", 0), _connector="OR"),
                            models.Q(("unfollows", None), ("unfollows__gte", 0), _connector="OR"),
                            models.Q(("followers", None), ("followers__gte", 0), _connector="OR"),
                        ),
                        name="account_day_figures",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.UUIDField()),
                ("line", models.IntegerField()),
                ("place", models.IntegerField()),
                ("platform", models.TextField()),
                ("handle", models.TextField()),
                ("handle_key", models.TextField()),
                ("platform_id", models.TextField(null=True)),
                ("url", models.TextField(null=True)),
                ("followers", models.BigIntegerField(null=True)),
                ("following", models.BigIntegerField(null=True)),
                ("posts", models.BigIntegerField(null=True)),
                ("avg_engagements", models.FloatField(null=True)),
                ("avg_likes", models.FloatField(null=True)),
                ("avg_comments", models.FloatField(null=True)),
                ("avg_shares", models.FloatField(null=True)),
                ("avg_views", models.FloatField(null=True)),
                ("engagement_rate", models.FloatField(null=True)),
                ("observed_at", models.DateTimeField(null=True)),
                ("audience", models.JSONField(null=True)),
                ("past", models.JSONField(null=True)),
                ("published", models.JSONField(null=True)),
                ("days", models.JSONField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "line", "place"), name="staged_account_once")],
            },
        ),
        migrations.CreateModel(
            name="StagedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.UUIDField()),
                ("line", models.IntegerField()),
                ("payload", models.BigIntegerField(null=True)),
                ("errors", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list)),
                ("title", models.TextField(blank=True)),
                ("raw", models.JSONField(null=True)),
                ("told", models.JSONField(default=dict)),
                ("external_id", models.TextField(null=True)),
                ("name", models.TextField(null=True)),
                ("sort_name", models.TextField(null=True)),
                ("search_text", models.TextField(null=True)),
                ("kind", models.TextField(null=True)),
                ("email", models.TextField(null=True)),
                ("email_key", models.TextField(null=True)),
                ("digest", models.TextField(null=True)),
                ("email_kind", models.TextField(null=True)),
                ("email_source", models.TextField(null=True)),
                ("basis", models.TextField(null=True)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
                ),
                ("country", models.TextField(null=True)),
                ("city", models.TextField(null=True)),
                ("timezone", models.TextField(null=True)),
                ("bio", models.TextField(null=True)),
                ("remarks", models.TextField(null=True)),
                (
                    "hashtags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
                ),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), null=True, size=None
                    ),
                ),
                (
                    "interests",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "line"), name="staged_row_once")],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=80)),
                (
                    "scope",
                    models.CharField(
                        choices=[("partnership", "partnership messages"), ("all", "every message")],
                        default="partnership",
                        max_length=12,
                        verbose_name="scope",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("unsubscribed", "unsubscribed"),
                            ("declined", "asked not to be written to"),
                            ("complaint", "complaint"),
                            ("bounced", "address does not exist"),
                            ("erased", "erased at their request"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="since")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "suppression",
                "verbose_name_plural": "suppressions",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["partnership", "all"])), name="suppression_scope"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["unsubscribed", "declined", "complaint", "bounced", "erased"])
                        ),
                        name="suppression_reason",
                    ),
                    models.UniqueConstraint(fields=("subject", "scope"), name="suppression_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("names", models.JSONField(default=dict, verbose_name="names")),
                ("words", models.JSONField(default=dict, verbose_name="words")),
                (
                    "kind",
                    models.CharField(
                        choices=[("concern", "field of concern"), ("trade", "trade or product")],
                        default="concern",
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="crm.topic",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["concern", "trade"])), name="topic_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent", None), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="topic_not_its_own_part",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="influencer",
            name="topics",
            field=models.ManyToManyField(blank=True, related_name="influencers", to="crm.topic", verbose_name="topics"),
        ),
        migrations.AddField(
            model_name="cause",
            name="topics",
            field=models.ManyToManyField(blank=True, related_name="causes", to="crm.topic", verbose_name="topics"),
        ),
        migrations.CreateModel(
            name="VettingCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("cleared", "cleared"), ("refused", "refused")], max_length=10, verbose_name="verdict"
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="vettings", to="crm.cause"
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="vettings", to="crm.influencer"
                    ),
                ),
            ],
            options={
                "verbose_name": "vetting",
                "verbose_name_plural": "vettings",
                "indexes": [
                    models.Index(
                        models.F("influencer"),
                        models.F("cause"),
                        models.OrderBy(models.F("at"), descending=True),
                        name="vetting_newest",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["cleared", "refused"])), name="vetting_verdict"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="vetting_has_reason"
                    ),
                ],
            },
        ),
        # Rows on their way in are not worth a log of their own: a crash takes them, and the file is read again.
        migrations.RunSQL("ALTER TABLE crm_stagedrow SET UNLOGGED", "ALTER TABLE crm_stagedrow SET LOGGED"),
        migrations.RunSQL("ALTER TABLE crm_stagedaccount SET UNLOGGED", "ALTER TABLE crm_stagedaccount SET LOGGED"),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION crm_audit()"),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
