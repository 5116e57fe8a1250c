from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import who
from crm.models import Cause
from crm.services import hashtags as briefs
from matching import words
from matching.api.of_causes import CauseResource
from matching.ranking.hashtags import Advice, Alive, Crowded, Proposal, Specific
from matching.services.hashtags import Proposals, proposals


class ProposalSerializer(serializers.Serializer[Proposal]):
    hashtag = serializers.CharField(source="usage.spelled")
    advice = serializers.ChoiceField(choices=[one.value for one in Advice])
    specific = serializers.ChoiceField(choices=[one.value for one in Specific])
    alive = serializers.ChoiceField(choices=[one.value for one in Alive])
    crowded = serializers.ChoiceField(choices=[one.value for one in Crowded])
    lift = serializers.FloatField()
    share = serializers.FloatField(help_text="Of all other people who posted in twelve months.")
    trend = serializers.FloatField(help_text="Posts of the last 90 days over those of the 90 before, 3 added to both.")
    aligned = serializers.IntegerField(source="usage.aligned", help_text="Aligned people who use it.")
    people = serializers.IntegerField(source="usage.people")
    posts = serializers.IntegerField(source="usage.posts")
    posts_90_days = serializers.IntegerField(source="usage.recent")
    posts_90_days_before = serializers.IntegerField(source="usage.before")
    engagement = serializers.FloatField(source="usage.engagement", allow_null=True)
    text = serializers.SerializerMethodField()

    def get_text(self, proposal: Proposal) -> str:
        return words.proposal(proposal)


class ProposalsSerializer(serializers.Serializer[Proposals]):
    counted_at = serializers.DateTimeField(source="count.at", allow_null=True, default=None)
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="Held against everybody who posts in these; empty: against everybody."
    )
    people = serializers.IntegerField()
    posts = serializers.IntegerField()
    aligned = serializers.IntegerField(help_text="Those held against everybody: see `match_list`.")
    match_list = serializers.UUIDField(
        source="basis.match_list.public_id",
        allow_null=True,
        default=None,
        help_text="Whose top they are; null: people with a topic of the cause.",
    )
    picked = serializers.SerializerMethodField()
    hashtags = ProposalSerializer(many=True)

    def get_picked(self, found: Proposals) -> list[str]:
        return list(self.context["cause"].hashtags)


class PickInput(serializers.Serializer[Any]):
    hashtag = serializers.CharField(max_length=100)


class CauseHashtagsViewSet(CauseResource):
    """The hashtags that serve a cause, proposed from what those who fit it post; and those its brief holds."""

    action_permissions = {"pick": "crm.change_cause", "unpick": "crm.change_cause"}

    @extend_schema(responses=ProposalsSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def hashtags(self, request: Request, id: str) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=PickInput, responses={200: ProposalsSerializer})
    @hashtags.mapping.post
    def pick(self, request: Request, id: str) -> Response:
        """Put one on the brief; one that stands there already stays as it is."""
        given = PickInput(data=request.data)
        given.is_valid(raise_exception=True)
        cause = self.get_object()
        briefs.pick(cause=cause, hashtag=given.validated_data["hashtag"], by=who(request), at=timezone.now())
        return self._answer(cause)

    @extend_schema(responses={204: None})
    @action(detail=True, methods=["delete"], url_path=r"hashtags/(?P<hashtag>[^/]+)", filter_backends=[])
    def unpick(self, request: Request, id: str, hashtag: str) -> Response:
        """Take one off the brief, picked or typed."""
        briefs.unpick(cause=self.get_object(), hashtag=hashtag)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answer(self, cause: Cause) -> Response:
        cause.refresh_from_db()
        return Response(ProposalsSerializer(proposals(cause=cause), context={"cause": cause}).data)
