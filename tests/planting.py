"""A person planted in every column of every model that speaks of people, found through the plans: a new column is too.

Columns that the database lets hold nothing but a code, a link or a mail are given such a one (SHAPED).
"""

import base64
import hashlib
import itertools
import quopri
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from crm.handles import canonical_email, fold, handle_key, sort_key
from crm.models import ImportBatch, Influencer
from crm.services.addresses import digest
from crm.services.person_plans import plan_of, planned
from tests.factories import NOW, CampaignFactory, CauseFactory, InfluencerFactory, UserFactory

EARLIER = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@dataclass
class Somebody:
    """How one person may be named, and the rows that speak of them."""

    name: str
    email: str
    handle: str
    platform_id: str
    phone: str
    number: int
    rows: dict[type, models.Model] = field(default_factory=dict)
    told_elsewhere: dict[type, models.Model] = field(default_factory=dict)  # in rows of somebody else
    marks: dict[str, str] = field(default_factory=dict)  # {"crm.post.text": what stands there}

    def needles(self) -> tuple[str, ...]:
        raw = self.email.encode()
        quoted = quopri.encodestring(self.name.encode()).decode()
        return (
            *(self.email, self.email.upper(), self.handle, self.platform_id, self.phone, quoted),
            *(unicodedata.normalize(form, self.name) for form in ("NFC", "NFD")),
            base64.b64encode(raw).decode(),
            *(hashlib.new(name, raw).hexdigest() for name in ("md5", "sha1", "sha256")),
        )

    @property
    def person(self) -> Influencer:
        return self.rows[Influencer]


AMELIE = {
    "name": "Amélie Zoë Kwiatkowska",
    "email": "amelie.k@studio-kw.example",
    "handle": "amelie.kwia",
    "platform_id": "UC9917KWIA",
    "phone": "+33 6 99 17 42 08",
    "number": 1,
}
BRUNO = {
    "name": "Brúno Nǎstase",
    "email": "bruno@plage.example",
    "handle": "bruno_nas",
    "platform_id": "UC4408NAST",
    "phone": "+40 712 440 871",
    "number": 2,
}

SHAPED = {
    "crm.influencer.sort_name": lambda who: sort_key(who.name),
    "crm.influencer.search_text": lambda who: fold(f"{who.name} {who.handle}"),
    "crm.influencer.name": lambda who: who.name,
    "crm.influencer.country": lambda who: "FR",
    "crm.influencer.languages": lambda who: ["fr"],
    "crm.influencer.timezone": lambda who: "Europe/Paris",
    "crm.audienceshare.dimension": lambda who: "interest",
    "crm.influenceralias.number": lambda who: who.number,
    "crm.influencer.external_id": lambda who: f"ext-{who.platform_id}",
    "crm.socialaccount.platform": lambda who: "instagram",
    "crm.socialaccount.handle": lambda who: who.handle,
    "crm.socialaccount.handle_key": lambda who: handle_key("instagram", who.handle),
    "crm.socialaccount.platform_id": lambda who: who.platform_id,
    "crm.socialaccount.url": lambda who: f"https://www.instagram.com/{who.handle}",
    "crm.post.url": lambda who: f"https://www.instagram.com/p/{who.handle}",
    "crm.post.language": lambda who: "fr",
    "crm.address.email": lambda who: who.email,
    "crm.address.email_key": lambda who: canonical_email(who.email),
    "crm.address.digest": lambda who: digest(canonical_email(who.email)),
    "crm.address.source_url": lambda who: f"https://studio.example/{who.handle}",
    "crm.auditevent.table": lambda who: "crm_address",
    "matching.relevancelabel.side": lambda who: "wants",
    "matching.relevancelabel.kind": lambda who: "not_fit",
    "matching.relevancelabel.about": lambda who: "",
    "matching.relevancelabel.actions": lambda who: None,
    "matching.relevancelabel.reached": lambda who: None,
    "outreach.message.language": lambda who: "fr",
    "outreach.message.reference": lambda who: f"planted:{who.number}",
    "outreach.message.reason": lambda who: "",
    "outreach.enrolment.resumes_date": lambda who: None,
    "outreach.inboundmessage.identity": lambda who: f"{who.number:064x}",
    "outreach.inboundmessage.nature": lambda who: "personal",
    "outreach.inboundmessage.matched_by": lambda who: "",
    "outreach.mailevent.provider": lambda who: "mailgun",
    "outreach.mailevent.event_id": lambda who: f"{who.number:064x}",
    "outreach.mailevent.digest": lambda who: f"{who.number:064x}",
    "outreach.cost.currency": lambda who: "EUR",
    "outreach.publication.platform": lambda who: "instagram",
    "outreach.publication.platform_id": lambda who: f"{who.platform_id}-{who.number}",
    "outreach.publication.url": lambda who: f"https://www.instagram.com/p/{who.handle}",
    "outreach.link.code": lambda who: f"bcdfghjk{who.number}",
    "outreach.link.destination_url": lambda who: "https://give.example/form",
    "outreach.link.platform": lambda who: "instagram",
}


def plant(**said) -> Somebody:
    """One row of every model with a path to a person, every text, list, JSON and blob of it naming them; and one that
    speaks of somebody else, of every model that tells of a second person.
    """
    who, other = Somebody(**said), InfluencerFactory()
    campaign, cause, user = CampaignFactory(), CauseFactory(), UserFactory()
    batch = ImportBatch.objects.create(
        subject="influencers", filename="list.csv", sha256="0", uploaded_at=NOW, state="analysed"
    )
    given = {type(row): row for row in (campaign, cause, user, batch)}
    for model in planned():
        if plan_of(model).path is not None:
            row = model(
                **{
                    each.attname: _value(who, model, each, given)
                    for each in model._meta.concrete_fields
                    if not each.primary_key
                }
            )
            row.save(force_insert=True)
            who.rows[model] = row
    for model in planned():
        if plan_of(model).also:
            who.told_elsewhere[model] = _of_another(who, other, model, given)
    return who


def _of_another(who, other, model, given):
    here, there = (
        model._meta.get_field(path.partition("__")[0]) for path in (plan_of(model).path, plan_of(model).also)
    )
    again = replace(who, number=who.number + 10, marks={})
    row = model(
        **{
            each.attname: _value(again, model, each, given)
            for each in model._meta.concrete_fields
            if not each.primary_key
        }
    )
    setattr(row, here.name, other if here.related_model is Influencer else bare(here.related_model, {**given}))
    setattr(row, there.name, who.rows[there.related_model])
    row.save(force_insert=True)
    return row


def _value(who, model, column, given):
    label = f"{model._meta.label_lower}.{column.name}"
    if isinstance(column, models.ForeignKey):
        other = column.related_model
        if label in {"outreach.message.user", "outreach.message.account"}:  # a message goes to one place
            return None
        if label in {"crm.representation.agent", "crm.duplicatecandidate.high"}:  # somebody else
            return InfluencerFactory().pk
        if other in who.rows:
            return who.rows[other].pk
        if other not in given:
            if column.null:
                return None
            given[other] = bare(other, given)
        return given[other].pk
    if label in SHAPED:
        value = SHAPED[label](who)
        if value is not None:
            who.marks[label] = value[0] if isinstance(value, list) else value
        return value
    return _planted(who, label, column)


def bare(model, given):
    """A row of a model that speaks of nobody, with nothing but what it must have."""
    values = {}
    for column in model._meta.concrete_fields:
        if column.primary_key or column.has_default() or (column.null and not isinstance(column, models.ForeignKey)):
            continue
        if isinstance(column, models.ForeignKey):
            if column.null:
                continue
            if column.related_model not in given:
                given[column.related_model] = bare(column.related_model, given)
            values[column.attname] = given[column.related_model].pk
        else:
            values[column.name] = _plain(column)
    return model.objects.create(**values)


def _plain(column):
    if column.choices:
        return column.choices[0][0]
    kind = column.get_internal_type()
    if kind in {"CharField", "TextField", "SlugField"}:
        return f"x{next(_turn)}" if column.unique else "x"
    return NOW if kind == "DateTimeField" else NOW.date() if kind == "DateField" else 1


def _planted(who, label, column):  # noqa: PLR0911
    kind = column.get_internal_type()
    if column.choices:
        return next(value for value, _label in column.choices if value)
    if kind in {"CharField", "TextField"}:
        return _mark(who, label, column.max_length)
    if kind == "JSONField":
        return {"kind": [_mark(who, label, None)], who.handle: {"deep": [who.email, 1]}}
    if isinstance(column, ArrayField):
        return (
            [_mark(who, label, column.base_field.max_length)]
            if column.base_field.get_internal_type() in {"CharField", "TextField"}
            else []
        )
    if kind == "BinaryField":
        return " ".join(who.needles()).encode()
    if kind == "UUIDField":
        return uuid4()
    if kind == "BooleanField":
        return False
    if kind in {"DateTimeField", "DateField"}:
        return NOW if kind == "DateTimeField" else NOW.date()
    return 1


_turn = itertools.count()


def _mark(who, label, limit):
    """The name of the column and as many needles as it holds, begun with another one each time."""
    needles = who.needles()
    start = next(_turn) % len(needles)
    text = f"{who.number}:{label}"[: limit or None]
    for needle in (*needles[start:], *needles[:start]):
        if not limit or len(text) + len(needle) + 1 <= limit:
            text += f" {needle}"
    who.marks[label] = text
    return text


def dump() -> dict[str, list[str]]:
    """Every row of every table of the database, as text; blobs in hexadecimal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname NOT LIKE 'pg_temp%' ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} AS t ORDER BY 1")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def hits(needles, *, ignore=()) -> list[tuple[str, str]]:
    """(table, needle) of every row in which one stands, also inside a blob or escaped JSON."""
    found = []
    for table, rows in dump().items():
        for row in rows:
            if not any(part in row for part in ignore):
                found += [(table, needle) for needle in needles if _is_in(needle, row)]
    return sorted(set(found))


def _is_in(needle: str, row: str) -> bool:
    escaped = needle.encode("unicode_escape").decode()
    return any(
        form.lower() in row.lower() for form in (needle, needle.replace("\n", "\\n"), escaped, needle.encode().hex())
    )
