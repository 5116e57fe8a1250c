from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, who
from crm.tasks import ring
from matching import tasks
from matching.models import RankerVersion, Served, Training
from matching.services import rankers


class RankerSerializer(serializers.ModelSerializer[RankerVersion]):
    id = PublicIdField()
    labels = serializers.SerializerMethodField(help_text="How many outcomes it learned from.")
    served_since = serializers.SerializerMethodField(help_text="Null: it is not in use.")
    report = serializers.DictField(
        read_only=True, help_text="What was found out about a learned one: see docs/ranker.md. Empty of a scorecard."
    )

    class Meta:
        model = RankerVersion
        fields = [
            "id",
            "kind",
            "digest",
            "created_at",
            "is_serving",
            "served_since",
            "labels",
            "report",
            "weights",
            "manifest",
        ]

    def get_labels(self, version: RankerVersion) -> int:
        return int(version.report.get("labels", 0))

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_served_since(self, version: RankerVersion) -> Any:
        since = getattr(version, "since", None)
        return serializers.DateTimeField().to_representation(since) if since and version.is_serving else None


class TrainingSerializer(serializers.ModelSerializer[Training]):
    id = PublicIdField()
    ranker = serializers.SlugRelatedField[RankerVersion](
        slug_field="public_id", read_only=True, allow_null=True, help_text="What was learned; null until it is."
    )

    class Meta:
        model = Training
        fields = ["id", "state", "requested_at", "done", "of", "ready_at", "ranker", "error"]


class RankerViewSet(ReadResource):
    """The rankers as they were: tables of numbers, from which every score can be computed again."""

    resource = "rankers"
    permission_model = RankerVersion
    serializer_class = RankerSerializer
    action_permissions = {
        "train": "matching.add_training",
        "promote": "matching.change_rankerversion",
        "roll_back": "matching.change_rankerversion",
    }
    statuses = dict.fromkeys(
        (
            "ranker_not_better",
            "ranker_serves_already",
            "ranker_not_learned",
            "ranker_suspect",
            "ranker_compared_with_another",
            "ranker_altered",
            "ranker_schema_mismatch",
            "ranker_unreadable",
            "nothing_to_roll_back",
        ),
        status.HTTP_409_CONFLICT,
    )

    def get_queryset(self) -> QuerySet[RankerVersion]:
        served = Served.objects.filter(ranker=OuterRef("pk")).order_by("-pk")
        return RankerVersion.objects.annotate(since=Subquery(served.values("at")[:1])).defer("resamples")

    @extend_schema(request=None, responses={202: TrainingSerializer})
    @action(detail=False, methods=["post"])
    def train(self, request: Request) -> Response:
        """Learn from the outcomes known by now, in the background; the training that waits already, if one does."""
        asked = rankers.request_training(at=timezone.now(), by=who(request))
        ring(tasks.learn, asked.pk)
        where = reverse("api:training-detail", kwargs={"id": asked.public_id})
        return Response(TrainingSerializer(asked).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(request=None, responses=RankerSerializer)
    @action(detail=True, methods=["post"])
    def promote(self, request: Request, id: str) -> Response:
        """Let it order every list from now on. It must be shown to be better than the scorecard and the one in use."""
        return self._told(rankers.promote(version=self.get_object(), at=timezone.now(), by=who(request)))

    @extend_schema(request=None, responses=RankerSerializer)
    @action(detail=False, methods=["post"], url_path="roll-back", filter_backends=[])
    def roll_back(self, request: Request) -> Response:
        """Let the one that was in use before order the lists again."""
        return self._told(rankers.roll_back(at=timezone.now(), by=who(request)))

    def _told(self, version: RankerVersion) -> Response:
        return Response(RankerSerializer(self.get_queryset().get(pk=version.pk)).data)


class TrainingViewSet(ReadResource):
    """Tries to learn from outcomes: how far each is, and what came of it."""

    resource = "rankers"
    permission_model = Training
    serializer_class = TrainingSerializer
    filters = {"state": "state"}
    queryset = Training.objects.select_related("ranker").defer("ranker__manifest", "ranker__resamples")
