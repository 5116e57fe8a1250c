from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.models import User
from outreach.models import InboundMessage, Outreach
from outreach.services import replies


class AttachmentSerializer(serializers.Serializer[Any]):
    """What came along: listed, never opened."""

    name = serializers.CharField()
    type = serializers.CharField()
    said_type = serializers.CharField()
    size = serializers.IntegerField()


class ReplySerializer(serializers.ModelSerializer[InboundMessage]):
    """`what`: as a person says, else as the rules read it."""

    id = PublicIdField()
    outreach = Ref(read_only=True, allow_null=True)
    influencer = Ref(read_only=True, allow_null=True)
    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    what = serializers.ChoiceField(choices=InboundMessage.Kind.choices, read_only=True, allow_blank=True)
    attachments = AttachmentSerializer(many=True, read_only=True)

    class Meta:
        model = InboundMessage
        fields = [
            *("id", "door", "state", "received_at", "sent_at", "from_address", "from_name", "subject", "text", "said"),
            *(
                "has_html",
                "attachments",
                "influencer",
                "outreach",
                "matched_by",
                "what",
                "kind",
                "confidence",
                "read_by",
            ),
            *("until_date", "contact", "rules_version", "confirmed_kind", "confirmed_at", "no_scope"),
            *("desk", "desk_at", "snoozed_until", "owner", "created_at"),
        ]
        read_only_fields = fields


class ConfirmInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=InboundMessage.Kind.choices)
    until = serializers.DateField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Of an absence the last day away; of “later” the first day on which they may be asked again.",
    )
    contact = serializers.CharField(max_length=320, required=False, allow_blank=True, default="")


class NoteInput(serializers.Serializer[Any]):
    """What they said by another way."""

    outreach = Ref(queryset=Outreach.objects.select_related("campaign__cause", "influencer"))
    kind = serializers.ChoiceField(choices=InboundMessage.Kind.choices)
    text = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")
    on = serializers.DateField(help_text="The day on which they said it.")


class ReplyViewSet(ReadResource):
    """What people and machines answered. What a person says of it goes before what the rules read."""

    resource = "replies"
    permission_model = InboundMessage
    serializer_class = ReplySerializer
    filters = {
        "desk": "desk",
        "kind": "kind",
        "confirmed_kind": "confirmed_kind",
        "door": "door",
        "outreach": "outreach__public_id",
        "influencer": "influencer__public_id",
        "campaign": "outreach__campaign__slug",
        "owner": "owner__username",
    }
    action_permissions = {"confirm": "outreach.change_inboundmessage", "done": "outreach.change_inboundmessage"}
    statuses = {"reply_not_read": 409, "stage_move_not_allowed": 409, "message_without_person": 409}

    def get_queryset(self) -> QuerySet[InboundMessage]:
        return InboundMessage.objects.select_related("outreach", "influencer", "owner").defer("raw")

    @extend_schema(request=NoteInput, responses={201: ReplySerializer})
    def create(self, request: Request) -> Response:
        """Note what they said by another way."""
        given = NoteInput(data=request.data)
        given.is_valid(raise_exception=True)
        noted = replies.note_by_hand(**given.validated_data, by=who(request), at=timezone.now())
        return Response(self._told(noted), status=status.HTTP_201_CREATED)

    @extend_schema(request=ConfirmInput, responses=ReplySerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: str) -> Response:
        """Say what it is; what follows from that follows."""
        given = ConfirmInput(data=request.data)
        given.is_valid(raise_exception=True)
        inbound = self.get_object()
        replies.confirm(inbound=inbound, **given.validated_data, by=who(request), at=timezone.now())
        return Response(self._told(inbound))

    @extend_schema(request=None, responses=ReplySerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, id: str) -> Response:
        """Nothing more is to be done."""
        inbound = self.get_object()
        replies.done(inbound=inbound, by=who(request), at=timezone.now())
        return Response(self._told(inbound))

    def _told(self, inbound: InboundMessage) -> Any:
        return ReplySerializer(self.get_queryset().get(pk=inbound.pk)).data
