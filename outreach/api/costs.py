from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from outreach.models import Cost, ExchangeRate, Outreach
from outreach.services import costs, exchange

_CURRENCY = r"^[A-Z]{3}$"


class CostSerializer(serializers.ModelSerializer[Cost]):
    id = PublicIdField()
    outreach = Ref(queryset=Outreach.objects.all())
    amount_minor = serializers.IntegerField(min_value=1, max_value=10**12)
    currency = serializers.RegexField(_CURRENCY)

    class Meta:
        model = Cost
        fields = ["id", "outreach", "kind", "note", "amount_minor", "currency", "on_date", "created_at"]


class CostViewSet(ReadResource):
    """What partnerships cost."""

    resource = "costs"
    permission_model = Cost
    serializer_class = CostSerializer
    filters = {"campaign": "outreach__campaign__public_id", "outreach": "outreach__public_id", "currency": "currency"}

    def get_queryset(self) -> QuerySet[Cost]:
        return Cost.objects.select_related("outreach")

    def create(self, request: Request) -> Response:
        given = CostSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        cost = costs.record(**given.validated_data, by=who(request))
        return Response(CostSerializer(cost).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, id: str) -> Response:
        """One that was a mistake. The audit trail keeps what it was."""
        costs.remove(cost=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExchangeRateSerializer(serializers.ModelSerializer[ExchangeRate]):
    id = PublicIdField()
    base = serializers.RegexField(_CURRENCY)
    quote = serializers.RegexField(_CURRENCY)

    class Meta:
        model = ExchangeRate
        fields = ["id", "base", "quote", "rate", "on_date", "source", "created_at"]
        read_only_fields = ["created_at"]
        validators: list[Any] = []  # the service says it in words


class ExchangeRateViewSet(ReadResource):
    """What one currency was worth in another. Reports convert by nothing else."""

    resource = "exchange-rates"
    permission_model = ExchangeRate
    serializer_class = ExchangeRateSerializer
    queryset = ExchangeRate.objects.all()
    filters = {"base": "base", "quote": "quote", "on_date": "on_date"}
    statuses = {"rate_taken": 409}

    def create(self, request: Request) -> Response:
        given = ExchangeRateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        rate = exchange.record(**given.validated_data, by=who(request), at=timezone.now())
        return Response(ExchangeRateSerializer(rate).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, id: str) -> Response:
        """One that was a mistake."""
        exchange.remove(rate=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
