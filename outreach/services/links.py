"""Tracked links: one of each conversation's own, and one more for each deliverable that is to be told apart."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from crm.errors import DomainError
from crm.models import Influencer
from outreach import signing
from outreach.models import Link, Outreach
from outreach.services import destinations


def open_main(*, outreach: Outreach, at: datetime) -> Link:
    """The conversation's own, which leads to the campaign's page. Raises DomainError: what destinations.check_page
    raises.
    """
    return _open(outreach, "", platform=_platform(outreach.influencer), at=at)


@transaction.atomic
def add(*, outreach: Outreach, deliverable: str, at: datetime) -> Link:
    """One more, for one of the things that they publish: "story of 3 May".

    Raises DomainError: deliverable_blank, deliverable_taken (deliverable), link_of_nobody (whoever it was of was
    erased, or goes on in another conversation), and what destinations.check_page raises.
    """
    named = " ".join(deliverable.split())
    if not named:
        raise DomainError("deliverable_blank")
    held = Outreach.objects.select_for_update(of=("self",)).select_related("campaign__cause", "influencer")
    locked = held.get(pk=outreach.pk)
    if locked.influencer is None or locked.stage == Outreach.Stage.MERGED:
        raise DomainError("link_of_nobody")
    if locked.links.filter(deliverable__iexact=named).exists():
        raise DomainError("deliverable_taken", deliverable=named)
    main = locked.link
    platform = main.platform if main else _platform(locked.influencer)
    return _open(locked, named, platform=platform, at=at)


def _open(outreach: Outreach, deliverable: str, *, platform: str, at: datetime) -> Link:
    """Its code is one that no link has: whoever hears it said must mean one person. The database holds it to that."""
    destination = outreach.campaign.destination_url
    destinations.check_page(destination, cause=outreach.campaign.cause)
    said = {"outreach": outreach, "deliverable": deliverable, "destination_url": destination, "platform": platform}
    while True:
        try:
            with transaction.atomic():
                return Link.objects.create(**said, code=(code := signing.new_code()), created_at=at)
        except IntegrityError:
            if not Link.objects.filter(code=code).exists():
                raise


def _platform(person: Influencer | None) -> str:
    """Where most people follow them."""
    accounts = person.accounts.order_by(F("followers").desc(nulls_last=True), "pk") if person else None
    largest = accounts.first() if accounts else None
    return largest.platform if largest else ""
