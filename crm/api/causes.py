from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.errors import DomainError
from crm.formats.audience import trait_key
from crm.formats.cells import clean_host
from crm.formats.rows import AudienceShare, CauseRow, GoalReading
from crm.models import ActionKind, AudienceTarget, Cause, Goal, Influencer, Platform, Topic
from crm.models import AudienceShare as Share
from crm.services import causes, own_profiles
from crm.words import say


class GoalSerializer(serializers.ModelSerializer[Goal]):
    class Meta:
        model = Goal
        fields = ["kind", "quantity", "amount_minor", "currency", "due_date"]


class TargetSerializer(serializers.ModelSerializer[AudienceTarget]):
    class Meta:
        model = AudienceTarget
        fields = ["dimension", "key", "share"]


class CauseSerializer(serializers.ModelSerializer[Cause]):
    id = PublicIdField()
    topics = serializers.SlugRelatedField[Topic](slug_field="slug", many=True, read_only=True)
    goals = GoalSerializer(many=True, read_only=True)
    audience = TargetSerializer(many=True, read_only=True, source="targets")

    class Meta:
        model = Cause
        fields = [
            "id",
            "slug",
            "name",
            "description",
            "topics",
            "languages",
            "countries",
            "hashtags",
            "conflicts",
            "platforms",
            "website",
            "values",
            "tone",
            "transparency",
            "transparency_source",
            "link_hosts",
            "asks_approval",
            "audience",
            "goals",
            "created_at",
            "updated_at",
        ]


class GoalInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ActionKind.choices)
    quantity = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    amount_minor = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    currency = serializers.RegexField(r"^([A-Z]{3})?$", required=False, default="", allow_blank=True)
    due_date = serializers.DateField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_sum = attrs.get("amount_minor") is not None
        if is_sum == (attrs.get("quantity") is not None) or is_sum != bool(attrs.get("currency")):
            raise serializers.ValidationError(_("A goal is either a quantity, or an amount_minor with its currency."))
        return attrs


class TargetInput(serializers.Serializer[Any]):
    dimension = serializers.ChoiceField(choices=Share.Dimension.choices)
    key = serializers.CharField(max_length=100)
    share = serializers.FloatField(min_value=0, max_value=1, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            return attrs | {"key": trait_key(attrs["dimension"], attrs["key"])}
        except DomainError as error:
            raise serializers.ValidationError({"key": say(error)}) from None


class CauseInput(serializers.Serializer[Any]):
    slug = serializers.RegexField(r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$", max_length=100)
    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, default="", allow_blank=True, max_length=20_000)
    topics = serializers.ListField(child=serializers.SlugField(), required=False, default=list, max_length=50)
    languages = serializers.ListField(child=serializers.RegexField(r"^[a-z]{2,3}$"), required=False, default=list)
    countries = serializers.ListField(child=serializers.RegexField(r"^[A-Z]{2}$"), required=False, default=list)
    hashtags = serializers.ListField(child=serializers.CharField(max_length=100), required=False, default=list)
    conflicts = serializers.ListField(child=serializers.CharField(max_length=100), required=False, default=list)
    platforms = serializers.ListField(
        child=serializers.ChoiceField(choices=Platform.choices), required=False, default=list
    )
    website = serializers.RegexField(
        r"^(https?://[^\s<>\"]+)?$", required=False, default="", allow_blank=True, max_length=500
    )
    values = serializers.ListField(child=serializers.CharField(max_length=100), required=False, default=list)
    tone = serializers.CharField(required=False, default="", allow_blank=True, max_length=2_000)
    transparency = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=5_000, help_text="Needs transparency_source."
    )
    transparency_source = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)
    link_hosts = serializers.ListField(
        child=serializers.CharField(max_length=300),
        required=False,
        default=list,
        max_length=50,
        help_text="Sites that tracked links may lead to. Posting an empty list leaves it as it is.",
    )
    asks_approval = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whether a manager approves every first message. Only a manager's token says so; null: as it is.",
    )
    audience = TargetInput(many=True, required=False, default=list)
    goals = GoalInput(many=True, required=False, default=list)

    def validate_link_hosts(self, values: list[str]) -> list[str]:
        try:
            return list(dict.fromkeys(map(clean_host, values)))
        except DomainError as error:
            raise serializers.ValidationError(say(error)) from None


class OwnProfilesSerializer(serializers.Serializer[Any]):
    """Profiles whose accounts are the cause's own."""

    influencers = Ref(queryset=Influencer.objects.all(), many=True)


class CauseViewSet(ReadResource):
    """What we ask, of whom, and who should hear it. Posting a known slug completes that cause."""

    resource = "causes"
    permission_model = Cause
    serializer_class = CauseSerializer
    filters = {"slug": "slug", "topic": "topics__slug"}
    action_permissions = {"choose_own_profiles": "crm.change_cause"}

    def get_queryset(self) -> QuerySet[Cause]:
        return Cause.objects.prefetch_related("topics", "goals", "targets")

    def create(self, request: Request) -> Response:
        given = CauseInput(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        if said["asks_approval"] is not None and not who(request).has_perm(causes.MAY_ASK_APPROVAL):
            raise PermissionDenied
        audience = tuple(AudienceShare(t["dimension"], t["key"], t.get("share")) for t in said.pop("audience"))
        goals = tuple(
            GoalReading(g["kind"], g.get("quantity"), g.get("amount_minor"), g["currency"], g["due_date"])
            for g in said.pop("goals")
        )
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
        }
        stored = causes.store(row=CauseRow(line=0, **plain | {"audience": audience, "goals": goals}))
        body = CauseSerializer(self.get_queryset().get(pk=stored.cause.pk)).data
        return Response(body, status=status.HTTP_201_CREATED if stored.verdict == "created" else status.HTTP_200_OK)

    @extend_schema(responses=OwnProfilesSerializer)
    @action(detail=True, filter_backends=[], url_path="own-profiles")
    def own_profiles(self, request: Request, id: str) -> Response:
        """Whose accounts are the cause's own: reports tell how they grew."""
        return self._own_profiles(self.get_object())

    @extend_schema(request=OwnProfilesSerializer, responses=OwnProfilesSerializer)
    @own_profiles.mapping.post
    def choose_own_profiles(self, request: Request, id: str) -> Response:
        """These are the cause's own, and no others."""
        given = OwnProfilesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        cause = self.get_object()
        own_profiles.choose_only(cause=cause, **given.validated_data)
        return self._own_profiles(cause)

    def _own_profiles(self, cause: Cause) -> Response:
        rows = Influencer.objects.filter(own_of__cause=cause).order_by("own_of__pk")
        return Response(OwnProfilesSerializer({"influencers": rows}).data)


class TopicSerializer(serializers.ModelSerializer[Topic]):
    name = serializers.CharField(source="__str__", read_only=True)
    part_of = serializers.SlugRelatedField[Topic](source="parent", slug_field="slug", read_only=True)

    class Meta:
        model = Topic
        fields = ["slug", "name", "names", "kind", "part_of", "words"]


class TopicViewSet(ReadResource):
    """The 17 UN goals, common fields of concern and their parts; and trades that a cause may conflict with."""

    resource = "topics"
    permission_model = Topic
    serializer_class = TopicSerializer
    filters = {"kind": "kind", "part_of": "parent__slug"}
    queryset = Topic.objects.select_related("parent")
    lookup_field = "slug"
    lookup_url_kwarg = "slug"
    lookup_value_regex = "[a-z0-9_-]+"
