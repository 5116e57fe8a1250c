"""Publications by API: what partners published, and the dated figures that somebody told of each."""

from types import SimpleNamespace
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.asked import Asked
from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.models import Platform
from outreach.models import Outreach, Publication, PublicationMetric
from outreach.models.publication import FIGURES
from outreach.services import publications, reach
from outreach.services.publications import Said

_MOST: Final = 2**53  # as far as JSON counts


class FiguresSerializer(serializers.Serializer[Any]):
    """Null is unknown, and that is not 0."""

    reach = serializers.IntegerField(min_value=0, max_value=_MOST, allow_null=True, required=False)
    views = serializers.IntegerField(min_value=0, max_value=_MOST, allow_null=True, required=False)
    likes = serializers.IntegerField(min_value=0, max_value=_MOST, allow_null=True, required=False)
    comments = serializers.IntegerField(min_value=0, max_value=_MOST, allow_null=True, required=False)
    shares = serializers.IntegerField(min_value=0, max_value=_MOST, allow_null=True, required=False)
    saves = serializers.IntegerField(min_value=0, max_value=_MOST, allow_null=True, required=False)
    link_clicks = serializers.IntegerField(min_value=0, max_value=_MOST, allow_null=True, required=False)


class MetricSerializer(FiguresSerializer):
    """A reading: the figures as one source gave them at one instant."""

    observed_at = serializers.DateTimeField()
    is_estimate = serializers.BooleanField(help_text="False: the platform counted. True: somebody estimated.")
    source = serializers.CharField(max_length=200, help_text="Who told the figures.")  # type: ignore[assignment]
    noted_at = serializers.DateTimeField(read_only=True)


class PublicationSerializer(serializers.ModelSerializer[Publication]):
    id = PublicIdField()
    outreach = Ref(read_only=True)
    campaign = serializers.UUIDField(source="outreach.campaign.public_id", read_only=True)
    figures = serializers.SerializerMethodField(help_text="Of each figure the newest that was told; null is unknown.")
    estimated = serializers.SerializerMethodField(help_text="Which of these figures are estimates.")

    class Meta:
        model = Publication
        fields = [
            *("id", "outreach", "campaign", "platform", "platform_id", "url", "format", "published_at", "note"),
            *("source", "figures", "estimated", "created_at", "updated_at"),
        ]

    @extend_schema_field(FiguresSerializer)
    def get_figures(self, row: Publication) -> dict[str, int | None]:
        told = reach.newest(row.metrics.all())
        return {name: told[name].value if name in told else None for name in FIGURES}

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=FIGURES)))
    def get_estimated(self, row: Publication) -> list[str]:
        return [name for name, figure in reach.newest(row.metrics.all()).items() if figure.is_estimate]


class PublicationInput(serializers.Serializer[Any]):
    outreach = Ref(queryset=Outreach.objects.all())
    url = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="A story needs none.")
    platform = serializers.ChoiceField(
        choices=Platform.choices, allow_blank=True, default="", help_text="Blank: as the link tells."
    )
    platform_id = serializers.CharField(
        max_length=100, allow_blank=True, default="", help_text="As the platform’s exports give it."
    )
    format = serializers.ChoiceField(choices=Publication.Format.choices, default=Publication.Format.OTHER)
    published_at = serializers.DateTimeField()
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class _FormatIsOurs(DefaultContentNegotiation):
    """Here `format` is what was published, not how the answer is written."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE=None)  # type: ignore[assignment]


class PublicationViewSet(ReadResource):
    """What partners published for a campaign, and how far it reached as far as anybody told."""

    resource = "publications"
    permission_model = Publication
    serializer_class = PublicationSerializer
    content_negotiation_class = _FormatIsOurs
    filters = {"campaign": "outreach__campaign__public_id", "outreach": "outreach__public_id"}
    questions = ("platform", "format")
    action_permissions = {"note": "outreach.add_publicationmetric", "metrics": "outreach.view_publicationmetric"}
    statuses = {"publication_known": 409, "person_erased": 409, "reading_conflict": 409}

    def get_queryset(self) -> QuerySet[Publication]:
        readings = PublicationMetric.objects.order_by("observed_at", "pk")
        return Publication.objects.select_related("outreach__campaign").prefetch_related(Prefetch("metrics", readings))

    def answer(self, rows: QuerySet[Publication], said: dict[str, str]) -> QuerySet[Publication]:
        asked = Asked(said)
        if platform := asked.one_of("platform", Platform.values):
            rows = rows.filter(platform=platform)
        if kind := asked.one_of("format", Publication.Format.values):
            rows = rows.filter(format=kind)
        return rows

    @extend_schema(request=PublicationInput, responses={201: PublicationSerializer})
    def create(self, request: Request) -> Response:
        """Note one. If a file brought its post already, the figures come with it."""
        given = PublicationInput(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        row = publications.record(
            outreach=said.pop("outreach"),
            said=Said(**said),
            by=who(request),
            at=timezone.now(),
            source=Publication.Source.API,
        )
        told = PublicationSerializer(self.get_queryset().get(pk=row.pk))
        return Response(told.data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=MetricSerializer(many=True))
    @action(detail=True, filter_backends=[])
    def metrics(self, request: Request, id: str) -> Response:
        """Every reading of it, the last noted first."""
        page = self.paginate_queryset(self.get_object().metrics.order_by())
        return self.get_paginated_response(MetricSerializer(page, many=True).data)

    @extend_schema(request=MetricSerializer, responses={201: MetricSerializer})
    @metrics.mapping.post
    def note(self, request: Request, id: str) -> Response:
        """Add a reading: what is left out stays unknown. The same once more changes nothing."""
        given = MetricSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        row = publications.note(
            publication=self.get_object(),
            observed_at=said.pop("observed_at"),
            is_estimate=said.pop("is_estimate"),
            source=said.pop("source"),
            figures=said,
            by=who(request),
            at=timezone.now(),
        )
        return Response(MetricSerializer(row).data, status=status.HTTP_201_CREATED)
