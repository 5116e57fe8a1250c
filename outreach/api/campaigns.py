from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.models import Cause
from outreach.models import Campaign, MessageTemplate
from outreach.services import campaigns, reports


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    id = PublicIdField()
    cause = Ref(queryset=Cause.objects.all())
    slug = serializers.RegexField(r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$", max_length=100)
    destination_url = serializers.RegexField(r"^https?://[^\s<>\"]+$", max_length=500)

    class Meta:
        model = Campaign
        fields = [
            "id",
            "slug",
            "name",
            "cause",
            "organisation",
            "starts_date",
            "ends_date",
            "destination_url",
            "created_at",
        ]


class ActionTotalSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    currency = serializers.CharField()
    number = serializers.FloatField()
    amount_minor = serializers.IntegerField(allow_null=True)


class DaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    clicks = serializers.IntegerField()
    actions = serializers.FloatField()


class ReportSerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    contacted = serializers.IntegerField()
    replied = serializers.IntegerField()
    agreed = serializers.IntegerField()
    clicks = serializers.IntegerField()
    actions = serializers.FloatField()
    totals = ActionTotalSerializer(many=True)
    days = DaySerializer(many=True)
    rule = serializers.CharField()


class CampaignViewSet(ReadResource):
    """Pushes for a cause."""

    resource = "campaigns"
    permission_model = Campaign
    serializer_class = CampaignSerializer
    filters = {"slug": "slug", "cause": "cause__slug"}
    statuses = {"slug_taken": 409}

    def get_queryset(self) -> QuerySet[Campaign]:
        return Campaign.objects.select_related("cause")

    def create(self, request: Request) -> Response:
        given = CampaignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        campaign = campaigns.create(**given.validated_data, by=who(request))
        return Response(CampaignSerializer(campaign).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ReportSerializer)
    @action(detail=True, filter_backends=[])
    def report(self, request: Request, id: str) -> Response:
        body = asdict(reports.campaign(campaign=self.get_object()))
        body["days"] = [{"date": day, "clicks": clicks, "actions": actions} for day, clicks, actions in body["days"]]
        return Response(ReportSerializer(body).data)


class TemplateSerializer(serializers.ModelSerializer[MessageTemplate]):
    id = PublicIdField()
    language = serializers.RegexField(r"^[a-z]{2,3}$")

    class Meta:
        model = MessageTemplate
        fields = ["id", "name", "language", "subject", "body"]
        validators: list[Any] = []  # the service says it in words


class TemplateViewSet(ReadResource):
    """Texts with holes from a closed list."""

    resource = "templates"
    permission_model = MessageTemplate
    serializer_class = TemplateSerializer
    filters = {"language": "language"}
    queryset = MessageTemplate.objects.all()
    statuses = {"template_taken": 409}

    def create(self, request: Request) -> Response:
        given = TemplateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        template = campaigns.save_template(**given.validated_data)
        return Response(TemplateSerializer(template).data, status=status.HTTP_201_CREATED)
