from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, who
from crm.models import Suppression
from crm.services import addresses


class SuppressionSerializer(serializers.ModelSerializer[Suppression]):
    id = PublicIdField()
    since = serializers.DateTimeField(source="created_at", read_only=True)
    by = serializers.CharField(source="by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Suppression
        fields = ["id", "scope", "reason", "note", "since", "by"]
        read_only_fields = fields


class SuppressionInput(serializers.Serializer[Any]):
    email = serializers.CharField(max_length=508)
    scope = serializers.ChoiceField(Suppression.Scope.choices, default=Suppression.Scope.PARTNERSHIP)
    reason = serializers.ChoiceField(addresses.NOTED, default=Suppression.Reason.DECLINED)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class SuppressionViewSet(ReadResource):
    """Who said no, as keyed hashes: an address is compared with them, and not kept. What is noted is never removed."""

    resource = "suppressions"
    permission_model = Suppression
    serializer_class = SuppressionSerializer
    filters = {"scope": "scope", "reason": "reason", "since__gte": "created_at__gte", "since__lt": "created_at__lt"}
    questions = ("email",)

    def get_queryset(self) -> QuerySet[Suppression]:
        return Suppression.objects.select_related("by")

    def answer(self, queryset: QuerySet[Suppression], said: Mapping[str, str]) -> QuerySet[Suppression]:
        return queryset.filter(subject__in=addresses.subjects_of(said["email"]))

    @extend_schema(request=SuppressionInput, responses={201: SuppressionSerializer, 200: SuppressionSerializer})
    def create(self, request: Request) -> Response:
        given = SuppressionInput(data=request.data)
        given.is_valid(raise_exception=True)
        row, is_new = addresses.refuse(**given.validated_data, by=who(request), at=timezone.now())
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(SuppressionSerializer(row).data, status=code)
