from django.db.models import QuerySet
from rest_framework import serializers

from crm.api.base import PublicIdField, ReadResource
from crm.models import Influencer, SocialAccount


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
    """People, brands and agencies. They come in through imports."""

    resource = "influencers"
    permission_model = Influencer
    serializer_class = InfluencerSerializer
    search_field = "search_text"
    filters = {
        "external_id": "external_id",
        "country": "country",
        "country__in": "country__in",
        "language": "languages__overlap",
        "topic": "topics__slug",
        "platform": "accounts__platform",
        "followers__gte": "accounts__followers__gte",
        "followers__lte": "accounts__followers__lte",
    }

    def get_queryset(self) -> QuerySet[Influencer]:
        return Influencer.objects.present().prefetch_related("accounts", "topics")
