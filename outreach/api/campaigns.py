import json
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.errors import DomainError
from crm.models import Cause
from crm.tasks import ring
from outreach.api.reports import ReportPages
from outreach.models import Campaign, MessageTemplate, Outreach
from outreach.services import attributions, campaigns, drafts
from outreach.tasks import sweep_outbox


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
            "attribution_days",
            "is_paused",
            "created_at",
        ]
        read_only_fields = ["is_paused"]


class ShareSerializer(serializers.Serializer[Any]):
    actions = serializers.FloatField()
    money = serializers.DictField(child=serializers.IntegerField(), help_text="Minor units, by currency.")


class SpreadSerializer(serializers.Serializer[Any]):
    """The least and the most that any model gives."""

    actions = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    money = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))


class PartnerSharesSerializer(serializers.Serializer[Any]):
    outreach = serializers.CharField(allow_null=True, help_text="Null: all links of other campaigns, as one.")
    models = serializers.DictField(child=ShareSerializer(), help_text="By the name of the model.")
    spread = SpreadSerializer()


class ModelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.IntegerField()


class AttributionSerializer(serializers.Serializer[Any]):
    """Every model side by side. They share out what happened; none of them proves what caused it."""

    id = serializers.CharField()
    at = serializers.DateTimeField()
    known_at = serializers.DateTimeField(help_text="By what was known then.")
    window_days = serializers.IntegerField()
    digest = serializers.CharField(help_text="SHA-256 of what was stored, letter for letter.")
    default = serializers.CharField(help_text="The model that reports go by.")
    models = ModelSerializer(many=True)
    paths = serializers.IntegerField(help_text="Actions that a link of the campaign led to.")
    single_touch_share = serializers.FloatField()
    models_can_differ = serializers.BooleanField()
    actions = serializers.FloatField()
    money = serializers.DictField(child=serializers.IntegerField())
    partners = PartnerSharesSerializer(many=True)


class CampaignViewSet(ReportPages):
    """Pushes for a cause."""

    resource = "campaigns"
    permission_model = Campaign
    serializer_class = CampaignSerializer
    filters = {"slug": "slug", "cause": "cause__slug"}
    statuses = {"slug_taken": 409, "attribution_missing": 404, "attribution_days_invalid": 422}
    action_permissions = {
        "choose_weekly": "outreach.view_campaign",
        "pause": "outreach.change_campaign",
        "resume": "outreach.change_campaign",
    }

    def get_queryset(self) -> QuerySet[Campaign]:
        return Campaign.objects.select_related("cause")

    def create(self, request: Request) -> Response:
        given = CampaignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        campaign = campaigns.create(**given.validated_data, by=who(request))
        return Response(CampaignSerializer(campaign).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=AttributionSerializer)
    @action(detail=True, filter_backends=[])
    def attribution(self, request: Request, id: str) -> Response:
        """The newest comparison of the models; it is made once an hour where anything was told since."""
        kept = attributions.latest(campaign=self.get_object())
        if kept is None:
            raise DomainError("attribution_missing")
        told = json.loads(kept.body) | {
            "id": str(kept.public_id),
            "at": kept.at,
            "known_at": kept.known_at,
            "digest": kept.digest,
        }
        return Response(AttributionSerializer(told).data)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def pause(self, request: Request, id: str) -> Response:
        """Nothing of it leaves any more from this moment on."""
        return Response(CampaignSerializer(campaigns.pause(campaign=self.get_object())).data)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def resume(self, request: Request, id: str) -> Response:
        campaign = campaigns.resume(campaign=self.get_object())
        ring(sweep_outbox)
        return Response(CampaignSerializer(campaign).data)


class TemplateSerializer(serializers.ModelSerializer[MessageTemplate]):
    id = PublicIdField()
    language = serializers.RegexField(r"^[a-z]{2,3}$")
    register = serializers.ChoiceField(
        choices=MessageTemplate.Register.choices,
        default=MessageTemplate.Register.NEUTRAL,
        help_text="formal or informal; formal where nothing is said. Languages that do not tell them apart: neutral.",
    )

    class Meta:
        model = MessageTemplate
        fields = ["id", "name", "language", "register", "subject", "body"]
        validators: list[Any] = []  # the service says it in words


class SourceSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        choices=["reader", "profile", "post", "match", "topics", "cause", "campaign", "link", "sender"]
    )
    id = serializers.CharField(help_text="Of the row; of posts and the team a number.")
    date = serializers.CharField(allow_blank=True, help_text="A day, of what has one; else blank.")
    where = serializers.CharField(allow_blank=True, help_text="Of a post, the account.")
    url = serializers.CharField(allow_blank=True)


class InsertedSerializer(serializers.Serializer[Any]):
    """What a placeholder was filled with, and the stored rows that it is from."""

    hole = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    sources = SourceSerializer(many=True)


class PreviewSerializer(serializers.Serializer[Any]):
    """How a text would read; blank where anything is missing."""

    subject = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Placeholders that nothing is known for.")
    inserted = InsertedSerializer(many=True)


class PreviewInput(serializers.Serializer[Any]):
    outreach = Ref(queryset=Outreach.objects.select_related("campaign__cause", "influencer", "match"))


class TemplateViewSet(ReadResource):
    """Texts with holes from a closed list."""

    resource = "templates"
    permission_model = MessageTemplate
    serializer_class = TemplateSerializer
    queryset = MessageTemplate.objects.all()
    filters = {"name": "name", "language": "language", "register": "register"}
    action_permissions = {"preview": "outreach.view_outreach"}
    reading = ("preview",)
    statuses = {"template_taken": 409}

    def create(self, request: Request) -> Response:
        given = TemplateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        template = campaigns.save_template(**given.validated_data)
        return Response(TemplateSerializer(template).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PreviewInput, responses=PreviewSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def preview(self, request: Request, id: str) -> Response:
        """How this version would read in a conversation. Nothing is stored."""
        given = PreviewInput(data=request.data)
        given.is_valid(raise_exception=True)
        template = self.get_object()
        shown = drafts.preview(template=template, **given.validated_data, by=who(request), at=timezone.now())
        return Response(PreviewSerializer(shown).data)
