from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.asked import Asked
from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.api.people import PersonRef
from crm.models import Cause
from matching.models import Exclusion
from matching.services import exclusions


class ExclusionSerializer(serializers.ModelSerializer[Exclusion]):
    id = PublicIdField()
    influencer = PersonRef()
    cause = Ref(
        queryset=Cause.objects.all(), required=False, allow_null=True, default=None, help_text="Null: for every cause."
    )
    reason = serializers.CharField(max_length=2_000)

    class Meta:
        model = Exclusion
        fields = ["id", "influencer", "cause", "reason", "at", "lifted_at"]
        read_only_fields = ["at", "lifted_at"]


class ExclusionViewSet(ReadResource):
    """Whom staff decided never to ask, for one cause or ever: left out of lists and sent nothing until it is lifted."""

    resource = "exclusions"
    permission_model = Exclusion
    serializer_class = ExclusionSerializer
    filters = {"influencer": "influencer__public_id", "cause": "cause__slug"}
    questions = ("holds",)
    action_permissions = {"lift": "matching.change_exclusion"}
    statuses = {"person_erased": 409}

    def get_queryset(self) -> QuerySet[Exclusion]:
        return Exclusion.objects.select_related("influencer", "cause")

    def answer(self, queryset: QuerySet[Exclusion], said: dict[str, str]) -> QuerySet[Exclusion]:
        """`holds=true`: those that were not lifted; `false`: the others."""
        return queryset.filter(lifted_at__isnull=bool(Asked(said).yes_or_no("holds")))

    @extend_schema(request=ExclusionSerializer, responses={201: ExclusionSerializer, 200: ExclusionSerializer})
    def create(self, request: Request) -> Response:
        """201; 200 where it holds already."""
        given = ExclusionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made, is_new = exclusions.exclude(**given.validated_data, by=who(request), at=timezone.now())
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(ExclusionSerializer(made).data, status=code)

    @extend_schema(request=None, responses=ExclusionSerializer)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, id: str) -> Response:
        lifted = exclusions.lift(exclusion=self.get_object(), by=who(request), at=timezone.now())
        return Response(ExclusionSerializer(lifted).data)
