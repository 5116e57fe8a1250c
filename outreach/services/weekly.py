"""Once a week, to colleagues who asked for it: what happened in the campaigns they chose. No person is named in it."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import User
from crm.services import staff
from crm.words import number
from outreach import words
from outreach.models import Campaign, InboundMessage, Outreach, WeeklyChoice, WeeklyMail
from outreach.services import notices, reports

HOUR = 7  # of Monday, on the clock of the house; until its end, should nothing have run in the morning
REFERENCE = "weekly:"
_MOST = 40  # campaigns in one mail
_PERMISSION = "outreach.view_campaign"


@transaction.atomic
def choose(*, user: User, campaigns: Iterable[Campaign]) -> None:
    """Hear of these every week, and of no others."""
    wanted = {campaign.pk for campaign in campaigns}
    WeeklyChoice.objects.filter(user=user).exclude(campaign__in=wanted).delete()
    rows = [WeeklyChoice(user=user, campaign_id=pk) for pk in sorted(wanted)]
    WeeklyChoice.objects.bulk_create(rows, ignore_conflicts=True)


def chosen(*, user: User) -> list[Campaign]:
    mine = WeeklyChoice.objects.filter(user=user).values("campaign")
    return list(Campaign.objects.filter(pk__in=mine).select_related("cause").order_by("-starts_date", "-pk"))


def write_due(*, at: datetime) -> int:
    """On Monday, plan the mail of everybody who chose something and has none for this week; how many were planned."""
    local = timezone.localtime(at)
    if local.weekday() or local.hour < HOUR:
        return 0
    monday = local.date()
    written = WeeklyMail.objects.filter(monday_date=monday).values("user")
    asking = WeeklyChoice.objects.exclude(user__in=written).order_by("user").values_list("user", flat=True).distinct()
    return sum(_write(pk, monday=monday, at=at) for pk in asking)


@transaction.atomic
def _write(pk: int, *, monday: date, at: datetime) -> bool:
    """The row of the week is made with the mail or not at all, by one at a time."""
    user = User.objects.select_for_update(no_key=True).get(pk=pk)
    campaigns = chosen(user=user)
    if not campaigns or not staff.may_sign_in(user) or not user.email or not user.has_perm(_PERMISSION):
        return False
    if WeeklyMail.objects.filter(user=user, monday_date=monday).exists():
        return False
    row = WeeklyMail.objects.create(user=user, monday_date=monday)
    language = user.language or settings.LANGUAGE_CODE
    with translation.override(language):
        row.message = notices.write_to_staff(
            user=user,
            reference=f"{REFERENCE}{monday:%Y-%m-%d}",
            language=language,
            subject=_("Your campaigns: the week of %(days)s") % {"days": _days(monday)},
            body=text(user=user, campaigns=campaigns, monday=monday),
            at=at,
        )
    row.save(update_fields=["message"])
    return True


def text(*, user: User, campaigns: Iterable[Campaign], monday: date) -> str:
    """What the seven days before this Monday brought, campaign by campaign."""
    rows = list(campaigns)
    parts = [
        _("Hello %(name)s,") % {"name": user.called},
        _("This is what happened in your campaigns in the week of %(days)s.") % {"days": _days(monday)},
        *(_about(campaign, monday) for campaign in rows[:_MOST]),
    ]
    if len(rows) > _MOST:
        parts.append(_("%(number)s more campaigns stand on their pages.") % {"number": number(len(rows) - _MOST)})
    address = f"{settings.BASE_URL}{reverse('admin:outreach_campaign_weekly')}"
    parts.append(
        _("You asked for this mail. Choose other campaigns, or none, here: %(address)s") % {"address": address}
    )
    return "\n\n".join(parts)


def _about(campaign: Campaign, monday: date) -> str:
    since, until = (timezone.make_aware(datetime.combine(day, time())) for day in (monday - timedelta(days=7), monday))
    week = reports.within(campaign=campaign, since=since, until=until)
    came = InboundMessage.objects.by_people().filter(outreach__campaign=campaign)
    replies = came.filter(received_at__gte=since, received_at__lt=until).count()
    live = Outreach.objects.filter(campaign=campaign, live_at__gte=since, live_at__lt=until).count()
    said = [
        ngettext("%(number)s reply", "%(number)s replies", replies) % {"number": number(replies)} if replies else "",
        ngettext("%(number)s partner went live", "%(number)s partners went live", live) % {"number": number(live)}
        if live
        else "",
        ngettext("%(number)s click", "%(number)s clicks", week.clicks) % {"number": number(week.clicks)}
        if week.clicks
        else "",
        *(
            words.action_total(
                kind=total.kind, currency=total.currency, number=total.number, amount_minor=total.amount_minor
            ).sentence
            for total in week.totals
        ),
    ]
    happened = ", ".join(filter(None, said)) or _("nothing happened")
    page = f"{settings.BASE_URL}{reverse('admin:outreach_campaign_change', args=[campaign.pk])}"
    return f"{campaign.name}\n{happened}\n{page}"


def _days(monday: date) -> str:
    return words.dates(monday - timedelta(days=7), monday - timedelta(days=1))
