from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource
from crm.api.merges import STATUSES, MergeInput, MergeSerializer
from crm.api.people import present_ids
from crm.models import Influencer, SocialAccount
from crm.services import merging


class AccountSerializer(serializers.ModelSerializer[SocialAccount]):
    class Meta:
        model = SocialAccount
        fields = ["platform", "handle", "platform_id", "url", "followers", "engagement_rate", "observed_at", "source"]


class InfluencerSerializer(serializers.ModelSerializer[Influencer]):
    id = PublicIdField()
    accounts = AccountSerializer(many=True, read_only=True)
    topics = serializers.SlugRelatedField[Influencer](slug_field="slug", many=True, read_only=True)

    class Meta:
        model = Influencer
        fields = [
            "id",
            "external_id",
            "name",
            "kind",
            "languages",
            "country",
            "city",
            "timezone",
            "bio",
            "topics",
            "interests",
            "hashtags",
            "accounts",
            "last_contacted_at",
            "created_at",
            "updated_at",
        ]


class InfluencerViewSet(ReadResource):
    """People, brands and agencies. They come in through imports.

    The id of a profile that was merged into another answers with the person, under the id they have now.
    """

    resource = "influencers"
    permission_model = Influencer
    serializer_class = InfluencerSerializer
    search_field = "search_text"
    filters = {
        "external_id": "external_id",
        "country": "country",
        "country__in": "country__in",
        "language": "languages__contains",
        "topic": "topics__slug",
        "platform": "accounts__platform",
        "followers__gte": "accounts__followers__gte",
        "followers__lte": "accounts__followers__lte",
    }
    action_permissions = {"merge": "crm.add_merge"}
    statuses = STATUSES

    def get_queryset(self) -> QuerySet[Influencer]:
        return Influencer.objects.present().prefetch_related("accounts", "topics")

    def get_object(self) -> Influencer:
        try:
            return super().get_object()  # type: ignore[no-any-return]
        except Http404:
            asked = self.kwargs["id"]
            self.kwargs["id"], *_ = present_ids([asked])
            if self.kwargs["id"] == asked:
                raise
            return super().get_object()  # type: ignore[no-any-return]

    @extend_schema(request=MergeInput, responses={201: MergeSerializer})
    @action(detail=False, methods=["post"], filter_backends=[])
    def merge(self, request: Request) -> Response:
        """Two profiles of one person become one. `keep` says of fields that differ whose is kept."""
        given = MergeInput(data=request.data)
        given.is_valid(raise_exception=True)
        merged = merging.merge(**given.validated_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        return Response(MergeSerializer(merged).data, status=status.HTTP_201_CREATED)
