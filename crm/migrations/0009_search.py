import datetime
import re
import unicodedata

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.comparison
from django.db import migrations, models

CHUNK = 2_000
_FILL = """
UPDATE crm_influencer AS known SET search_text = told.text
FROM unnest(%s::bigint[], %s::text[]) AS told(id, text) WHERE told.id = known.id AND known.search_text <> told.text
"""
# What crm.services.bulk.lists keeps from here on.
_SIZES = """
UPDATE crm_influencer AS known SET size = told.size FROM (
  SELECT influencer_id AS id, max(followers) AS size FROM crm_socialaccount GROUP BY influencer_id
) AS told WHERE told.id = known.id AND told.size IS NOT NULL;
UPDATE crm_influencer AS known SET is_contactable = true WHERE erased_at IS NULL AND EXISTS (
  SELECT FROM crm_address AS address WHERE address.influencer_id = known.id AND source <> ''
     AND (basis = 'consent' OR (basis IN ('legitimate_interest', 'contract') AND address.kind = 'professional'))
     AND NOT EXISTS (SELECT FROM crm_suppression AS no WHERE no.subject = address.digest));
UPDATE crm_audienceshare AS share SET is_newest = false WHERE EXISTS (
  SELECT FROM crm_audienceshare AS newer WHERE newer.account_id = share.account_id
     AND newer.dimension = share.dimension AND newer.observed_at > share.observed_at);
"""


# As crm.handles.search_text was when this was written: what it becomes must not change what this did.
_WORD = re.compile(r"[^\W_]+")
_BIO = 2_000
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t"}
    | {"ĸ": "k"}
)
_FILLERS = "\u115f\u1160\u3164\uffa0"
_MARKS_IN_A_ROW = 30


def search_text(named, bio):
    lines = [" ".join(words(" ".join(named))), " ".join(dict.fromkeys(words(bio[:_BIO])))]
    return "\n".join(lines).rstrip("\n")


def words(text):
    bare = normalise("NFKD", text).casefold()
    plain = "".join(map(letter, normalise("NFKD", bare))).translate(_LETTERS)
    return _WORD.findall(normalise("NFC", plain))


def normalise(form, text):
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MARKS_IN_A_ROW:
            kept.append(character)
    return unicodedata.normalize(form, "".join(kept))


def letter(character):
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    is_dropped = category in {"Mn", "Me", "Cc", "Cf", "Cs"} or character in _FILLERS
    return "" if is_dropped or unicodedata.combining(character) else character


def fill(apps, schema_editor):
    people, accounts = apps.get_model("crm", "Influencer"), apps.get_model("crm", "SocialAccount")
    last = 0
    while chunk := list(people.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "name", "bio")[:CHUNK]):
        last = chunk[-1][0]
        handles = {}
        told = accounts.objects.filter(influencer__in=[pk for pk, *_said in chunk]).order_by("pk")
        for pk, handle in told.values_list("influencer", "handle"):
            handles.setdefault(pk, []).append(handle)
        texts = [search_text([name, *handles.get(pk, [])], bio) for pk, name, bio in chunk]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_FILL, [[pk for pk, *_said in chunk], texts])
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_SIZES)


def line(number):
    """The words of one line of search_text."""
    return models.Func(
        models.F("search_text"), models.Value("\n"), models.Value(number), function="split_part",
        output_field=models.TextField(),
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("crm", "0008_briefs")]
    operations = [
        migrations.AddField(
            model_name="audienceshare",
            name="is_newest",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="influencer",
            name="is_contactable",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="influencer",
            name="size",
            field=models.BigIntegerField(db_default=-1, default=-1, editable=False),
        ),
        migrations.AlterField(
            model_name="influencer",
            name="sort_name",
            field=models.CharField(editable=False, max_length=200),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddField(
            model_name="influencer",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector(line(1), config="simple", weight="A"),
                    "||",
                    django.contrib.postgres.search.SearchVector(line(2), config="simple", weight="D"),
                    django.contrib.postgres.search.SearchConfig("simple"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="influencer",
            index=django.contrib.postgres.indexes.GinIndex("search", name="influencer_search"),
        ),
        migrations.AddIndex(
            model_name="influencer",
            index=django.contrib.postgres.indexes.GinIndex("languages", name="influencer_languages"),
        ),
        migrations.AddIndex(
            model_name="influencer",
            index=models.Index("sort_name", "id", name="influencer_by_name"),
        ),
        migrations.AddIndex(
            model_name="influencer",
            index=models.Index("country", "sort_name", "id", name="influencer_by_country"),
        ),
        migrations.AddIndex(
            model_name="influencer",
            index=models.Index("kind", "sort_name", "id", name="influencer_by_kind"),
        ),
        migrations.AddIndex(
            model_name="influencer",
            index=models.Index("is_contactable", "sort_name", "id", name="influencer_by_contactable"),
        ),
        migrations.AddIndex(
            model_name="influencer",
            index=models.Index("size", "id", name="influencer_by_size"),
        ),
        migrations.AddIndex(
            model_name="influencer",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "last_contacted_at",
                    models.Value(
                        datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                ),
                "id",
                name="influencer_by_contact",
            ),
        ),
        migrations.AddIndex(
            model_name="audienceshare",
            index=models.Index(
                "dimension", "key", "share", condition=models.Q(("is_newest", True)), name="audience_by_trait"
            ),
        ),
        migrations.AddIndex(
            model_name="socialaccount",
            index=models.Index("platform", "followers", name="account_by_platform"),
        ),
        migrations.AddIndex(
            model_name="socialaccount",
            index=models.Index("followers", name="account_by_followers"),
        ),
        migrations.AddIndex(
            model_name="socialaccount",
            index=models.Index("engagement_rate", name="account_by_engagement"),
        ),
    ]
