"""Systems that tell of actions, and what of their telling waits for a person."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, Resource, who
from outreach.api.conversions import ConversionSerializer, NumberField
from outreach.models import Assignment, Conversion, Link, Source, SourceEvent
from outreach.services import conversions, triage


class SourceEventSerializer(serializers.ModelSerializer[SourceEvent]):
    conversion = Ref(read_only=True, allow_null=True)
    quantity = NumberField(read_only=True, allow_null=True)

    class Meta:
        model = SourceEvent
        fields = [
            *("door", "source", "external_id", "kind", "quantity", "amount_minor", "currency", "refund_of"),
            *("outcome", "code", "conversion", "times", "first_at", "at"),
        ]


class TellerSerializer(serializers.ModelSerializer[Source]):
    id = PublicIdField()
    campaign = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = Source
        fields = ["id", "name", "kind", "label", "campaign", "is_on", "has_pixel", "last_at", "error", "error_at"]


class SourceViewSet(ReadResource):
    """Systems that tell of actions. Neither their addresses nor their secrets are told here."""

    resource = "sources"
    permission_model = Source
    serializer_class = TellerSerializer
    filters = {"kind": "kind", "is_on": "is_on"}
    queryset = Source.objects.select_related("campaign")

    @extend_schema(responses=SourceEventSerializer(many=True))
    @action(detail=True, methods=["get"])
    def events(self, request: Request, id: str) -> Response:
        """The last fifty things that came, and what became of each."""
        newest = self.get_object().events.select_related("conversion").order_by("-at", "-pk")[:50]
        return Response(SourceEventSerializer(newest, many=True).data)


class AssignInput(serializers.Serializer[Any]):
    """`link`: whom it is given to; null: it is nobody's."""

    link = Ref(queryset=Link.objects.all(), allow_null=True)
    why = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class TriageViewSet(ListModelMixin, Resource):
    """Actions that nobody is credited for, until somebody says whose they are; takings back that wait for their action
    (`refund_of`); `conflicts`: reports that contradict the ledger."""

    resource = "triage"
    permission_model = Assignment
    serializer_class = ConversionSerializer
    filters = {"source": "source", "kind": "kind", "refund_of": "refund_of"}
    action_permissions = {"assign": "outreach.add_assignment"}

    def get_queryset(self) -> QuerySet[Conversion]:
        found = triage.waiting()
        pks = [found.unmatched.order_by().values("pk"), found.lost.order_by().values("pk")]
        return Conversion.objects.filter(pk__in=pks[0].union(pks[1])).select_related("balance")

    @extend_schema(responses=SourceEventSerializer(many=True))
    @action(detail=False, methods=["get"])
    def conflicts(self, request: Request) -> Response:
        newest = triage.conflicts().select_related("conversion").order_by("-at", "-pk")[:100]
        return Response(SourceEventSerializer(newest, many=True).data)

    @extend_schema(request=AssignInput, responses=ConversionSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, id: str) -> Response:
        """Give it to the partner whose link this is, or say that it is nobody's."""
        given = AssignInput(data=request.data)
        given.is_valid(raise_exception=True)
        row = self.get_object()
        conversions.assign(conversion=row, **given.validated_data, by=who(request), at=timezone.now())
        return Response(ConversionSerializer(Conversion.objects.get(pk=row.pk)).data)
