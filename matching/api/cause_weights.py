from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import who
from crm.models import Cause
from matching import words
from matching.api.of_causes import CauseResource
from matching.models import CauseWeights, MatchList
from matching.ranking.scorecard import WEIGHTS
from matching.services import weights as cause_weights


class WeightSerializer(serializers.Serializer[Any]):
    feature = serializers.CharField()
    name = serializers.CharField()
    looks_at = serializers.CharField()
    weight = serializers.FloatField()
    default = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class CauseWeightsSerializer(serializers.Serializer[Any]):
    weights = serializers.DictField(
        child=serializers.FloatField(), help_text="The cause’s own, by feature: those that differ from the default."
    )
    moved_at = serializers.DateTimeField(allow_null=True, help_text="Null: nobody ever moved one.")
    is_in_use = serializers.BooleanField(help_text="False while a ranker that learned from outcomes serves.")
    is_newest_list_ranked_with_them = serializers.BooleanField(allow_null=True, help_text="Null: there is no list.")
    features = WeightSerializer(many=True)


_SEEN = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the weights one has seen: 412 if others hold now.",
)
_WEIGHTS = {"type": "object", "additionalProperties": {"type": "number"}}


class CauseWeightsViewSet(CauseResource):
    """The starting scorecard's weights, moved for one cause within bounds. Lists that were made stay as they are."""

    action_permissions = {"weights": "matching.view_causeweights", "move": "matching.change_causeweights"}
    statuses = {"weights_moved_meanwhile": 412, "weight_out_of_bounds": 422, "feature_unknown": 422}

    @extend_schema(responses=CauseWeightsSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def weights(self, request: Request, id: str) -> Response:
        return _answer(self.get_object())

    @extend_schema(request={"application/json": _WEIGHTS}, responses={200: CauseWeightsSerializer}, parameters=[_SEEN])
    @weights.mapping.put
    def move(self, request: Request, id: str) -> Response:
        """Exactly these, by feature, as in `weights`; what is not named goes back to its default: `{}` resets all."""
        said = serializers.DictField(child=serializers.FloatField()).run_validation(request.data)
        cause = self.get_object()
        cause_weights.set(cause=cause, weights=said, by=who(request), at=timezone.now(), seen=_seen(request))
        return _answer(cause)


def _seen(request: Request) -> Collection[str] | None:
    tags = parse_etags(request.headers.get("If-Match", "*"))
    return None if "*" in tags else {tag.strip('"') for tag in tags}


def _answer(cause: Cause) -> Response:
    own, newest = cause_weights.of(cause=cause), MatchList.objects.newest_of(cause)
    body = {
        "weights": own,
        "moved_at": CauseWeights.objects.filter(cause=cause).values_list("at", flat=True).first(),
        "is_in_use": cause_weights.is_scorecard_serving(),
        "is_newest_list_ranked_with_them": newest.ranker.weights == own if newest and newest.ranker else None,
        "features": [
            {
                "feature": name,
                "name": words.FEATURES[name],
                "looks_at": words.LOOKS_AT[name],
                "weight": own.get(name, weight.default),
                "default": weight.default,
                "low": weight.low,
                "high": weight.high,
            }
            for name, weight in WEIGHTS.items()
        ],
    }
    headers = {"ETag": f'"{cause_weights.mark(own)}"'}
    return Response(CauseWeightsSerializer(body).data, headers=headers)
