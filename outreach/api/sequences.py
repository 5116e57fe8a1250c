from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.models import Platform
from outreach import words
from outreach.models import Enrolment, Message, Sequence, Step
from outreach.services import enrolments, sequences
from outreach.services.sequences import Part

# What waits in each of many conversations, at one price.
NEXT_MESSAGES = Prefetch(
    "messages", Message.objects.asking().filter(finished_at=None).order_by("pk").defer("raw"), to_attr="waiting"
)


class StepSerializer(serializers.ModelSerializer[Step]):
    """One message: so many working days of its reader after the one before."""

    text = serializers.CharField(source="template_name", max_length=100, help_text="The name of templates.")
    days = serializers.IntegerField(
        min_value=0,
        max_value=60,
        default=0,
        help_text="Working days of the reader after the step before; first: 0.",
    )
    channel = serializers.ChoiceField(choices=Step.Channel.choices, default=Step.Channel.EMAIL)
    platform = serializers.ChoiceField(
        choices=Platform.choices,
        allow_blank=True,
        default="",
        help_text="Of a message by hand; blank: their largest account.",
    )

    class Meta:
        model = Step
        fields = ["position", "days", "channel", "platform", "text"]
        read_only_fields = ["position"]


class SequenceSerializer(serializers.ModelSerializer[Sequence]):
    id = PublicIdField()
    name = serializers.CharField(max_length=100)
    steps = serializers.SerializerMethodField()

    class Meta:
        model = Sequence
        fields = ["id", "name", "is_paused", "steps", "created_at"]

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, sequence: Sequence) -> Any:
        rows = sorted(sequence.steps.all(), key=lambda step: step.position)
        return StepSerializer(rows, many=True).data


class SequenceInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    steps = StepSerializer(many=True)


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    """A sequence under way in one conversation."""

    sequence = Ref(read_only=True)
    reason_detail = serializers.SerializerMethodField()
    next_message = serializers.SerializerMethodField(help_text="The one that waits for its time; null: none does.")

    class Meta:
        model = Enrolment
        fields = ["sequence", "state", "reason", "reason_detail", "position", "resumes_date", "since_at"]
        fields += ["next_message"]

    def get_reason_detail(self, enrolment: Enrolment) -> str:
        return words.enrolment_reason(enrolment.reason) if enrolment.reason else ""

    def get_next_message(self, enrolment: Enrolment) -> str | None:
        if not hasattr(enrolment.outreach, "waiting"):
            prefetch_related_objects([enrolment.outreach], NEXT_MESSAGES)
        outreach: Any = enrolment.outreach
        waiting: list[Message] = outreach.waiting
        named = [message for message in waiting if message.reference == enrolments.reference(enrolment)]
        return str(named[-1].public_id) if named else None


class SequenceViewSet(ReadResource):
    """First messages and what follows while nobody answers."""

    resource = "sequences"
    permission_model = Sequence
    serializer_class = SequenceSerializer
    filters = {"name": "name"}
    action_permissions = {"pause": "outreach.change_sequence", "resume": "outreach.change_sequence"}
    statuses = {"sequence_taken": 409}

    def get_queryset(self) -> QuerySet[Sequence]:
        return Sequence.objects.prefetch_related("steps")

    @extend_schema(request=SequenceInput, responses={201: SequenceSerializer})
    def create(self, request: Request) -> Response:
        return Response(self._saved(request, None), status=status.HTTP_201_CREATED)

    @extend_schema(request=SequenceInput, responses=SequenceSerializer)
    def partial_update(self, request: Request, id: str) -> Response:
        """Say it anew, all its steps. What is under way goes on by it; what was planned already stays as it is."""
        return Response(self._saved(request, self.get_object()))

    @extend_schema(request=None, responses=SequenceSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def pause(self, request: Request, id: str) -> Response:
        """No follow-up of it goes out until it is resumed. Nothing is taken back."""
        return self._turned(is_paused=True)

    @extend_schema(request=None, responses=SequenceSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def resume(self, request: Request, id: str) -> Response:
        """It goes on; what is overdue gets a time anew."""
        return self._turned(is_paused=False)

    def _turned(self, *, is_paused: bool) -> Response:
        sequences.set_paused(sequence=self.get_object(), is_paused=is_paused)
        return Response(SequenceSerializer(self.get_object()).data)

    def _saved(self, request: Request, sequence: Sequence | None) -> Any:
        given = SequenceInput(data=request.data)
        given.is_valid(raise_exception=True)
        steps = [Part(**part) for part in given.validated_data["steps"]]
        stored = sequences.save(sequence=sequence, name=given.validated_data["name"], steps=steps)
        return SequenceSerializer(self.get_queryset().get(pk=stored.pk)).data


class OfOutreach(ReadResource):
    """What the resource of conversations offers about the sequence in each."""

    @extend_schema(request=None, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def pause_sequence(self, request: Request, id: str) -> Response:
        """No follow-up goes out until it is resumed."""
        return self._told(sequences.pause(enrolment=self._enrolment(), reason="paused_by_staff", **_by(request)))

    @extend_schema(request=None, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def resume_sequence(self, request: Request, id: str) -> Response:
        return self._told(sequences.resume(enrolment=self._enrolment(), **_by(request)))

    @extend_schema(request=None, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def stop_sequence(self, request: Request, id: str) -> Response:
        """For good: what was planned is taken back."""
        return self._told(sequences.stop(enrolment=self._enrolment(), **_by(request)))

    def _enrolment(self) -> Enrolment:
        found: Enrolment = get_object_or_404(Enrolment, outreach=self.get_object())
        return found

    @staticmethod
    def _told(enrolment: Enrolment) -> Response:
        return Response(EnrolmentSerializer(enrolment).data)


def _by(request: Request) -> dict[str, Any]:
    return {"by": who(request), "at": timezone.now()}
