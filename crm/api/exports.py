from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from crm.api.base import who
from crm.api.people import PersonResource
from crm.models import Influencer
from crm.services import persons


class ExportViewSet(PersonResource):
    """Everything that is known of somebody, for them to have: a scope of its own, for it holds their addresses."""

    resource = "privacy"
    permission_model = Influencer
    action_permissions = {"export": "crm.export_influencer"}
    reading = frozenset({"export"})
    serializer_class = None

    @extend_schema(
        request=None,
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        description="A bundle in the format causeway-person/1 (docs/privacy.md). That it was handed out is noted: "
        "so it takes a POST, and the scope to read.",
    )
    @action(detail=True, methods=["post"])
    def export(self, request: Request, id: str) -> StreamingHttpResponse:
        pieces = persons.export(influencer=self.get_object(), at=timezone.now(), by=who(request))
        return StreamingHttpResponse(pieces, content_type="application/json")
