from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, Ref, who
from crm.api.people import present_ids
from crm.models import Influencer, User
from crm.words import say
from matching.models import Match
from outreach import words
from outreach.api.sequences import NEXT_MESSAGES, EnrolmentSerializer, OfOutreach
from outreach.models import Campaign, Enrolment, Outreach, Sequence
from outreach.services import drafts, fatigue, pipeline, sequences


class OutreachSerializer(serializers.ModelSerializer[Outreach]):
    id = PublicIdField()
    campaign = Ref(read_only=True)
    influencer = Ref(read_only=True, allow_null=True)
    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    link = serializers.SerializerMethodField()
    sequence = serializers.SerializerMethodField()

    class Meta:
        model = Outreach
        fields = [
            *("id", "campaign", "influencer", "stage", "stage_at", "owner", "waived_at", "link", "sequence"),
            "created_at",
        ]

    def get_link(self, outreach: Outreach) -> str:
        return words.link_url(outreach.link) if outreach.link else ""

    @extend_schema_field(EnrolmentSerializer(allow_null=True))
    def get_sequence(self, outreach: Outreach) -> Any:
        enrolment: Enrolment | None = getattr(outreach, "enrolment", None)
        return EnrolmentSerializer(enrolment).data if enrolment else None


class StartInput(serializers.Serializer[Any]):
    """Whom to ask: matches of one list (which keep the reasons), or influencers."""

    campaign = Ref(queryset=Campaign.objects.all())
    matches = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=500)
    influencers = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=500)
    waived = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=500,
        help_text="Of these, the influencers who rest and are asked all the same. Only a manager's token says so.",
    )
    waived_reason = serializers.CharField(
        max_length=fatigue.REASON_MAX, required=False, allow_blank=True, default="", help_text="Why, for all of them."
    )
    text = serializers.CharField(
        max_length=100,
        required=False,
        allow_blank=True,
        default="",
        help_text="The name of templates: a first message is drafted for each, in the version that they read.",
    )

    sequence = Ref(
        queryset=Sequence.objects.all(),
        required=False,
        allow_null=True,
        default=None,
        help_text="Begun with each: its first message is drafted, the others follow. In place of `text`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["sequence"] and attrs["text"]:
            raise serializers.ValidationError(_("Name a text or a sequence, not both."))
        if not attrs["matches"] and not attrs["influencers"]:
            raise serializers.ValidationError(_("Name matches or influencers."))
        attrs["matches"] = self._found(Match.objects.select_related("influencer"), attrs["matches"], "matches")
        named = present_ids(attrs["influencers"])
        attrs["influencers"] = self._found(Influencer.objects.all(), named, "influencers")
        attrs["waived"] = self._found(Influencer.objects.all(), present_ids(attrs["waived"]), "waived")
        return attrs

    @staticmethod
    def _found(rows: QuerySet[Any], ids: list[Any], field: str) -> list[Any]:
        """The rows of these ids, in the order in which they were named."""
        found = {row.public_id: row for row in rows.filter(public_id__in=ids)}
        if missing := sorted(str(one) for one in ids if one not in found):
            raise serializers.ValidationError({field: [_("Unknown: %(ids)s.") % {"ids": ", ".join(missing)}]})
        return [found[one] for one in dict.fromkeys(ids)]


class HeldSerializer(serializers.Serializer[Any]):
    influencer = serializers.UUIDField(source="influencer.public_id")
    reason = serializers.CharField()
    detail = serializers.SerializerMethodField()
    until = serializers.SerializerMethodField()

    def get_until(self, held: pipeline.Held) -> date | None:
        """Of those who rest, the day on which they may be asked again."""
        return date.fromisoformat(str(held.params["until"])) if "until" in held.params else None

    def get_detail(self, held: pipeline.Held) -> str:
        return words.held_reason(held.reason, held.params)


class UnwrittenSerializer(serializers.Serializer[Any]):
    """For whom the text could not be filled in, and why."""

    outreach = serializers.UUIDField(source="outreach.public_id")
    reason = serializers.CharField(source="error.code")
    detail = serializers.SerializerMethodField()

    def get_detail(self, unwritten: drafts.Unwritten) -> str:
        return say(unwritten.error)


class StartedSerializer(serializers.Serializer[Any]):
    outreaches = OutreachSerializer(many=True)
    unwritten = UnwrittenSerializer(many=True)
    held = HeldSerializer(many=True)


class WaiveInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=fatigue.REASON_MAX)


class MoveInput(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=Outreach.Stage.choices)
    current = serializers.ChoiceField(
        choices=Outreach.Stage.choices,
        required=False,
        help_text="The stage you know it in. Where it stands in another one by now, nothing is moved: 409.",
    )


class OwnerInput(serializers.Serializer[Any]):
    owner = serializers.CharField(
        max_length=150, allow_null=True, help_text="The user name of a member of staff; null: nobody."
    )

    def validate_owner(self, username: str | None) -> User | None:
        if username is None:
            return None
        if found := User.objects.filter(username=username).first():
            return found
        raise serializers.ValidationError(_("Unknown: %(ids)s.") % {"ids": username})


class OutreachViewSet(OfOutreach):
    """One influencer in one campaign."""

    resource = "outreaches"
    permission_model = Outreach
    serializer_class = OutreachSerializer
    filters = {
        "campaign": "campaign__slug",
        "stage": "stage",
        "influencer": "influencer__public_id",
        "owner": "owner__username",
    }
    action_permissions = {
        "move": "outreach.change_outreach",
        "waive": fatigue.MAY_WAIVE,
        "pause_sequence": "outreach.change_enrolment",
        "resume_sequence": "outreach.change_enrolment",
        "stop_sequence": "outreach.change_enrolment",
    }
    statuses = {
        "waiving_not_allowed": 403,
        "stage_move_not_allowed": 409,
        "moved_meanwhile": 409,
        "moved_meanwhile_by": 409,
        "owner_gone": 409,
        "sequence_not_under_way": 409,
        "sequence_not_paused": 409,
        "sequence_over": 409,
    }

    def get_queryset(self) -> QuerySet[Outreach]:
        known = Outreach.objects.select_related("campaign", "influencer", "owner", "enrolment__sequence")
        return known.prefetch_related("links", NEXT_MESSAGES)

    @extend_schema(request=StartInput, responses={201: StartedSerializer})
    def create(self, request: Request) -> Response:
        given = StartInput(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        people = {match.influencer_id: match.influencer for match in said["matches"]}
        people |= {person.pk: person for person in said["influencers"]}
        opened, plan = pipeline.start(
            campaign=said["campaign"],
            influencers=people.values(),
            matches=said["matches"],
            waived=[person.pk for person in said["waived"]],
            waived_reason=said["waived_reason"],
            by=who(request),
            at=timezone.now(),
        )
        unwritten = self._drafted(request, opened, said["text"]) if said["text"] else []
        if said["sequence"]:
            unwritten = self._enrolled(request, opened, said["sequence"])
        body = StartedSerializer({"outreaches": opened, "unwritten": unwritten, "held": plan.held}).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(request=OwnerInput, responses=OutreachSerializer)
    def partial_update(self, request: Request, id: str) -> Response:
        """Give it to somebody, or to nobody."""
        given = OwnerInput(data=request.data)
        given.is_valid(raise_exception=True)
        outreach = self.get_object()
        pipeline.assign(outreach=outreach, owner=given.validated_data["owner"], by=who(request), at=timezone.now())
        return Response(OutreachSerializer(self.get_queryset().get(pk=outreach.pk)).data)

    def _drafted(self, request: Request, opened: list[Outreach], text: str) -> list[drafts.Unwritten]:
        if not who(request).has_perm("outreach.add_message"):
            raise PermissionDenied
        return drafts.draft_each(outreaches=opened, name=text, by=who(request), at=timezone.now())

    def _enrolled(self, request: Request, opened: list[Outreach], sequence: Sequence) -> list[drafts.Unwritten]:
        if not who(request).has_perms(["outreach.add_message", "outreach.add_enrolment"]):
            raise PermissionDenied
        return sequences.enrol_each(outreaches=opened, sequence=sequence, by=who(request), at=timezone.now())

    @extend_schema(request=MoveInput, responses=OutreachSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, id: str) -> Response:
        given = MoveInput(data=request.data)
        given.is_valid(raise_exception=True)
        outreach = self.get_object()
        pipeline.move(
            outreach=outreach,
            stage=given.validated_data["stage"],
            seen=given.validated_data.get("current", ""),
            by=who(request),
            at=timezone.now(),
        )
        return Response(OutreachSerializer(self.get_queryset().get(pk=outreach.pk)).data)

    @extend_schema(request=WaiveInput, responses=OutreachSerializer)
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, id: str) -> Response:
        """Let somebody be asked in this conversation although they rest."""
        given = WaiveInput(data=request.data)
        given.is_valid(raise_exception=True)
        outreach = self.get_object()
        fatigue.waive(outreach=outreach, **given.validated_data, by=who(request), at=timezone.now())
        return Response(OutreachSerializer(self.get_queryset().get(pk=outreach.pk)).data)
