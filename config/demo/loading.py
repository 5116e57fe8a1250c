"""The demo: an organisation, its people and ten weeks of its work, so that every page has something true to say.

Everything goes through the services, as of the instants at which it would have happened. Every e-mail address ends in
.example, which no mail ever leaves for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.db.models import F, Min, OuterRef, Subquery
from django.utils import timezone

from config.demo import (
    diary,
    doubles,
    files,
    following,
    letters,
    ours,
    people,
    profiles,
    publishing,
    response,
    rows,
    scripts,
    spending,
    story,
    texts,
)
from crm.errors import DomainError
from crm.models import ActionKind, Activity, Cause, Goal, Influencer, User
from crm.services import addresses, audit, influencers, instance, staff
from matching.tasks import count_hashtags
from outreach.models import Campaign, Message, MessageTemplate, Outreach
from outreach.services import campaigns

PASSWORD = staff.DEMO_PASSWORD
SIZE = 285  # people; organisations and those of a file come on top
_SEED = scripts.ORGANISATION
_BEGAN = timedelta(days=76)
_SEASON = timedelta(days=180)
_STAFF = (
    ("lea", "Léa", "Martin", User.Role.OFFICER),
    ("sam", "Sam", "Okafor", User.Role.MANAGER),
    ("ada", "Ada", "Novak", User.Role.ADMINISTRATOR),
)


def is_loaded() -> bool:
    return Cause.objects.filter(is_demo=True).exists()


@audit.said(why="demo")
@transaction.atomic
def load(*, at: datetime, size: int = SIZE) -> None:
    """Build the demo as of this instant; the same instant gives the same content. After a crash nothing is half there.

    Raises DomainError: demo_other_data, when the database holds anything but a demo; demo_loaded.
    """
    instance.hold()
    if rows.holds_other_data():
        raise DomainError("demo_other_data")
    if is_loaded():
        raise DomainError("demo_loaded")
    rng = Random(_SEED)
    instance.describe(organisation=scripts.ORGANISATION, postal_address=scripts.POSTAL_ADDRESS)
    users = _make_staff()
    for template in texts.templates():
        campaigns.save_template(**asdict(template))
    files.bring_causes(at=at - _BEGAN, by=users["sam"])
    known = people.settle(diary.kept_by_one(profiles.cast(rng, at=at, size=size)), at=at)
    _know_some_well(known, at=at - _BEGAN, by=users["lea"])
    stored, _ = files.bring_people(at=at, by=users["lea"])
    _note_refusals(users, at=at)
    shared = story.tell(rng, at=at, zone=timezone.get_current_timezone())
    response.respond(rng, shared, at=at)
    publishing.publish(shared, at=at)
    spending.spend(users, at=at)
    following.begin(at=at, by=users["lea"])
    letters.bring(at=at)
    twice, own = doubles.bring(at=at), ours.bring(at=at)
    _mark(people=[*known, *twice, own, *stored.rows.exclude(influencer=None).values_list("influencer", flat=True)])
    _set_days(at=at)
    _backdate(at=at)
    count_hashtags(at=at.isoformat())


@transaction.atomic
def reload(*, at: datetime, size: int = SIZE) -> None:
    """Put the demo back as it was. Raises DomainError: demo_other_data."""
    instance.hold()
    if rows.holds_other_data():
        raise DomainError("demo_other_data")
    rows.remove()
    rows.remove_texts()
    load(at=at, size=size)


def _make_staff() -> dict[str, User]:
    # No language of their own: a visitor reads on in that of their browser.
    for username, first_name, last_name, role in _STAFF:
        user = staff.add(
            username=username,
            first_name=first_name,
            last_name=last_name,
            email=f"{username}@rivages.example",
            role=role,
            password=PASSWORD,
        )
        User.objects.filter(pk=user.pk).update(is_demo=True)
    return {user.username: user for user in User.objects.filter(is_demo=True)}


def _know_some_well(known: Sequence[int], *, at: datetime, by: User) -> None:
    """Every fourth person who posts in French is on first-name terms with the office."""
    french = Influencer.objects.filter(pk__in=known, kind=Influencer.Kind.PERSON, languages__0="fr").order_by("pk")
    for person in french[::4]:
        influencers.address_as(influencer=person, register="informal", source="by hand", at=at, by=by)


def _note_refusals(users: dict[str, User], *, at: datetime) -> None:
    for email, reason, days, who in scripts.REFUSALS:
        addresses.refuse(email=email, reason=reason, at=at - timedelta(days=days), by=users.get(who))


def _mark(*, people: Iterable[int]) -> None:
    Influencer.objects.filter(pk__in=people).update(is_demo=True)
    Cause.objects.update(is_demo=True)  # nothing else was here when we began
    Campaign.objects.update(is_demo=True)


def _set_days(*, at: datetime) -> None:
    """By when each goal is wanted: a file cannot say it, as the demo is always of today."""
    Goal.objects.update(due_date=(at + _SEASON).date())
    Goal.objects.filter(kind=ActionKind.DONATION).update(due_date=(at + _SEASON / 2).date())


def _backdate(*, at: datetime) -> None:
    """Stamps are read off the clock: without this everything would seem to be made today."""
    first = Activity.objects.filter(influencer=OuterRef("pk")).order_by().values("influencer").annotate(at=Min("at"))
    Influencer.objects.filter(is_demo=True).update(created_at=Subquery(first.values("at")))
    for made in (Cause, MessageTemplate):
        made.objects.update(created_at=at - _BEGAN)
    for script in scripts.CAMPAIGNS:
        Campaign.objects.filter(slug=script.slug).update(created_at=at - timedelta(days=script.asked))
    chosen = Outreach.objects.filter(pk=OuterRef("pk")).filter(links__deliverable="").values("links__created_at")
    Outreach.objects.update(created_at=Subquery(chosen))
    Message.objects.filter(approved_at=None).update(
        created_at=Subquery(Outreach.objects.filter(pk=OuterRef("outreach")).values("stage_at"))
    )
    Message.objects.exclude(approved_at=None).update(created_at=F("approved_at"))
