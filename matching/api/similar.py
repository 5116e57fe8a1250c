from typing import Any, cast

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.asked import Asked
from crm.api.base import who
from crm.api.people import PersonResource
from crm.api.portraits import AccountRef
from crm.errors import DomainError
from crm.models import ApiToken, Influencer
from crm.tasks import ring
from matching import words
from matching.ranking.likeness import ABOUT, REACH
from matching.services import likeness
from matching.services.likeness import Found, Similar
from matching.tasks import keep_snapshot

_PARTS = {**ABOUT, **REACH}


class InCommonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="In which respect: subjects, topics, hashtags, countries, ages, …")
    text = serializers.CharField(help_text="In the language asked for.")


class SimilarPersonSerializer(serializers.Serializer[Similar]):
    influencer = serializers.UUIDField(source="person.public_id")
    name = serializers.CharField(source="person.name")
    accounts = AccountRef(source="person.accounts", many=True)
    nearness = serializers.FloatField(
        help_text="0 to 1, the same in both directions. It orders people, and is no probability of anything."
    )
    near = serializers.SerializerMethodField(help_text="The same as a word: very_much, much or somewhat alike.")
    parts = serializers.DictField(
        child=serializers.FloatField(),
        help_text="By respect, how much both have of what either has, 0 to 1; what is unknown of either is left out. "
        f"Of: {', '.join(_PARTS)}.",
    )
    in_common = serializers.SerializerMethodField(help_text="What both have, a sentence a respect.")
    is_never_asked = serializers.SerializerMethodField(
        help_text="Whether staff decided never to ask them, for some cause or ever; null: the token may not read "
        "exclusions."
    )

    def get_near(self, one: Similar) -> str:
        return words.near(one.nearness)[0]

    def get_in_common(self, one: Similar) -> list[dict[str, str]]:
        said = words.in_common(
            one.common, one.parts, topics=self.context["found"].topics, spelled=self.context["found"].spelled
        )
        return [{"code": each.code, "text": each.text} for each in said]

    def get_is_never_asked(self, one: Similar) -> bool | None:
        return bool(one.exclusions) if self.context["may_see_exclusions"] else None


class SimilarPeopleSerializer(serializers.Serializer[Found]):
    is_behind = serializers.BooleanField(
        help_text="Whether something changed about this person that was not looked at yet: ask again in a minute."
    )
    similar = SimilarPersonSerializer(many=True, help_text="The nearest first; of equals the one known longer.")


class SimilarViewSet(PersonResource):
    """Who else is like somebody, computed when asked. Nobody who was erased is among them."""

    resource = "influencers"
    permission_model = Influencer
    statuses = {"likeness_unready": 503}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "limit",
                OpenApiTypes.INT,
                description=f"How many at most: 1 to {likeness.MOST}, {likeness.SHOWN} where it is not said.",
            )
        ],
        responses=SimilarPeopleSerializer,
    )
    @action(detail=True, pagination_class=None)
    def similar(self, request: Request, **kwargs: Any) -> Response:
        """Who is most like this person in what they speak of and whom they reach, and what both have in common.

        503 while everybody is being read anew: ask again in a minute.
        """
        person, number = self.get_object(), self._number(request)
        try:
            found = likeness.of(person=person, at=timezone.now(), number=number)
        except DomainError:
            ring(keep_snapshot)
            raise
        if found.is_behind:
            ring(keep_snapshot)
        context = {"found": found, "may_see_exclusions": _may_see_exclusions(request)}
        return Response(SimilarPeopleSerializer(found, context=context).data)

    def _number(self, request: Request) -> int:
        asked = Asked(request.query_params.dict()).whole("limit")
        number = likeness.SHOWN if asked is None else asked
        if not 1 <= number <= likeness.MOST:
            raise DomainError("filter_value_invalid", name="limit")
        return number


def _may_see_exclusions(request: Request) -> bool:
    is_told = "exclusions:read" in cast(ApiToken, request.auth).scopes
    return is_told and who(request).has_perm("matching.view_exclusion")
