from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref
from outreach import qr, signing, words
from outreach.models import Link, Outreach
from outreach.services import links


class LinkSerializer(serializers.ModelSerializer[Link]):
    id = PublicIdField()
    outreach = Ref(read_only=True)
    url = serializers.SerializerMethodField()
    spoken = serializers.SerializerMethodField(help_text="The code as it is said: WPNM FQTD is the same.")

    class Meta:
        model = Link
        fields = ["id", "outreach", "deliverable", "code", "spoken", "url", "destination_url", "created_at"]

    def get_url(self, link: Link) -> str:
        return words.link_url(link)

    def get_spoken(self, link: Link) -> str:
        return signing.spoken(link.code)


class LinkInput(serializers.Serializer[Any]):
    outreach = Ref(queryset=Outreach.objects.all())
    deliverable = serializers.CharField(max_length=100, help_text="What it is for: one post, story or video.")


class PictureInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=sorted(qr.KINDS), default="svg")


class LinkViewSet(ReadResource):
    """The tracked links of each outreach: its own, which was made with it, and those of deliverables."""

    resource = "links"
    permission_model = Link
    serializer_class = LinkSerializer
    filters = {"campaign": "outreach__campaign__slug", "outreach": "outreach__public_id"}
    questions = ("code",)
    queryset = Link.objects.select_related("outreach")
    statuses = {"deliverable_taken": 409, "link_of_nobody": 409}

    def answer(self, queryset: QuerySet[Link], said: Mapping[str, str]) -> QuerySet[Link]:
        """Of a code as somebody wrote or said it."""
        return queryset.filter(code=signing.heard(said["code"]))

    @extend_schema(request=LinkInput, responses={201: LinkSerializer})
    def create(self, request: Request) -> Response:
        """One more link for an outreach, with a code of its own, for one thing that they publish."""
        given = LinkInput(data=request.data)
        given.is_valid(raise_exception=True)
        link = links.add(**given.validated_data, at=timezone.now())
        return Response(LinkSerializer(link).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("kind", str, enum=sorted(qr.KINDS), default="svg")],
        responses={
            (200, "image/svg+xml"): OpenApiResponse(OpenApiTypes.BINARY),
            (200, "image/png"): OpenApiResponse(OpenApiTypes.BINARY),
        },
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def qr(self, request: Request, id: str) -> HttpResponse:
        """Its QR code as a picture."""
        given = PictureInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        kind = given.validated_data["kind"]
        return HttpResponse(qr.file(words.link_url(self.get_object()), kind), content_type=qr.KINDS[kind])
