from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.api.people import PersonRef
from crm.models import Cause
from matching.models import MatchList, RelevanceLabel
from matching.services import labels

VERDICTS = [(kind.value, kind.label) for kind in RelevanceLabel.VERDICTS]


class GivenVerdictSerializer(serializers.ModelSerializer[RelevanceLabel]):
    """A verdict by itself, where it is clear whom it is about."""

    id = PublicIdField()
    verdict = serializers.ChoiceField(choices=VERDICTS, source="kind", read_only=True)

    class Meta:
        model = RelevanceLabel
        fields = ["id", "verdict", "reason", "note", "at"]


class VerdictSerializer(GivenVerdictSerializer):
    influencer = Ref(read_only=True)
    cause = Ref(read_only=True)
    match_list = serializers.UUIDField(
        source="match.match_list.public_id",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="The list on which they were judged; null: without one.",
    )

    class Meta:
        model = RelevanceLabel
        fields = ["id", "influencer", "cause", "match_list", "verdict", "reason", "note", "at"]


class VerdictInput(serializers.Serializer[Any]):
    """Whom, for which cause, and how: `match_list` names its cause."""

    influencer = PersonRef()
    cause = Ref(queryset=Cause.objects.all(), required=False)
    match_list = Ref(queryset=MatchList.objects.select_related("cause"), required=False)
    verdict = serializers.ChoiceField(choices=VERDICTS)
    reason = serializers.ChoiceField(
        choices=RelevanceLabel.Reason.choices, required=False, default="", allow_blank=True
    )
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=labels.MAX_NOTE)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        match_list, match = attrs.pop("match_list", None), None
        if match_list is not None:
            if attrs.setdefault("cause", match_list.cause) != match_list.cause:
                raise serializers.ValidationError({"cause": [_("This is not the cause of the match list.")]})
            match = match_list.matches.filter(influencer=attrs["influencer"]).first()
            if match is None:
                raise serializers.ValidationError({"influencer": [_("They do not stand in this match list.")]})
        if "cause" not in attrs:
            raise serializers.ValidationError(_("Name a cause or a match list."))
        return attrs | {"match": match}


class VerdictViewSet(ReadResource):
    """What staff think of somebody for a cause: the verdicts that hold. The newest replaces the one before.

    It is what the ranker learns from, and leaves nobody out of lists by itself: see `exclusions`.
    """

    resource = "verdicts"
    permission_model = RelevanceLabel
    serializer_class = VerdictSerializer
    filters = {
        "influencer": "influencer__public_id",
        "cause": "cause__slug",
        "kind": "kind",
        "verdict": "kind",
        "reason": "reason",
    }
    action_permissions = {"destroy": "matching.add_relevancelabel"}
    statuses = {"person_erased": 409}

    def get_queryset(self) -> QuerySet[RelevanceLabel]:
        held = RelevanceLabel.objects.verdicts().known(at=timezone.now())
        return held.select_related("influencer", "cause", "match__match_list")

    @extend_schema(request=VerdictInput, responses={201: VerdictSerializer, 200: VerdictSerializer})
    def create(self, request: Request) -> Response:
        """201; 200 where the same verdict holds already."""
        given = VerdictInput(data=request.data)
        given.is_valid(raise_exception=True)
        label, is_new = labels.judge(**given.validated_data, by=who(request), at=timezone.now())
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(VerdictSerializer(label).data, status=code)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:
        """Take it back: nobody has judged them. One that holds no longer is not there any more."""
        held = self.get_object()
        labels.withdraw(cause=held.cause, influencer=held.influencer, by=who(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
