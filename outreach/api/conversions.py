from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, Resource
from crm.models import ActionKind
from crm.tasks import ring
from outreach.models import AttributionCredit, Click, Conversion, Door
from outreach.services import conversions
from outreach.sources import events
from outreach.tasks import sweep_credits


class ConversionSerializer(serializers.ModelSerializer[Conversion]):
    id = PublicIdField()

    class Meta:
        model = Conversion
        fields = [
            "id",
            "source",
            "external_id",
            "kind",
            "quantity",
            "amount_minor",
            "currency",
            "occurred_at",
            "received_at",
            "click_ids",
            "code",
            "utm",
        ]


class ConversionInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=50)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=ActionKind.choices)
    quantity = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, default=1)
    amount_minor = serializers.IntegerField(
        max_value=2**53, min_value=-(2**53), required=False, allow_null=True, default=None
    )
    currency = serializers.CharField(max_length=3, required=False, default="", allow_blank=True)
    occurred_at = serializers.DateTimeField()
    click_ids = serializers.ListField(
        child=serializers.CharField(max_length=100), required=False, default=list, max_length=100
    )
    code = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    utm = serializers.DictField(child=serializers.CharField(max_length=200), required=False, default=dict)
    supporter = serializers.CharField(max_length=254, required=False, default="", allow_blank=True)


class ConversionViewSet(ReadResource):
    """Concrete actions. The same one again changes nothing; unknown click ids and codes are kept, unattributed."""

    resource = "conversions"
    permission_model = Conversion
    serializer_class = ConversionSerializer
    filters = {
        "source": "source",
        "kind": "kind",
        "currency": "currency",
        "occurred_at__gte": "occurred_at__gte",
        "occurred_at__lt": "occurred_at__lt",
        "campaign": "credits__link__outreach__campaign__slug",
    }
    queryset = Conversion.objects.all()
    statuses = {
        "conversion_conflict": 409,
        "amount_not_positive": 422,
        "currency_unknown": 422,
        "occurs_in_future": 422,
        "occurs_too_early": 422,
    }

    @extend_schema(request=ConversionInput, responses={201: ConversionSerializer, 200: ConversionSerializer})
    def create(self, request: Request) -> Response:
        given = ConversionInput(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        event = events.told(**said | {"click_ids": tuple(said["click_ids"]), "currency": said["currency"].upper()})
        row, is_new = conversions.record(event=event, door=Door.API, at=timezone.now())
        if is_new:
            ring(sweep_credits)
        return Response(
            ConversionSerializer(row).data, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        )


class ClickSerializer(serializers.ModelSerializer[Click]):
    link = Ref(read_only=True)
    click_class = serializers.CharField(source="verdict.click_class", default="", read_only=True)
    rule = serializers.CharField(source="verdict.rule", default="", read_only=True)
    version = serializers.IntegerField(source="verdict.version", default=None, read_only=True, allow_null=True)

    class Meta:
        model = Click
        fields = ["click_id", "link", "at", "method", "user_agent", "referrer_host", "click_class", "rule", "version"]


class ClickViewSet(ListModelMixin, Resource):
    """Requests for tracked links, raw, each with what the rules say of it: only human and repeat are people's."""

    resource = "clicks"
    permission_model = Click
    serializer_class = ClickSerializer
    filters = {"link": "link__public_id", "campaign": "link__outreach__campaign__slug", "click_id": "click_id"}

    def get_queryset(self) -> QuerySet[Click]:
        return Click.objects.select_related("link", "verdict")


class CreditSerializer(serializers.ModelSerializer[AttributionCredit]):
    conversion = Ref(read_only=True)
    link = Ref(read_only=True, allow_null=True)
    outreach = serializers.SerializerMethodField()
    share = serializers.DecimalField(max_digits=13, decimal_places=12, read_only=True)

    class Meta:
        model = AttributionCredit
        fields = ["conversion", "link", "outreach", "rule", "rule_version", "window_days", "share", "amount_minor"]

    def get_outreach(self, credit: AttributionCredit) -> str | None:
        return str(credit.link.outreach.public_id) if credit.link else None


class CreditViewSet(ListModelMixin, Resource):
    """Who gets which share of each conversion. A credit without a link: the part that belongs to nobody."""

    resource = "credits"
    permission_model = AttributionCredit
    serializer_class = CreditSerializer
    filters = {
        "conversion": "conversion__public_id",
        "campaign": "link__outreach__campaign__slug",
        "rule": "rule",
        "outreach": "link__outreach__public_id",
    }

    def get_queryset(self) -> QuerySet[AttributionCredit]:
        return AttributionCredit.objects.select_related("conversion", "link__outreach")
