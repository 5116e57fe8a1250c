from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, Resource
from crm.api.problems import problem
from crm.errors import DomainError
from crm.models import ActionKind
from crm.tasks import ring
from outreach.models import AttributionCredit, Click, Conversion, Door
from outreach.services import telling
from outreach.sources import events
from outreach.sources.events import Crypto, Event
from outreach.tasks import sweep_credits


@extend_schema_field({"type": "number"})
class NumberField(serializers.Field[Any, Any, Any, Any]):
    """A count without decimals; hours with them, where they have any."""

    def to_representation(self, value: Decimal) -> int | float:
        return int(value) if value == value.to_integral_value() else float(value)


class CryptoSerializer(serializers.Serializer[Any]):
    """What was given in a crypto asset; what it was worth on receipt is `amount_minor` in `currency`."""

    asset = serializers.CharField(max_length=150)
    network = serializers.CharField(max_length=150)
    tx_hash = serializers.CharField(max_length=150)
    quantity = serializers.DecimalField(max_digits=40, decimal_places=20, min_value=Decimal("1e-20"))
    rate_source = serializers.CharField(max_length=150)


class ConversionSerializer(serializers.ModelSerializer[Conversion]):
    id = PublicIdField()
    quantity = NumberField(read_only=True)
    crypto = serializers.SerializerMethodField()
    kept_minor = serializers.SerializerMethodField()
    is_void = serializers.SerializerMethodField()

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
            "refund_of",
            "is_total",
            "crypto",
            "occurred_at",
            "received_at",
            "door",
            "is_verified",
            "click_ids",
            "code",
            "utm",
            "referrer",
            "kept_minor",
            "is_void",
        ]

    @extend_schema_field(CryptoSerializer(allow_null=True))
    def get_crypto(self, row: Conversion) -> dict[str, Any] | None:
        if row.crypto_quantity is None:
            return None
        return {
            "asset": row.crypto_asset,
            "network": row.crypto_network,
            "tx_hash": row.crypto_hash,
            "quantity": format(row.crypto_quantity.normalize(), "f"),
            "rate_source": row.rate_source,
        }

    def get_kept_minor(self, row: Conversion) -> int | None:
        """What is left of the amount after refunds; null of what has none, and of a taking back."""
        left = getattr(row, "balance", None)
        return None if row.refund_of else left.kept_minor if left else row.amount_minor

    def get_is_void(self, row: Conversion) -> bool:
        """Whether nothing is left of it."""
        left = getattr(row, "balance", None)
        return bool(left and left.is_void)


class ConversionInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=50)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=ActionKind.choices)
    quantity = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal("0.01"), required=False, default=Decimal(1)
    )
    hours = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal("0.01"), required=False, default=None, allow_null=True
    )
    amount_minor = serializers.IntegerField(
        max_value=2**53, min_value=-(2**53), required=False, allow_null=True, default=None
    )
    currency = serializers.CharField(max_length=3, required=False, default="", allow_blank=True)
    crypto = CryptoSerializer(required=False, allow_null=True, default=None)
    refund_of = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    is_total = serializers.BooleanField(required=False, default=False)
    occurred_at = serializers.DateTimeField()
    click_ids = serializers.ListField(
        child=serializers.CharField(max_length=100), required=False, default=list, max_length=100
    )
    code = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    utm = serializers.DictField(child=serializers.CharField(max_length=200), required=False, default=dict)
    referrer = serializers.CharField(max_length=253, required=False, default="", allow_blank=True)
    supporter = serializers.CharField(max_length=254, required=False, default="", allow_blank=True)

    def event(self) -> Event:
        """What was said, as the ledger takes it. Raises DomainError: those of `events.told`, quantity_invalid."""
        said = dict(self.validated_data)
        hours, crypto = said.pop("hours"), said.pop("crypto")
        is_hours = said["kind"] == ActionKind.VOLUNTEER_HOURS
        number = hours if hours is not None else said["quantity"]
        if (hours is not None and not is_hours) or (number != number.to_integral_value() and not is_hours):
            raise DomainError("quantity_invalid")
        return events.told(
            **said
            | {
                "quantity": number,
                "crypto": Crypto(**crypto) if crypto else None,
                "click_ids": tuple(said["click_ids"]),
                "currency": said["currency"].upper(),
            }
        )


class ConversionViewSet(ReadResource):
    """Concrete actions, and what was taken back of them (`refund_of`). The same again changes nothing, by whatever
    door; other facts under a known id are refused, and wait for a person. Unknown click ids and codes are kept,
    unattributed.
    """

    resource = "conversions"
    permission_model = Conversion
    serializer_class = ConversionSerializer
    filters = {
        "source": "source",
        "kind": "kind",
        "currency": "currency",
        "door": "door",
        "is_verified": "is_verified",
        "refund_of": "refund_of",
        "occurred_at__gte": "occurred_at__gte",
        "occurred_at__lt": "occurred_at__lt",
        "campaign": "credits__link__outreach__campaign__slug",
    }
    queryset = Conversion.objects.standing().select_related("balance")
    statuses = {
        "conversion_conflict": 409,
        "amount_not_positive": 422,
        "currency_unknown": 422,
        "occurs_in_future": 422,
        "occurs_too_early": 422,
        "quantity_invalid": 422,
        "refund_of_itself": 422,
    }

    @extend_schema(request=ConversionInput, responses={201: ConversionSerializer, 200: ConversionSerializer})
    def create(self, request: Request) -> Response:
        given = ConversionInput(data=request.data)
        given.is_valid(raise_exception=True)
        event, at = given.event(), timezone.now()
        told = telling.tell(event=event, door=Door.API, at=at)
        if told.outcome == told.Outcome.CONFLICT:  # noted, so this is no exception: that would undo the note
            error = DomainError("conversion_conflict", source=event.source, external_id=event.external_id)
            return problem(error, status=409)
        ring(sweep_credits)
        assert told.conversion
        is_new = told.conversion.received_at == at
        row = self.get_queryset().get(pk=told.conversion.pk)
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
