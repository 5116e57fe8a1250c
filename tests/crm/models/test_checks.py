"""Reliability row I6: what may not stand in a column is refused by the database, whoever writes it.

Every CHECK is asked as the database has it: for a row that says nothing but the one value, it must answer "no".
"""

import importlib
import json
import re

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core import serializers
from django.core.management import call_command
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.models import F

from crm.models import Address, Cause, Goal, ImportBatch, Influencer, SocialAccount, StagedAccount, StagedRow
from matching.models import HashtagCount
from outreach.models import ExchangeRate
from tests.factories import NOW, AccountFactory, AddressFactory, CauseFactory, InfluencerFactory

pytestmark = pytest.mark.django_db

APPS = ("crm", "matching", "outreach")
# What a column is, by its name: values that it must refuse.
KINDS = {
    "link": (r"(.*_)?(url|website|link)", ["javascript:alert(1)", "data:text/html,x", "//x.example", "x", "http://a b"]),
    "e-mail address": (r"(.*_)?email(_key)?", ["x", "a@b\nc@d", "a@b,c@d", "<a@b>", "@"]),
    "currency": (r"(.*_)?currency", ["eur", "EU", "€", "E R"]),
    "country": (r"(.*_)?(country|countries)", ["fr", "F", "F1", "A,"]),
    "language": (r"(.*_)?languages?", ["FR", "français"[:5], "f", "f,r"]),
    "time zone": (r"(.*_)?timezone", ["Europe/Paris; x", "<b>", " "]),
    "share": (r"(.*_)?(share|rate|score|probability)", [-0.1, 1.1, 40]),
    "percentage": (r"(.*_)?percent(ile|age)?", [-1, 101]),
    "handle": (r"(.*_)?handle(_key)?", ["", "a\nb", "a\tb", "\u0007"]),
    "count": (
        r"followers|following|posts|views|reach|saves|likes|comments|shares|follows|unfollows|engagements|avg_\w+"
        r"|quantity|\w+_count|rows_read|duration_seconds",
        [-1],
    ),
}  # fmt: skip
# Columns that are meant to take anything, and why.
FREE = {
    (StagedRow, "*"): "on its way in: compared with these rules when it is stored, and empty at all other times",
    (StagedAccount, "*"): "the same",
    (HashtagCount, "posts"): "how many for each language, as JSON",
    (ExchangeRate, "rate"): "what one currency is worth in another, and no share",
}
TABLES = [model for app in APPS for model in apps.get_app_config(app).get_models()]


def is_free(model: type[models.Model], name: str) -> bool:
    return bool({(model, name), (model, "*")} & FREE.keys())


def refusals(field: models.Field) -> list[object]:
    """Values that must not stand in a column, as JSON; of a list, entries."""
    one = field.base_field if isinstance(field, ArrayField) else field
    if one.choices:
        bad: list[object] = ["~"] if one.get_internal_type().endswith(("CharField", "TextField")) else [-1]
    elif isinstance(one, models.URLField):
        bad = KINDS["link"][1]
    elif isinstance(one, models.EmailField):
        bad = KINDS["e-mail address"][1]
    elif isinstance(one, models.BooleanField):
        bad = []
    else:
        bad = next((values for shape, values in KINDS.values() if re.fullmatch(shape, field.name)), [])
    bad = [value for value in bad if not one.max_length or len(str(value)) <= one.max_length]
    return [[value] for value in bad] if isinstance(field, ArrayField) else bad


COLUMNS = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in TABLES
    for field in model._meta.concrete_fields
    if not field.is_relation and refusals(field) and not is_free(model, field.name)
]


def checks(model: type[models.Model], field: models.Field) -> list[str]:
    """The conditions of the table's CHECK constraints that read this column, as the database has them."""
    query = """
        SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint JOIN pg_attribute
            ON attrelid = conrelid AND attnum = ANY (conkey)
         WHERE contype = 'c' AND convalidated AND conrelid = %s::regclass AND attname = %s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [model._meta.db_table, field.column])
        return [row[0] for row in cursor.fetchall()]


def is_refused(model: type[models.Model], field: models.Field, value: object) -> bool:
    """Whether some CHECK says no to a row of which nothing is known but this."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for check in checks(model, field):
            try:
                with transaction.atomic():
                    cursor.execute(
                        f"SELECT {check.replace('%', '%%')} FROM jsonb_populate_record(NULL::{table}, %s)",
                        [json.dumps({field.column: value})],
                    )
                    said = cursor.fetchone()[0]
            except DataError:  # its type has no such value
                said = False
            if said is False:
                return True
    return False


@pytest.mark.parametrize(("model", "field"), COLUMNS)
def test_a_column_refuses_what_may_not_stand_in_it(model, field):
    taken = [value for value in refusals(field) if not is_refused(model, field, value)]
    assert taken == [], f"{model.__name__}.{field.name} needs a CHECK constraint, or a reason in FREE"


CHOSEN = [param for param in COLUMNS if param.values[1].choices]


@pytest.mark.parametrize(("model", "field"), CHOSEN)
def test_a_choice_that_was_added_is_taken(model, field):
    """By the constraints that read nothing else: two lists of the same words drift apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint JOIN pg_attribute"
            " ON attrelid = conrelid AND conkey = ARRAY[attnum]"
            " WHERE contype = 'c' AND conrelid = %s::regclass AND attname = %s",
            [model._meta.db_table, field.column],
        )
        alone = [row[0] for row in cursor.fetchall()]
        table = connection.ops.quote_name(model._meta.db_table)
        for value, _words in field.flatchoices:
            for check in alone:
                cursor.execute(
                    f"SELECT {check.replace('%', '%%')} FROM jsonb_populate_record(NULL::{table}, %s)",
                    [json.dumps({field.column: value})],
                )
                assert cursor.fetchone()[0] is not False, value


def test_a_reason_belongs_to_a_column():
    for model, name in FREE:
        assert name == "*" or model._meta.get_field(name)


# Every way in ---------------------------------------------------------------------------------------------------------


def by_bulk_create(row: models.Model, name: str, value: object) -> None:
    row.pk = None
    row._state.adding = True
    for field in row._meta.concrete_fields:
        if field.unique and not field.primary_key and field.name != name:
            setattr(row, field.attname, field.get_default() if field.has_default() else f"other-{field.name}")
    if isinstance(row, SocialAccount):
        row.handle_key = "another"
    if isinstance(row, Goal):
        row.kind = "other"
    setattr(row, name, value)
    type(row).objects.bulk_create([row])


def by_update(row: models.Model, name: str, value: object) -> None:
    type(row).objects.filter(pk=row.pk).update(**{name: value})


def by_bulk_update(row: models.Model, name: str, value: object) -> None:
    setattr(row, name, value)
    type(row).objects.bulk_update([row], [name])


def by_sql(row: models.Model, name: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET {name} = %s WHERE id = %s", [value, row.pk])


def by_fixture(row: models.Model, name: str, value: object, folder) -> None:
    [told] = json.loads(serializers.serialize("json", [row]))
    told["fields"][name] = json.dumps(value) if isinstance(value, list) else value
    path = folder / "rows.json"
    path.write_text(json.dumps([told]))
    call_command("loaddata", path, verbosity=0)


ROWS = {
    "link": (AccountFactory, "url", "javascript:alert(1)"),
    "website": (CauseFactory, "website", "data:text/html,<script>alert(1)</script>"),
    "e-mail": (AddressFactory, "email", "ann@x.example\nBcc: bob@x.example"),
    "country": (InfluencerFactory, "country", "fr"),
    "languages": (InfluencerFactory, "languages", ["fr", "FR"]),
    "countries": (CauseFactory, "countries", ["FR", "France"[:2]]),
    "platforms": (CauseFactory, "platforms", ["instagram", "myspace"]),
    "kind": (InfluencerFactory, "kind", "robot"),
    "rate": (AccountFactory, "engagement_rate", 4.1),
    "credibility": (
        lambda: AccountFactory().snapshots.create(observed_at=NOW, source="x", credible_share=0.83),
        "credible_share",
        83.0,
    ),
    "handle": (AccountFactory, "handle", ""),
    "currency": (
        lambda: CauseFactory().goals.create(kind="donation", amount_minor=1, currency="EUR"),
        "currency",
        "eur",
    ),
}


@pytest.mark.parametrize("what", ROWS)
@pytest.mark.parametrize("way", [by_bulk_create, by_update, by_bulk_update, by_sql, by_fixture])
def test_no_way_in_is_open(what, way, tmp_path):
    make, name, value = ROWS[what]
    row = make()
    more = (tmp_path,) if way is by_fixture else ()
    with pytest.raises(IntegrityError, match="violates check constraint"), transaction.atomic():
        way(row, name, value, *more)


def test_what_an_import_is_of_is_checked():
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.create(subject="pets", filename="x.csv", uploaded_at=NOW)


def test_traits_of_an_audience_are_spelled_as_everywhere():
    account, cause = AccountFactory(), CauseFactory()
    told = [("country", "fr"), ("language", "FR"), ("age", "old"), ("gender", "fr"), ("interest", "")]
    for dimension, key in told:
        with pytest.raises(IntegrityError), transaction.atomic():
            account.audience.create(dimension=dimension, key=key, observed_at=NOW, source="x")
        with pytest.raises(IntegrityError), transaction.atomic():
            cause.targets.create(dimension=dimension, key=key)


def test_a_good_row_passes_every_way():
    row = AccountFactory()
    by_update(row, "url", "https://x.com/ann")
    by_sql(row, "engagement_rate", 0.04)
    Influencer.objects.update(languages=["fr", "en", "haw"], timezone="America/Argentina/Buenos_Aires", country="")
    Cause.objects.update(platforms=["x"], countries=[], name=F("name"))
    assert not Address.objects.exists()


def test_rows_from_before_are_blanked_where_they_mean_nothing_and_nothing_else_is_touched():
    """What the migration does before it adds the constraints, in a database that lacks them."""
    account, cause = AccountFactory(), CauseFactory(platforms=["x"], countries=["FR", "GB"])
    account.audience.create(dimension="country", key="FR", observed_at=NOW, source="x")
    good = [list(model.objects.values()) for model in (Influencer, SocialAccount, Cause)]
    with connection.cursor() as cursor:
        for table, name in [
            *(("crm_influencer", "influencer_languages"), ("crm_influencer", "influencer_timezone")),
            *(("crm_accountsnapshot", "snapshot_figures"), ("crm_accountsnapshot", "snapshot_engagement_rate")),
            *(
                ("crm_audienceshare", "audience_key"),
                ("crm_cause", "cause_platforms"),
                ("crm_cause", "cause_countries"),
            ),
        ]:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    bad = InfluencerFactory(languages=["fr", "FR"], timezone="not a <zone>")
    torn = CauseFactory(platforms=["myspace", "x"], countries=["fr", "FR"])
    account.snapshots.create(observed_at=NOW, source="x", followers=-1, avg_likes=5, engagement_rate=4.2)
    account.audience.create(dimension="age", key="old", observed_at=NOW, source="x")
    with connection.cursor() as cursor:
        for statement in importlib.import_module("crm.migrations.0014_checks").BLANK:
            cursor.execute(statement)
    bad.refresh_from_db()
    torn.refresh_from_db()
    assert (bad.languages, bad.timezone) == (["fr"], "")
    assert (torn.platforms, torn.countries) == (["x"], ["FR"])
    assert account.snapshots.values_list("followers", "avg_likes", "engagement_rate").get() == (None, 5, None)
    assert account.audience.values_list("dimension", "key").get() == ("country", "FR")
    kept = (Influencer.objects.exclude(pk=bad.pk), SocialAccount.objects.all(), Cause.objects.filter(pk=cause.pk))
    assert [list(rows.values()) for rows in kept] == good
