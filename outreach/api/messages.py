from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.tasks import ring
from outreach import words
from outreach.api.campaigns import InsertedSerializer
from outreach.models import Message, MessageTemplate, Outreach
from outreach.services import approval, delivery, drafts, messages
from outreach.tasks import sweep_outbox


class RemarkSerializer(serializers.Serializer[Any]):
    """What was not to be had in the version that was wanted, and what was wanted."""

    code = serializers.ChoiceField(choices=["second_language", "house_language", "language_unknown", "other_register"])
    wanted = serializers.CharField(allow_blank=True)


class MessageSerializer(serializers.ModelSerializer[Message]):
    id = PublicIdField()
    outreach = Ref(read_only=True, allow_null=True)
    fallback = RemarkSerializer(many=True, read_only=True)
    inserted = InsertedSerializer(many=True, read_only=True)
    reason_detail = serializers.SerializerMethodField()
    profile_url = serializers.CharField(source="account.url", read_only=True, default="")

    class Meta:
        model = Message
        fields = [
            "id",
            "purpose",
            "channel",
            "outreach",
            "profile_url",
            "language",
            "register",
            "fallback",
            "inserted",
            "subject",
            "body",
            "text",
            "state",
            "reason",
            "reason_detail",
            "submitted_at",
            "remark",
            "approved_at",
            "due_at",
            "finished_at",
            "is_captured",
            "created_at",
        ]
        read_only_fields = [f for f in fields if f not in {"subject", "body"}]

    def get_reason_detail(self, message: Message) -> str:
        return words.message_reason(message.reason)


class DraftInput(serializers.Serializer[Any]):
    outreach = Ref(queryset=Outreach.objects.select_related("campaign__cause", "influencer", "match"))
    template = Ref(queryset=MessageTemplate.objects.all(), required=False, help_text="This very version.")
    name = serializers.CharField(
        max_length=100, required=False, help_text="The text of this name, in the version that the person reads."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("template" in attrs) == ("name" in attrs):
            raise serializers.ValidationError(_("Say a template or the name of one."))
        return attrs


class EditInput(serializers.Serializer[Any]):
    subject = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=20_000)


class RemarkInput(serializers.Serializer[Any]):
    remark = serializers.CharField(max_length=messages.REMARK_MAX)


class MessageViewSet(ReadResource):
    """Mails: drafted, read and approved by a person, then sent at most once."""

    resource = "messages"
    permission_model = Message
    serializer_class = MessageSerializer
    filters = {
        "state": "state",
        "purpose": "purpose",
        "outreach": "outreach__public_id",
        "campaign": "outreach__campaign__slug",
    }
    action_permissions = {
        "approve": "outreach.approve_message",
        "submit": "outreach.change_message",
        "send_back": approval.MAY_APPROVE_FIRST,
        "cancel": "outreach.change_message",
        "sent": "outreach.change_message",
    }
    statuses = {
        "needs_manager": 403,
        "manager_not_needed": 409,
        "submitted_already": 409,
        "not_submitted": 409,
        "message_not_draft": 409,
        "message_already_gone": 409,
        "no_usable_address": 409,
        "person_said_no": 409,
        "message_held": 409,
    }

    def get_queryset(self) -> QuerySet[Message]:
        rows = Message.objects.seen_by(who(self.request))
        return rows.select_related("outreach", "account").defer("raw", "html")

    @extend_schema(request=DraftInput, responses={201: MessageSerializer})
    def create(self, request: Request) -> Response:
        given = DraftInput(data=request.data)
        given.is_valid(raise_exception=True)
        begin = drafts.draft_by_name if "name" in given.validated_data else drafts.draft
        message = begin(**given.validated_data, by=who(request), at=timezone.now())
        return Response(MessageSerializer(message).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EditInput, responses=MessageSerializer)
    def partial_update(self, request: Request, id: str) -> Response:
        message = self.get_object()
        said = {"subject": message.subject, "body": message.body} | dict(request.data)
        given = EditInput(data=said)
        given.is_valid(raise_exception=True)
        return Response(MessageSerializer(messages.edit(message=message, **given.validated_data)).data)

    @extend_schema(request=None, responses={202: MessageSerializer})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:
        message = messages.approve(message=self.get_object(), by=who(request), at=timezone.now())
        ring(sweep_outbox)
        return Response(MessageSerializer(message).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: str) -> Response:
        """Put a first message before a manager, where its cause asks for that."""
        message = messages.submit(message=self.get_object(), by=who(request), at=timezone.now())
        return Response(MessageSerializer(message).data)

    @extend_schema(request=RemarkInput, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    def send_back(self, request: Request, id: str) -> Response:
        """A manager says why it cannot go as it is: it is a draft again."""
        given = RemarkInput(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        message = messages.send_back(message=self.get_object(), **said, by=who(request), at=timezone.now())
        return Response(MessageSerializer(message).data)

    @extend_schema(request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    def sent(self, request: Request, id: str) -> Response:
        """A person sent it by hand."""
        message = delivery.confirm_by_hand(message=self.get_object(), by=who(request), at=timezone.now())
        return Response(MessageSerializer(message).data)

    @extend_schema(request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        message = self.get_object()
        messages.cancel(message=message, at=timezone.now())
        message.refresh_from_db()
        return Response(MessageSerializer(message).data)
