from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from crm.api.base import Resource, who
from crm.models import Influencer
from crm.services import persons


class ExportViewSet(Resource):
    """Everything that is known of somebody, for them to have: a scope of its own, for it holds their addresses."""

    resource = "privacy"
    permission_model = Influencer
    action_permissions = {"export": "crm.export_influencer"}
    serializer_class = None

    def get_queryset(self) -> QuerySet[Influencer]:
        return Influencer.objects.present()

    @extend_schema(
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        description="A bundle in the format causeway-person/1 (docs/privacy.md). That it was handed out is noted.",
    )
    @action(detail=True)
    def export(self, request: Request, id: str) -> StreamingHttpResponse:
        pieces = persons.export(influencer=self.get_object(), at=timezone.now(), by=who(request))
        return StreamingHttpResponse(pieces, content_type="application/json")
