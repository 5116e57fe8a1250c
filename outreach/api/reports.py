"""A campaign's report for tools: everything the page shows, as JSON, and the files that the page hands out."""

from typing import Any, cast

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ReadResource, Ref, who
from crm.models import ApiToken
from outreach import words
from outreach.evidence import Standing
from outreach.models import Campaign, Outreach
from outreach.services import campaign_report, report_book, weekly
from outreach.services.breakdown import Found
from outreach.services.campaign_report import Whole
from outreach.services.growth import Side
from outreach.services.reach import Reach

_NAMES = "influencers:read"
_PLAIN = (
    *("people", "contacted", "replied", "agreed", "clicks", "visits", "requests", "actions"),
    *("totals", "unassigned", "unverified"),
)


class ActionTotalSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    currency = serializers.CharField()
    number = serializers.FloatField()
    amount_minor = serializers.IntegerField(allow_null=True)


class DaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    clicks = serializers.IntegerField()
    actions = serializers.FloatField()


class ReachedSerializer(serializers.Serializer[Any]):
    """How far publications reached; `reach` and `engagement` are null where none has a figure, and that is not 0."""

    publications = serializers.IntegerField()
    with_reach = serializers.IntegerField(help_text="Publications whose reach is known: the sum stands on these.")
    reach = serializers.IntegerField(allow_null=True)
    with_engagement = serializers.IntegerField()
    engagement = serializers.IntegerField(allow_null=True)
    is_estimate = serializers.BooleanField(help_text="Of the one or the other.")
    reach_is_estimate = serializers.BooleanField()
    engagement_is_estimate = serializers.BooleanField()


class MoneySerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField()


class PersonLineSerializer(ReachedSerializer):
    outreach = serializers.UUIDField()
    influencer = serializers.UUIDField(allow_null=True, help_text="Null once they were erased.")
    name = serializers.CharField(allow_null=True, help_text="Only for tokens with the scope influencers:read.")
    stage = serializers.CharField()
    clicks = serializers.IntegerField()
    actions = serializers.FloatField()
    totals = ActionTotalSerializer(many=True)
    costs = MoneySerializer(many=True)


class ReportLineSerializer(ReachedSerializer):
    key = serializers.CharField(
        allow_blank=True, help_text="Blank: unknown. `several`: formats that cannot be told apart."
    )
    clicks = serializers.IntegerField(allow_null=True, help_text="Null: of a format that partners mixed with others.")
    actions = serializers.FloatField(allow_null=True)


class CostLineSerializer(MoneySerializer):
    number = serializers.IntegerField()
    per_action_minor = serializers.IntegerField(allow_null=True, help_text="Null while there is no action.")


class UsedRateSerializer(serializers.Serializer[Any]):
    base = serializers.CharField()
    quote = serializers.CharField()
    rate = serializers.DecimalField(max_digits=20, decimal_places=10)
    on_date = serializers.DateField()
    source = serializers.CharField()  # type: ignore[assignment]


class ConvertedSerializer(serializers.Serializer[Any]):
    """All costs as one, by recorded rates only; `amount_minor` is null where a rate is missing."""

    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(allow_null=True)
    per_action_minor = serializers.IntegerField(allow_null=True)
    rates = UsedRateSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField())


class StandingSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(allow_blank=True)
    trials = serializers.IntegerField(help_text="Clicks, or publications.")
    events = serializers.FloatField(help_text="Actions, or clicks.")
    low = serializers.FloatField(
        allow_null=True, help_text="Of events per trial, at 95 %; null where there are too few."
    )
    high = serializers.FloatField(allow_null=True)


class FindingSerializer(serializers.Serializer[Any]):
    dimension = serializers.ChoiceField(choices=["partner", "platform", "format", "hour"])
    measure = serializers.ChoiceField(choices=["clicks", "actions"], help_text="Per publication; per click.")
    verdict = serializers.ChoiceField(choices=["better", "no_difference", "too_few"])
    best = serializers.CharField(allow_null=True)
    standings = StandingSerializer(many=True)
    others = StandingSerializer(allow_null=True)


class GrownSerializer(serializers.Serializer[Any]):
    outreach = serializers.UUIDField(allow_null=True, help_text="Null: an account of the cause's own.")
    platform = serializers.CharField()
    handle = serializers.CharField(allow_null=True, help_text="Only for tokens with the scope influencers:read.")
    is_estimate = serializers.BooleanField()
    before = serializers.IntegerField()
    before_at = serializers.DateTimeField()
    newest = serializers.IntegerField()
    newest_at = serializers.DateTimeField()


class ReportSerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    contacted = serializers.IntegerField()
    replied = serializers.IntegerField()
    agreed = serializers.IntegerField()
    clicks = serializers.IntegerField(help_text="Of people.")
    visits = serializers.IntegerField(help_text="How many visits these clicks are.")
    requests = serializers.IntegerField(help_text="Whatever asked for a link, robots included.")
    actions = serializers.FloatField()
    totals = ActionTotalSerializer(many=True)
    unassigned = ActionTotalSerializer(many=True, help_text="Told for the campaign and for nobody in it.")
    unverified = ActionTotalSerializer(many=True, help_text="Only a page's pixel told of these: they count nowhere.")
    days = DaySerializer(many=True)
    rule = serializers.CharField()
    reached = ReachedSerializer()
    influencers = PersonLineSerializer(many=True)
    platforms = ReportLineSerializer(many=True)
    formats = ReportLineSerializer(many=True)
    costs = CostLineSerializer(many=True)
    costs_together = ConvertedSerializer(allow_null=True)
    findings = FindingSerializer(many=True)
    growth = GrownSerializer(many=True, help_text="Of the partners' accounts.")
    own_growth = GrownSerializer(many=True, help_text="Of the cause's own accounts.")


class WeeklySerializer(serializers.Serializer[Any]):
    """The campaigns that a colleague hears of on Monday morning."""

    campaigns = Ref(queryset=Campaign.objects.all(), many=True)


class ReportPages(ReadResource):
    """These routes of the campaigns."""

    @extend_schema(responses=WeeklySerializer)
    @action(detail=False, filter_backends=[], pagination_class=None)
    def weekly(self, request: Request) -> Response:
        """Of which campaigns the owner of the token hears by mail every week."""
        return self._chosen(request)

    @extend_schema(request=WeeklySerializer, responses=WeeklySerializer)
    @weekly.mapping.post
    def choose_weekly(self, request: Request) -> Response:
        """Of these, and of no others; an empty list, and no mail comes."""
        given = WeeklySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        weekly.choose(user=who(request), **given.validated_data)
        return self._chosen(request)

    def _chosen(self, request: Request) -> Response:
        return Response(WeeklySerializer({"campaigns": weekly.chosen(user=who(request))}).data)

    @extend_schema(responses=ReportSerializer)
    @action(detail=True, filter_backends=[])
    def report(self, request: Request, id: str) -> Response:
        """What came of it: the whole report, as the page shows it."""
        whole = campaign_report.read(campaign=self.get_object(), at=timezone.now())
        return Response(ReportSerializer(_body(whole, with_names=_sees_names(request))).data)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, filter_backends=[], url_path="report/csv")
    def report_csv(self, request: Request, id: str) -> HttpResponse:
        """An archive with a CSV file per table, in the language of the request."""
        return self._file(request, "csv")

    @extend_schema(responses={(200, report_book.KINDS["xlsx"]): OpenApiTypes.BINARY})
    @action(detail=True, filter_backends=[], url_path="report/xlsx")
    def report_xlsx(self, request: Request, id: str) -> HttpResponse:
        """A workbook with a sheet per table, in the language of the request."""
        return self._file(request, "xlsx")

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, filter_backends=[], url_path="report/pdf")
    def report_pdf(self, request: Request, id: str) -> HttpResponse:
        """The report to print, in the language of the request."""
        return self._file(request, "pdf")

    def _file(self, request: Request, kind: str) -> HttpResponse:
        whole = campaign_report.read(campaign=self.get_object(), at=timezone.now())
        name, content = report_book.file(whole=whole, kind=kind, with_names=_sees_names(request))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=report_book.KINDS[kind], headers=headers)


def _sees_names(request: Request) -> bool:
    token = cast(ApiToken, request.auth)
    return _NAMES in token.scopes and token.user.has_perm("crm.view_influencer")


def _body(whole: Whole, *, with_names: bool) -> dict[str, Any]:
    report, broken, costs = whole.report, whole.breakdown, whole.costs
    return {
        **{name: getattr(report, name) for name in _PLAIN},
        "days": [{"date": day, "clicks": clicks, "actions": actions} for day, clicks, actions in report.days],
        "rule": report.rule,
        "reached": _reached(broken.reached),
        "influencers": [_person(whole, result, with_names=with_names) for result in whole.people],
        **{
            name: [
                _reached(line.reached) | {"key": line.key, "clicks": line.clicks, "actions": line.actions}
                for line in lines
            ]
            for name, lines in (("platforms", broken.platforms), ("formats", broken.formats))
        },
        "costs": costs.lines,
        "costs_together": costs.total and vars(costs.total) | {"per_action_minor": costs.total_per_action_minor},
        "findings": [_finding(one, whole.outreaches) for one in broken.found],
        "growth": _grown(whole.growth.partners, with_names=with_names),
        "own_growth": _grown(whole.growth.own, with_names=with_names),
    }


def _grown(side: Side, *, with_names: bool) -> list[dict[str, Any]]:
    return [
        {
            "outreach": one.outreach.public_id if one.outreach else None,
            "platform": one.account.platform,
            "handle": one.account.handle if with_names else None,
            "is_estimate": one.is_estimate,
            "before": one.before.value,
            "before_at": one.before.at,
            "newest": one.newest.value,
            "newest_at": one.newest.at,
        }
        for one in side.grown
    ]


def _reached(told: Reach) -> dict[str, Any]:
    return {
        "publications": told.publications,
        "with_reach": told.reach.told,
        "reach": told.reach.total,
        "with_engagement": told.engagement.told,
        "engagement": told.engagement.total,
        "is_estimate": told.reach.is_estimate or told.engagement.is_estimate,
        "reach_is_estimate": told.reach.is_estimate,
        "engagement_is_estimate": told.engagement.is_estimate,
    }


def _person(whole: Whole, result: Any, *, with_names: bool) -> dict[str, Any]:
    outreach: Outreach = result.outreach
    spent = whole.spent.get(outreach.pk, {})
    return _reached(whole.breakdown.by_outreach.get(outreach.pk, Reach())) | {
        "outreach": outreach.public_id,
        "influencer": outreach.influencer.public_id if outreach.influencer else None,
        "name": words.called(outreach) if with_names else None,
        "stage": outreach.stage,
        "clicks": result.clicks,
        "actions": result.actions,
        "totals": result.totals,
        "costs": [{"currency": currency, "amount_minor": minor} for currency, minor in spent.items()],
    }


def _finding(one: Found, outreaches: dict[str, Outreach]) -> dict[str, Any]:
    """Partners go by the opaque ids of their conversations."""

    def key(text: str) -> str:
        return str(outreaches[text].public_id) if one.dimension == "partner" and text in outreaches else text

    def standing(found: Standing) -> dict[str, Any]:
        interval = found.interval
        return {
            "key": key(found.key),
            "trials": found.trials,
            "events": found.events,
            "low": interval.low if interval else None,
            "high": interval.high if interval else None,
        }

    finding = one.finding
    return {
        "dimension": one.dimension,
        "measure": one.measure,
        "verdict": finding.verdict,
        "best": key(finding.best.key) if finding.best else None,
        "standings": [standing(found) for found in finding.standings],
        "others": standing(finding.others) if finding.others else None,
    }
