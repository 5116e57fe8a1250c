from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.api.people import PersonRef
from crm.models import DuplicateCandidate, Merge
from crm.services import duplicates, merging

# What cannot be done now is in conflict with what is stored.
STATUSES = dict.fromkeys(
    ("person_gone", "import_under_way", "merge_undone", "merge_too_old", "merge_not_last", "duplicate_decided"), 409
)


class MergeInput(serializers.Serializer[Any]):
    winner = PersonRef()
    loser = PersonRef()
    keep = serializers.DictField(child=serializers.CharField(), required=False, default=dict)


class MergeSerializer(serializers.ModelSerializer[Merge]):
    id = PublicIdField()
    winner = Ref(read_only=True)
    undoable_until = serializers.SerializerMethodField()

    class Meta:
        model = Merge
        fields = ["id", "winner", "loser", "at", "undoable_until", "undone_at"]

    def get_undoable_until(self, merge: Merge) -> datetime:
        return merging.undoable_until(merge)


class MergeViewSet(ReadResource):
    """Profiles that became part of another, and can be taken out again for a while."""

    resource = "influencers"
    permission_model = Merge
    serializer_class = MergeSerializer
    filters = {"winner": "winner__public_id", "loser": "loser"}
    action_permissions = {"undo": "crm.change_merge"}
    statuses = STATUSES

    def get_queryset(self) -> QuerySet[Merge]:
        return Merge.objects.select_related("winner").defer("record")

    @extend_schema(request=None, responses=MergeSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: str) -> Response:
        merge = self.get_object()
        merging.unmerge(merge=merge, by=who(request), at=timezone.now())
        return Response(MergeSerializer(Merge.objects.get(pk=merge.pk)).data)


class DuplicateSerializer(serializers.ModelSerializer[DuplicateCandidate]):
    id = PublicIdField()
    influencers = serializers.SerializerMethodField()
    rules = serializers.SerializerMethodField()

    class Meta:
        model = DuplicateCandidate
        fields = ["id", "influencers", "rules", "found_at", "state"]

    def get_influencers(self, candidate: DuplicateCandidate) -> list[str]:
        return [str(candidate.low.public_id), str(candidate.high.public_id)]

    def get_rules(self, candidate: DuplicateCandidate) -> list[str]:
        return sorted({reason["rule"] for reason in candidate.reasons})


class DuplicateViewSet(ReadResource):
    """Pairs of profiles that may be one person's. Merge them at `/influencers/merge/`, or say that they are two."""

    resource = "influencers"
    permission_model = DuplicateCandidate
    serializer_class = DuplicateSerializer
    filters = {"state": "state"}
    action_permissions = {"dismiss": "crm.change_duplicatecandidate"}
    statuses = STATUSES

    def get_queryset(self) -> QuerySet[DuplicateCandidate]:
        return DuplicateCandidate.objects.select_related("low", "high")

    @extend_schema(request=None, responses=DuplicateSerializer)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, id: str) -> Response:
        candidate = self.get_object()
        duplicates.dismiss(candidate=candidate, by=who(request), at=timezone.now())
        return Response(DuplicateSerializer(DuplicateCandidate.objects.get(pk=candidate.pk)).data)
