from rest_framework import serializers

from crm.api.base import PublicIdField, ReadResource
from matching.models import RankerVersion


class RankerSerializer(serializers.ModelSerializer[RankerVersion]):
    id = PublicIdField()

    class Meta:
        model = RankerVersion
        fields = ["id", "kind", "digest", "created_at", "is_serving", "weights", "manifest"]


class RankerViewSet(ReadResource):
    """The rankers as they were: tables of numbers, from which every score can be computed again."""

    resource = "rankers"
    permission_model = RankerVersion
    serializer_class = RankerSerializer
    queryset = RankerVersion.objects.all()
