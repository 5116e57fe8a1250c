from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, Ref, who
from crm.api.pagination import ByRank
from crm.formats.audience import GENDERS
from crm.models import ApiToken, Cause, Platform
from crm.tasks import ring
from matching import selectors, words
from matching.api.verdicts import GivenVerdictSerializer
from matching.models import LeftOut, Match, MatchList
from matching.services import evidence, labels, match_lists, unknowns
from matching.services.unknowns import Unknowns
from matching.tasks import build_match_list


class MatchListSerializer(serializers.ModelSerializer[MatchList]):
    id = PublicIdField()
    cause = Ref(read_only=True)
    ranker = serializers.CharField(source="ranker.digest", read_only=True, allow_null=True, default=None)
    weights = serializers.DictField(
        source="ranker.weights",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Those of the cause’s own that it was ranked with; null before it is.",
    )

    class Meta:
        model = MatchList
        fields = [
            "id",
            "cause",
            "ranker",
            "weights",
            "state",
            "requested_at",
            "as_of",
            "ready_at",
            "limit",
            "filters",
            "considered",
            "left_out",
            "cause_missing",
            "error",
        ]


def _part(**said: Any) -> serializers.FloatField:
    """Of a whole, 0 to 1."""
    return serializers.FloatField(min_value=0, max_value=1, required=False, allow_null=True, default=None, **said)


class MatchListInput(serializers.Serializer[Any]):
    cause = Ref(queryset=Cause.objects.all())
    limit = serializers.IntegerField(min_value=1, max_value=match_lists.MAX_LIMIT, default=100)
    platform = serializers.ChoiceField(choices=Platform.choices, required=False, default="", allow_blank=True)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, default="", allow_blank=True)
    language = serializers.RegexField(r"^([a-z]{2,3})?$", required=False, default="", allow_blank=True)
    min_followers = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)
    max_followers = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)
    min_engagement = _part(help_text="Engagements per follower and post, of one account with what else is asked of it.")
    audience_country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, default="", allow_blank=True)
    audience_country_share = _part(help_text="Without it, any part of the audience will do.")
    audience_age = serializers.RegexField(
        r"^(\d{1,3}-\d{1,3}|\d{1,3}\+)?$", required=False, default="", allow_blank=True
    )
    audience_age_share = _part()
    audience_gender = serializers.ChoiceField(choices=GENDERS, required=False, default="", allow_blank=True)
    audience_gender_share = _part()
    is_cleared = serializers.BooleanField(default=False, help_text="Only whom vetting cleared for this cause.")
    rested_days = serializers.IntegerField(
        min_value=1,
        max_value=match_lists.MOST_DAYS,
        required=False,
        allow_null=True,
        default=None,
        help_text="Nobody who was written to in so many days.",
    )
    is_new = serializers.BooleanField(default=False, help_text="Nobody who stands in the newest list of this cause.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        for dimension in ("country", "age", "gender"):
            if said[f"audience_{dimension}_share"] is not None and not said[f"audience_{dimension}"]:
                raise serializers.ValidationError({f"audience_{dimension}": _("Say whom.")})
        return said


class IntervalSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField()
    high = serializers.FloatField()


class MatchSerializer(serializers.ModelSerializer[Match]):
    id = PublicIdField()
    influencer = Ref(read_only=True)
    name = serializers.CharField(source="influencer.name", read_only=True)
    verdict = GivenVerdictSerializer(source="judged", read_only=True, allow_null=True, default=None)
    reasons_for = serializers.SerializerMethodField()
    reasons_against = serializers.SerializerMethodField()
    interval = IntervalSerializer(
        read_only=True,
        allow_null=True,
        help_text="Where the score lies in nine of ten samples of the outcomes that the ranker learned from. null: too"
        " few outcomes to learn from.",
    )
    propensity = serializers.FloatField(
        read_only=True,
        help_text="How probable it was that they would be drawn by lot for one of the list’s places; 1: they stand"
        " there by rank.",
    )
    missing = serializers.SerializerMethodField(
        help_text="What the cause asks for and nobody knows, with the best and the worst rank that knowing it could"
        " give; worst_rank null: out of the list. best_rank null: whoever was drawn by lot would still have no place by"
        " rank. null: the list's ranker is of an earlier schema."
    )
    missing_together = serializers.SerializerMethodField(help_text="The same for all of it; null: nothing is missing.")

    class Meta:
        model = Match
        fields = [
            "id",
            "rank",
            "propensity",
            "influencer",
            "name",
            "score",
            "interval",
            "percentile",
            "sides",
            "values",
            "reasons_for",
            "reasons_against",
            "missing",
            "missing_together",
            "warnings",
            "verdict",
        ]

    def get_reasons_for(self, match: Match) -> list[dict[str, Any]]:
        return [self._reason(match, reason) for reason in words.reasons(match) if reason.contribution > 0]

    def get_reasons_against(self, match: Match) -> list[dict[str, Any]]:
        return [self._reason(match, reason) for reason in words.reasons(match) if reason.contribution < 0]

    def get_missing(self, match: Match) -> list[dict[str, Any]] | None:
        unknown = self._unknowns(match)
        return [{"feature": name} | span.as_dict() for name, span in unknown.spans.items()] if unknown else None

    def get_missing_together(self, match: Match) -> dict[str, Any] | None:
        unknown = self._unknowns(match)
        return unknown.together.as_dict() if unknown and unknown.together else None

    def _reason(self, match: Match, reason: words.Reason) -> dict[str, Any]:
        found = self.context["evidence"][match.pk].get(reason.feature, ())
        is_quoted = self.context["is_quoted"]
        return reason.as_dict() | {"evidence": [row.as_dict(is_quoted=is_quoted) for row in found]}

    def _unknowns(self, match: Match) -> Unknowns | None:
        found: dict[int, Unknowns] | None = self.context["unknowns"]
        return found[match.pk] if found else None


class ChangeSerializer(serializers.Serializer[Any]):
    influencer = serializers.UUIDField()
    name = serializers.CharField()
    move = serializers.ChoiceField(choices=[move.value for move in selectors.Move])
    before = serializers.IntegerField(allow_null=True, help_text="Rank in the list before; null: not in it.")
    after = serializers.IntegerField(allow_null=True, help_text="Rank in this list; null: not in it.")
    why = serializers.CharField()
    feature = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class ChangesSerializer(serializers.Serializer[Any]):
    since = serializers.UUIDField(allow_null=True, help_text="The list before; null: there is none to compare with.")
    changes = ChangeSerializer(many=True)


class LeftOutSerializer(serializers.ModelSerializer[LeftOut]):
    influencer = Ref(read_only=True)
    name = serializers.CharField(source="influencer.name", read_only=True)

    class Meta:
        model = LeftOut
        fields = ["influencer", "name", "findings"]


class MatchListViewSet(ReadResource):
    """Ranked lists: who fits a cause, and why. Asking for one answers at once; the worker builds it."""

    resource = "match-lists"
    permission_model = MatchList
    serializer_class = MatchListSerializer
    filters = {"cause": "cause__slug", "state": "state"}
    statuses = {"cause_says_nothing": 422}

    def get_queryset(self) -> QuerySet[MatchList]:
        return MatchList.objects.select_related("cause", "ranker")

    @extend_schema(request=MatchListInput, responses={202: MatchListSerializer})
    def create(self, request: Request) -> Response:
        given = MatchListInput(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        match_list = match_lists.request(
            cause=said.pop("cause"),
            limit=said.pop("limit"),
            filters=match_lists.Filters(**said),
            by=who(request),
            at=timezone.now(),
        )
        ring(build_match_list, match_list.pk)
        where = reverse("api:match-list-detail", kwargs={"id": match_list.public_id})
        return Response(
            MatchListSerializer(match_list).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where}
        )

    @extend_schema(responses=MatchSerializer(many=True))
    @action(detail=True, filter_backends=[], pagination_class=ByRank)
    def matches(self, request: Request, id: str) -> Response:
        """Who stands in the list, with reasons and the stored rows that each rests on. They are quoted to tokens that
        may read influencers.
        """
        match_list = self.get_object()
        rows = Match.objects.filter(match_list=match_list).select_related("influencer")
        page: list[Any] = self.paginate_queryset(rows) or []
        people = [match.influencer_id for match in page]
        verdicts = labels.verdicts_on(cause=match_list.cause, people=people, at=timezone.now())
        for match in page:
            match.judged = verdicts.get(match.influencer_id)
        context = {
            "evidence": evidence.of(match_list, page),
            "unknowns": unknowns.of(match_list, page),
            "is_quoted": "influencers:read" in cast(ApiToken, request.auth).scopes,
        }
        return self.get_paginated_response(MatchSerializer(page, many=True, context=context).data)

    @extend_schema(responses=ChangesSerializer)
    @action(detail=True, filter_backends=[])
    def changes(self, request: Request, id: str) -> Response:
        """What is different from the list before of the same cause with the same filters, and why."""
        found = selectors.changes(self.get_object())
        rows = selectors.people_of(list(found.of.values())) if found else []
        told = [
            {
                "influencer": person.public_id,
                "name": person.name,
                "move": change.move.value,
                "before": change.before,
                "after": change.after,
                "why": change.why,
                "feature": change.feature,
                "text": words.why_changed(change.why, change.feature),
            }
            for person, change in rows
        ]
        return Response(ChangesSerializer({"since": found.since.public_id if found else None, "changes": told}).data)

    @extend_schema(responses=LeftOutSerializer(many=True))
    @action(detail=True, filter_backends=[], url_path="left-out")
    def left_out(self, request: Request, id: str) -> Response:
        """Who was left out for a conflict with the cause, and what speaks for it."""
        page = self.paginate_queryset(LeftOut.objects.filter(match_list=self.get_object()).select_related("influencer"))
        return self.get_paginated_response(LeftOutSerializer(page, many=True).data)
