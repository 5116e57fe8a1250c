"""Which rows are the demo's, and taking them out again: all of them and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from config.demo import files, following, letters, response, scripts, spending, texts
from crm import keyring
from crm.errors import DomainError
from crm.models import (
    Address,
    AuditEvent,
    Cause,
    ImportBatch,
    ImportRow,
    Influencer,
    Instance,
    SocialAccount,
    Suppression,
    User,
    VettingCheck,
)
from crm.services import addresses, instance
from crm.services.bulk import staging
from matching.models import Exclusion, HashtagCount, MatchList, RankerVersion, RelevanceLabel
from outreach.models import (
    Assignment,
    AttributionCredit,
    Campaign,
    Click,
    Conversion,
    Cost,
    Enrolment,
    InboundMessage,
    Link,
    Message,
    MessageTemplate,
    Outreach,
    Publication,
    Source,
)
from outreach.services import conversions


def holds_other_data() -> bool:
    """Whether there is anybody or anything that is not the demo's: then it neither comes nor is put back."""
    others = (
        User.objects.filter(is_demo=False),
        Influencer.objects.exclude(_ours()),
        Cause.objects.filter(is_demo=False),
        Campaign.objects.filter(is_demo=False),
        ImportBatch.objects.exclude(pk__in=files.batches()),
    )
    return any(rows.exists() for rows in others)


@transaction.atomic
def remove() -> None:
    """Remove every row of the demo; what is not the demo's stays, and so do topics, rankers and the keys.

    With its staff goes what they decided of others: a verdict on a real person that nobody real gave holds no longer.
    Raises DomainError: demo_in_use, when a campaign of somebody's own is for a cause of the demo;
    demo_last_administrator, when those who stay could not let anybody in.
    """
    instance.hold()
    _check_administrator_stays()
    if Campaign.objects.filter(is_demo=False, cause__is_demo=True).exists():
        raise DomainError("demo_in_use")
    _remove_outreach()
    _remove_suppressions()
    MatchList.objects.filter(cause__is_demo=True).delete()
    RankerVersion.objects.filter(match_lists=None).exclude(
        weights={}
    ).delete()  # made for a cause that is none any more
    HashtagCount.objects.all().delete()  # of the demo's posts, too: who stays is counted anew within the hour
    _people().delete()
    Cause.objects.filter(is_demo=True).delete()
    for run in files.batches().values_list("public_id", flat=True):
        staging.forget(run=run)
    files.batches().delete()
    for template in texts.templates():  # what somebody rewrote is theirs
        MessageTemplate.objects.filter(**asdict(template)).delete()
    Instance.objects.filter(organisation=scripts.ORGANISATION).update(organisation="")
    Instance.objects.filter(postal_address=scripts.POSTAL_ADDRESS).update(postal_address="")
    _remove_staff()
    _remove_trail()


def remove_texts() -> None:
    """The demo's texts, rewritten or not: for putting them back as they were."""
    for template in texts.templates():
        MessageTemplate.objects.filter(
            name=template.name, language=template.language, register=template.register
        ).delete()


def _check_administrator_stays() -> None:
    stays = User.objects.filter(is_demo=False, is_active=True)
    leads = Q(is_superuser=True) | Q(groups__name=User.Role.ADMINISTRATOR)
    if stays.exists() and not stays.filter(leads).exists():
        raise DomainError("demo_last_administrator")


def _ours() -> Q:
    """People of the demo, and those that a visitor let one of its files make."""
    made = ImportRow.objects.filter(batch__in=files.batches(), verdict=ImportRow.Verdict.CREATED)
    return Q(is_demo=True) | Q(pk__in=made.exclude(influencer=None).values("influencer"))


def _people() -> QuerySet[Influencer]:
    return Influencer.objects.filter(_ours())


def _remove_outreach() -> None:
    outreaches = Outreach.objects.filter(Q(campaign__is_demo=True) | Q(influencer__in=_people()))
    ids = list(outreaches.values_list("pk", flat=True))
    links = Link.objects.filter(outreach__in=ids)
    actions = Conversion.objects.filter(Q(source__in=scripts.SOURCES) | _by_hand())
    # Credit is derived: of a conversion of somebody's own it is worked out again, without these links.
    touched = Conversion.objects.filter(Q(pk__in=actions) | Q(credits__link__in=links))
    AttributionCredit.objects.filter(conversion__in=list(touched.values_list("pk", flat=True))).delete()
    said = Q(conversion__in=actions) | Q(link__in=links) | Q(by__is_demo=True)
    with _ledger_open():
        Assignment.objects.filter(said).delete()
        actions.delete()
    Source.objects.filter(name=response.SOURCE).delete()
    Click.objects.filter(link__in=links).delete()  # with their verdicts
    InboundMessage.objects.filter(Q(outreach__in=ids) | Q(influencer__in=_people())).delete()
    InboundMessage.objects.filter(outreach=None, from_address__in=letters.senders()).delete()
    Message.objects.filter(outreach__in=ids).delete()
    Enrolment.objects.filter(outreach__in=ids).delete()
    following.remove()
    spending.remove()
    Cost.objects.filter(outreach__in=ids).delete()
    Publication.objects.filter(outreach__in=ids).delete()  # with their readings
    links.delete()
    Outreach.objects.filter(pk__in=ids).delete()
    Campaign.objects.filter(is_demo=True).delete()


def _by_hand() -> Q:
    """What a visitor wrote down as an action for a campaign of the demo."""
    campaigns = Campaign.objects.filter(is_demo=True).values_list("public_id", flat=True)
    return Q(source=conversions.BY_HAND, utm__utm_id__in=[str(public_id) for public_id in campaigns])


_APPEND_ONLY = (
    ("outreach_conversion", "conversion_append_only"),
    ("outreach_conversionmark", "conversion_mark_append_only"),
    ("outreach_assignment", "assignment_append_only"),
)


@contextmanager
def _ledger_open() -> Iterator[None]:
    """The ledger of conversions refuses every removal, by a trigger. Its owner sets it aside for this transaction only:
    others wait meanwhile, and a rollback puts it back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks pending cannot be altered
        for table, trigger in _APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        yield
        for table, trigger in _APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _remove_suppressions() -> None:
    """Those of fictional people, by their addresses and by their accounts; and those of addresses nobody has."""
    subjects = list(Address.objects.filter(influencer__in=_people()).values_list("digest", flat=True))
    subjects += [subject for email, *_said in scripts.REFUSALS for subject in addresses.subjects_of(email)]
    named = SocialAccount.objects.filter(influencer__in=_people()).values_list("platform", "platform_id", "handle_key")
    if Suppression.objects.exclude(subject__in=subjects).exists():
        for platform, *names in named:
            for name in filter(None, names):
                subjects += keyring.digests("account", f"{platform}:{name}")
    Suppression.objects.filter(subject__in=subjects).delete()


def _remove_trail() -> None:
    """What the audit trail tells of rows that are not there any more. (Its lines of what stays, stay.)"""
    for table in AuditEvent.objects.order_by("table").values_list("table", flat=True).distinct():
        model = next(model for model in apps.get_models() if model._meta.db_table == table)
        there = model._default_manager.filter(pk=OuterRef("row_id"))
        AuditEvent.objects.filter(~Exists(there), table=table).delete()


def _remove_staff() -> None:
    for judged in (VettingCheck, RelevanceLabel, Exclusion):
        judged._default_manager.filter(by__is_demo=True).delete()
    ImportBatch.objects.filter(uploaded_by__is_demo=True).update(uploaded_by=None)
    User.objects.filter(is_demo=True).delete()
