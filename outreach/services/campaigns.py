"""Pushes for a cause, and the texts they start from."""

import re
from datetime import date
from itertools import count
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from crm.errors import DomainError
from crm.models import Cause, User
from outreach import rendering, versions
from outreach.models import Campaign, Link, MessageTemplate
from outreach.services import credits, destinations, waiting
from outreach.services.paths import DEFAULT_DAYS
from outreach.services.personal import Reader

_SLUG = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")  # it stands in links


@transaction.atomic
def create(
    *,
    cause: Cause,
    name: str,
    destination_url: str,
    organisation: str,
    starts_date: date,
    slug: str = "",
    ends_date: date | None = None,
    owner: User | None = None,
    by: User | None = None,
    attribution_days: int | None = None,
) -> Campaign:
    """A new campaign, owned by whoever makes it unless somebody else is named. Its short name is made of the name
    where none is given.

    Raises DomainError: slug_taken, slug_invalid, dates_reversed, destination_invalid, destination_elsewhere,
    attribution_days_invalid (most).
    """
    campaign = Campaign(
        cause=cause,
        slug=slug or _free_slug(name),
        name=name,
        destination_url=destination_url,
        organisation=organisation,
        starts_date=starts_date,
        ends_date=ends_date,
        owner=owner or by,
        attribution_days=attribution_days or DEFAULT_DAYS,
    )
    _check(campaign)
    campaign.save()
    return campaign


@transaction.atomic
def update(
    *,
    campaign: Campaign,
    cause: Cause,
    name: str,
    destination_url: str,
    organisation: str,
    starts_date: date,
    slug: str = "",
    ends_date: date | None = None,
    owner: User | None = None,
    attribution_days: int | None = None,
) -> Campaign:
    """Change a campaign; a blank short name stays as it was. Links already given away lead to the new page too, and
    with other days of credit everything that may be the campaign's is credited again.

    Raises DomainError: what `create` raises, campaign_under_way (another cause, though people were chosen for it).
    """
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    before = locked.destination_url
    if cause != locked.cause and locked.outreaches.exists():
        raise DomainError("campaign_under_way")
    locked.cause, locked.name, locked.slug = cause, name, slug or locked.slug
    locked.destination_url, locked.organisation, locked.owner = destination_url, organisation, owner
    locked.starts_date, locked.ends_date = starts_date, ends_date
    days, locked.attribution_days = locked.attribution_days, attribution_days or locked.attribution_days
    _check(locked)
    locked.save()
    if locked.attribution_days != days:
        credits.again_for(campaign=locked)
    Link.objects.filter(outreach__campaign=locked, destination_url=before).update(destination_url=destination_url)
    return locked


@transaction.atomic
def pause(*, campaign: Campaign) -> Campaign:
    """Nothing of it leaves any more from this moment on: what is not through the gate waits. Twice is once."""
    return _set_paused(campaign, True)


@transaction.atomic
def resume(*, campaign: Campaign) -> Campaign:
    """What waited goes on. Twice is once."""
    return _set_paused(campaign, False)


def _set_paused(campaign: Campaign, is_paused: bool) -> Campaign:
    waiting.hold_the_gate()
    locked = Campaign.objects.select_for_update(of=("self",)).select_related("cause").get(pk=campaign.pk)
    if locked.is_paused != is_paused:
        locked.is_paused = is_paused
        locked.save(update_fields=["is_paused", "updated_at"])
    return locked


def save_template(
    *,
    name: str,
    language: str,
    subject: str,
    body: str,
    register: str = "",
    template: MessageTemplate | None = None,
) -> MessageTemplate:
    """Store a text once its placeholders are known to be fillable. Its register is what its language tells apart.

    Raises DomainError: template_taken, and what rendering.check raises.
    """
    rendering.check(subject, body)
    register = versions.register_in(language, register)
    values: dict[str, Any] = {
        "name": name,
        "language": language,
        "register": register,
        "subject": subject,
        "body": body,
    }
    same = MessageTemplate.objects.filter(name=name, language=language, register=register).first()
    if same and same != template:
        raise DomainError("template_taken", name=name, language=language, register=register)
    if template is None:
        return MessageTemplate.objects.create(**values)
    for field, value in values.items():
        setattr(template, field, value)
    template.save()
    return template


def choose_template(*, name: str, reader: Reader, cause: Cause) -> tuple[MessageTemplate, tuple[versions.Remark, ...]]:
    """The version of a text that somebody reads, and what had to be fallen back on: the cause's languages, then ours.

    Raises DomainError: template_unfit (name, languages).
    """
    offered = {template.version: template for template in MessageTemplate.objects.filter(name=name)}
    house = [*cause.languages, settings.LANGUAGE_CODE]
    choice = versions.choose(offered, languages=reader.languages, register=reader.register, house=house)
    if choice is None:
        raise DomainError("template_unfit", name=name, languages=list(dict.fromkeys([*reader.languages, *house])))
    return offered[choice.version], choice.remarks


def remarks_on(*, template: MessageTemplate, reader: Reader, cause: Cause) -> tuple[versions.Remark, ...]:
    """The same of a version that somebody picked: nothing, where it is another one than we would have chosen."""
    try:
        chosen, remarks = choose_template(name=template.name, reader=reader, cause=cause)
    except DomainError:
        return ()
    return remarks if chosen == template else ()


def _check(campaign: Campaign) -> None:
    if not _SLUG.fullmatch(campaign.slug):
        raise DomainError("slug_invalid")
    if Campaign.objects.filter(slug=campaign.slug).exclude(pk=campaign.pk).exists():
        raise DomainError("slug_taken", slug=campaign.slug)
    if campaign.ends_date and campaign.ends_date < campaign.starts_date:
        raise DomainError("dates_reversed")
    if not 1 <= campaign.attribution_days <= Campaign.MOST_DAYS:
        raise DomainError("attribution_days_invalid", most=Campaign.MOST_DAYS)
    destinations.check_page(campaign.destination_url, cause=campaign.cause)
    if not campaign.destination_url.startswith(("http://", "https://")):  # a scheme in capitals
        raise DomainError("destination_invalid")


def _free_slug(name: str) -> str:
    """A short name made of a name: "Printemps 2027" is printemps-2027, or printemps-2027-2 where that is taken."""
    made = re.sub("[_-]+", "-", slugify(name))[:90].strip("-") or "campaign"
    taken = set(Campaign.objects.filter(slug__startswith=made).values_list("slug", flat=True))
    return next(slug for number in count(1) if (slug := made if number == 1 else f"{made}-{number}") not in taken)
