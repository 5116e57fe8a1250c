"""Everything that is known of what came of a campaign, read once for the page, the files, the mail and the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from outreach.models import Campaign, Outreach
from outreach.services import breakdown, costs, growth, reports
from outreach.services.breakdown import Breakdown
from outreach.services.costs import Costs
from outreach.services.growth import CampaignGrowth


@dataclass(frozen=True)
class Whole:
    """`spent`: {outreach: {currency: minor units}}."""

    campaign: Campaign
    at: datetime
    report: reports.Report
    people: tuple[reports.PersonResult, ...]
    goals: tuple[reports.GoalProgress, ...]
    breakdown: Breakdown
    costs: Costs
    spent: Mapping[int, Mapping[str, int]]
    growth: CampaignGrowth

    @property
    def outreaches(self) -> dict[str, Outreach]:
        """By what evidence calls them."""
        return {str(result.outreach.pk): result.outreach for result in self.people}


def read(*, campaign: Campaign, at: datetime) -> Whole:
    report = reports.campaign(campaign=campaign)
    today = timezone.localdate(at)
    return Whole(
        campaign=campaign,
        at=at,
        report=report,
        people=tuple(reports.people(campaign=campaign)),
        goals=reports.goals(campaign=campaign),
        breakdown=breakdown.of_campaign(campaign=campaign),
        costs=costs.of_campaign(campaign=campaign, actions=report.actions, on=today),
        spent=costs.of_people(campaign=campaign, heir_of=breakdown.heirs(campaign), on=today),
        growth=growth.of_campaign(campaign=campaign, at=at),
    )
