"""What a person's page shows, for programs: peers, growth, best hours, what they said, what happened."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm import selectors, words
from crm.api.pagination import CursorPage
from crm.api.people import PersonResource
from crm.models import Activity, SocialAccount
from crm.portrait.hours import ENOUGH


class AccountRef(serializers.ModelSerializer[SocialAccount]):
    """Which presence a figure is of."""

    class Meta:
        model = SocialAccount
        fields = ["platform", "handle"]


class Slugs(serializers.ListField):
    """Causes or topics by their short names."""

    child = serializers.CharField()

    def to_representation(self, data: Any) -> list[str]:
        return [one.slug for one in data]


class PeersSerializer(serializers.Serializer[Any]):
    account = AccountRef()
    engagement_rate = serializers.FloatField(source="rate")
    followers_gte = serializers.IntegerField(source="least")
    followers_lte = serializers.IntegerField(source="most")
    peers = serializers.IntegerField(source="number", help_text="Other accounts of that platform and size.")
    percentile = serializers.SerializerMethodField(help_text="0 to 100; null with fewer than 20 peers.")

    def get_percentile(self, peers: selectors.Peers) -> float | None:
        return round(100 * peers.share, 1) if peers.is_enough else None


class WindowSerializer(serializers.Serializer[Any]):
    weekday = serializers.IntegerField(allow_null=True, help_text="1, a Monday, to 7; null: any day.")
    hour = serializers.IntegerField(allow_null=True, help_text="The first of two; null: any hour.")
    posts = serializers.IntegerField()
    engagement_rate = serializers.FloatField(source="rate", allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return shown | {"weekday": None if instance.weekday is None else instance.weekday + 1}


class HoursSerializer(serializers.Serializer[Any]):
    account = AccountRef()
    timezone = serializers.CharField(source="zone.name")
    timezone_from = serializers.CharField(source="zone.reason", help_text="own, audience or unknown.")
    posts = serializers.IntegerField(source="week.posts")
    posts_needed = serializers.SerializerMethodField()
    engagement_rate = serializers.FloatField(source="week.usual", allow_null=True)
    best = WindowSerializer(source="week.best", allow_null=True)
    cells = WindowSerializer(source="week.cells", many=True, help_text="With any post; two hours each.")

    def get_posts_needed(self, hours: selectors.Hours) -> int:
        return ENOUGH


class MentionSerializer(serializers.Serializer[Any]):
    account = AccountRef(source="post.account")
    published_at = serializers.DateTimeField(source="post.published_at")
    url = serializers.CharField(source="post.url")
    sentence = serializers.CharField(source="said.sentence")
    causes = Slugs()
    topics = Slugs()
    conflicts = Slugs(help_text="Causes that it does not go with.")


class MentionsSerializer(serializers.Serializer[Any]):
    posts = serializers.IntegerField(help_text="How many were read: the newest thousand at most.")
    mentions = MentionSerializer(many=True)


class ReadingSerializer(serializers.Serializer[Any]):
    account = AccountRef()
    observed_at = serializers.DateTimeField(source="at")
    followers = serializers.IntegerField(allow_null=True)
    engagement_rate = serializers.FloatField(source="rate", allow_null=True)
    is_estimate = serializers.BooleanField(help_text="Of followers and engagement.")
    credible_share = serializers.FloatField(
        allow_null=True, help_text="0 to 1: followers whom the source holds to be real people. Always an estimate."
    )
    source = serializers.CharField()  # type: ignore[assignment]


class HappeningSerializer(serializers.ModelSerializer[Activity]):
    cause = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    text = serializers.SerializerMethodField(help_text="In the language asked for.")

    class Meta:
        model = Activity
        fields = ["at", "kind", "text", "cause", "by"]

    def get_text(self, activity: Activity) -> str:
        return words.happened(activity, with_addresses=self.context["with_addresses"])


class Happenings(CursorPage):
    page_size = 50
    ordering, key = "-at", F("at")


# What may be asked of the list has no meaning here.
_NOTHING_ASKED: dict[str, Any] = {"filters": {}, "questions": (), "orderings": {}}


class PortraitActions(PersonResource):
    """Below one influencer: read only, computed when asked."""

    filters: Mapping[str, str] = {}
    questions: Sequence[str] = ()
    orderings: Mapping[str, Any] = {}

    @extend_schema(responses=PeersSerializer(many=True))
    @action(detail=True, pagination_class=None, **_NOTHING_ASKED)
    def peers(self, request: Request, **kwargs: Any) -> Response:
        """Engagement of each account beside others of its platform with half to twice its followers."""
        person = self.get_object()
        read, posts = selectors.snapshots(person), selectors.posts(person)
        figures = selectors.account_figures(person, snapshots=read, posts=posts, at=timezone.now())
        return Response(PeersSerializer([one.peers for one in figures if one.peers], many=True).data)

    @extend_schema(responses=ReadingSerializer(many=True))
    @action(detail=True, pagination_class=None, **_NOTHING_ASKED)
    def growth(self, request: Request, **kwargs: Any) -> Response:
        """What sources said of followers, engagement and how many are real, the newest first; counted and estimated."""
        return Response(ReadingSerializer(selectors.growth(self.get_object()).rows, many=True).data)

    @extend_schema(responses=HoursSerializer(many=True))
    @action(detail=True, url_path="best-hours", pagination_class=None, **_NOTHING_ASKED)
    def best_hours(self, request: Request, **kwargs: Any) -> Response:
        """When the posts of each account do best, by the clock of its audience; the account with most posts first."""
        person = self.get_object()
        posts, audience = selectors.posts(person), selectors.audience(person)
        found = selectors.hours(person, published=posts, audience=audience, at=timezone.now())
        return Response(HoursSerializer(found, many=True).data)

    @extend_schema(responses=MentionsSerializer)
    @action(detail=True, pagination_class=None, **_NOTHING_ASKED)
    def mentions(self, request: Request, **kwargs: Any) -> Response:
        """Posts in which words or hashtags of a cause, of what it does not go with, or of a topic stand."""
        return Response(MentionsSerializer(selectors.spoken(selectors.posts(self.get_object()))).data)

    @extend_schema(responses=HappeningSerializer(many=True))
    @action(detail=True, pagination_class=Happenings, **_NOTHING_ASKED)
    def timeline(self, request: Request, **kwargs: Any) -> Response:
        """What happened, the newest first."""
        activities = self.get_object().activities.select_related("cause", "by")
        context = {"with_addresses": request.user.has_perm("crm.view_address")}
        page = self.paginate_queryset(activities)
        return self.get_paginated_response(HappeningSerializer(page, many=True, context=context).data)
