"""Pushes for a cause, and the texts they start from."""

from datetime import date
from typing import Any

from django.db import transaction

from crm.errors import DomainError
from crm.models import Cause, User
from outreach import rendering
from outreach.models import Campaign, MessageTemplate


@transaction.atomic
def create(
    *,
    cause: Cause,
    slug: str,
    name: str,
    destination_url: str,
    organisation: str,
    starts_date: date,
    ends_date: date | None = None,
    by: User | None = None,
) -> Campaign:
    """A new campaign. Raises DomainError: slug_taken, dates_reversed."""
    if Campaign.objects.filter(slug=slug).exists():
        raise DomainError("slug_taken", slug=slug)
    if ends_date and ends_date < starts_date:
        raise DomainError("dates_reversed")
    return Campaign.objects.create(
        cause=cause,
        slug=slug,
        name=name,
        destination_url=destination_url,
        organisation=organisation,
        starts_date=starts_date,
        ends_date=ends_date,
        owner=by,
    )


def save_template(
    *, name: str, language: str, subject: str, body: str, template: MessageTemplate | None = None
) -> MessageTemplate:
    """Store a text once its placeholders are known to be fillable.

    Raises DomainError: template_taken, placeholder_unknown, placeholder_malformed, template_too_large.
    """
    rendering.check(subject, body)
    values: dict[str, Any] = {"name": name, "language": language, "subject": subject, "body": body}
    same = MessageTemplate.objects.filter(name=name, language=language).first()
    if same and same != template:
        raise DomainError("template_taken", name=name, language=language)
    if template is None:
        return MessageTemplate.objects.create(**values)
    for field, value in values.items():
        setattr(template, field, value)
    template.save()
    return template
