from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.api.people import PersonRef
from crm.models import Cause, VettingCheck
from crm.services import vetting


class VettingSerializer(serializers.ModelSerializer[VettingCheck]):
    id = PublicIdField()
    influencer = PersonRef()
    cause = Ref(queryset=Cause.objects.all())

    class Meta:
        model = VettingCheck
        fields = ["id", "influencer", "cause", "verdict", "reason", "at"]
        read_only_fields = ["at"]


class VettingViewSet(ReadResource):
    """Somebody looked at a person for a cause and decided. The newest verdict holds."""

    resource = "vettings"
    permission_model = VettingCheck
    serializer_class = VettingSerializer
    filters = {"influencer": "influencer__public_id", "cause": "cause__slug", "verdict": "verdict"}

    def get_queryset(self) -> QuerySet[VettingCheck]:
        return VettingCheck.objects.select_related("influencer", "cause")

    def create(self, request: Request) -> Response:
        given = VettingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        check = vetting.answer(**given.validated_data, by=who(request), at=timezone.now())
        return Response(VettingSerializer(check).data, status=status.HTTP_201_CREATED)
