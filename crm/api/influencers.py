from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.asked import Asked
from crm.api.base import PublicIdField, ReadResource, who
from crm.api.merges import STATUSES, MergeInput, MergeSerializer
from crm.api.portraits import PortraitActions
from crm.errors import DomainError
from crm.models import Cause, Influencer, Platform, SocialAccount, VettingCheck
from crm.models.influencer import InfluencerQuerySet
from crm.models.searching import NEVER, last_contact
from crm.services import influencers, merging


class AccountSerializer(serializers.ModelSerializer[SocialAccount]):
    credible_share = serializers.FloatField(
        read_only=True,
        allow_null=True,
        help_text="0 to 1: followers whom a source holds to be real people, by its newest estimate.",
    )
    credible_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="When that was estimated.")

    class Meta:
        model = SocialAccount
        fields = [
            *("platform", "handle", "platform_id", "url", "followers", "engagement_rate", "observed_at", "source"),
            *("credible_share", "credible_at"),
        ]


class InfluencerSerializer(serializers.ModelSerializer[Influencer]):
    id = PublicIdField()
    accounts = AccountSerializer(many=True, read_only=True)
    topics = serializers.SlugRelatedField[Influencer](slug_field="slug", many=True, read_only=True)

    class Meta:
        model = Influencer
        fields = [
            "id",
            "external_id",
            "name",
            "kind",
            "languages",
            "register",
            "country",
            "city",
            "timezone",
            "bio",
            "topics",
            "interests",
            "hashtags",
            "accounts",
            "last_contacted_at",
            "created_at",
            "updated_at",
        ]


_DIMENSIONS = ("age", "country", "gender", "language", "interest")


class AddressedInput(serializers.Serializer[Any]):
    register = serializers.ChoiceField(
        choices=Influencer.Register.choices, help_text="How one says “you” to them; blank where that is not known."
    )


class InfluencerViewSet(PortraitActions, ReadResource):
    """People, brands and agencies. They come in through imports; the form of address is noted here.

    The id of a profile that was merged into another answers with the person, under the id they have now.

    What is asked of an account (`platform`, `followers__gte`, …) is asked of one and the same. `audience_age=18-24`
    with `audience_age__gte=0.3`: at least 30 % are of that age, as last seen. `vetting`: `cleared`, `refused` or
    `none`, for `cause` or for any. `last_contacted_at__lte` holds for whoever was never contacted.
    """

    resource = "influencers"
    permission_model = Influencer
    serializer_class = InfluencerSerializer
    filters = {
        "external_id": "external_id",
        "kind": "kind",
        "country": "country",
        "country__in": "country__in",
    }
    questions = (
        *("search", "language", "topic", "platform", "followers__gte", "followers__lte", "engagement_rate__gte"),
        *(f"audience_{dimension}{end}" for dimension in _DIMENSIONS for end in ("", "__gte")),
        *("vetting", "cause", "never_contacted", "last_contacted_at__gte", "last_contacted_at__lte", "contactable"),
    )
    orderings = {
        "name": F("sort_name"),
        "followers": F("size"),
        "last_contacted_at": last_contact(),
        "created_at": F("pk"),
    }
    action_permissions = {"merge": "crm.add_merge"}
    statuses = STATUSES

    def get_queryset(self) -> QuerySet[Influencer]:
        people = Influencer.objects.defer("search", "search_text")
        return people.prefetch_related(Prefetch("accounts", SocialAccount.objects.telling_credibility()), "topics")

    def answer(self, people: InfluencerQuerySet, said: dict[str, str]) -> InfluencerQuerySet:
        """Raises DomainError: filter_value_invalid (name)."""
        asked = Asked(said)
        people = people.matching(
            said.get("search", ""), with_addresses=self.request.user.has_perm("crm.view_address")
        ).with_account(
            platform=asked.one_of("platform", Platform.values),
            followers_gte=asked.whole("followers__gte"),
            followers_lte=asked.whole("followers__lte"),
            engagement_gte=asked.share("engagement_rate__gte"),
        )
        if "language" in said:
            people = people.filter(languages__contains=[said["language"]])
        if "topic" in said:
            people = people.on_topic(said["topic"])
        for dimension in _DIMENSIONS:
            share = asked.share(f"audience_{dimension}__gte")
            if key := said.get(f"audience_{dimension}"):
                people = people.heard_by(dimension=dimension, key=key, share=share)
            elif share is not None:
                raise DomainError("filter_value_invalid", name=f"audience_{dimension}__gte")
        return _contacted(_vetted(people, asked), asked)

    @extend_schema(request=AddressedInput, responses=InfluencerSerializer)
    def partial_update(self, request: Request, id: str) -> Response:
        given = AddressedInput(data=request.data)
        given.is_valid(raise_exception=True)
        person = self.get_object()
        register = given.validated_data["register"]
        influencers.address_as(influencer=person, register=register, source="API", at=timezone.now(), by=who(request))
        return Response(InfluencerSerializer(self.get_queryset().get(pk=person.pk)).data)

    @extend_schema(request=MergeInput, responses={201: MergeSerializer})
    @action(detail=False, methods=["post"], filter_backends=[])
    def merge(self, request: Request) -> Response:
        """Two profiles of one person become one. `keep` says of fields that differ whose is kept."""
        given = MergeInput(data=request.data)
        given.is_valid(raise_exception=True)
        merged = merging.merge(**given.validated_data, by=who(request), at=timezone.now())
        return Response(MergeSerializer(merged).data, status=status.HTTP_201_CREATED)


def _vetted(people: InfluencerQuerySet, asked: Asked) -> InfluencerQuerySet:
    verdict = asked.one_of("vetting", [*VettingCheck.Verdict.values, "none"])
    slug = asked.said.get("cause")
    cause = Cause.objects.filter(slug=slug).first() if slug else None
    if slug is not None and cause is None:
        raise DomainError("filter_value_invalid", name="cause")
    if verdict == "none":
        return people.not_vetted(cause=cause)
    return people.vetted(verdict=verdict, cause=cause) if verdict or cause else people


def _contacted(people: InfluencerQuerySet, asked: Asked) -> InfluencerQuerySet:
    people = people.last_contacted(
        after=asked.instant("last_contacted_at__gte"), before=asked.instant("last_contacted_at__lte")
    )
    if (never := asked.yes_or_no("never_contacted")) is not None:
        people = people.never_contacted() if never else people.last_contacted(after=NEVER)
    contactable = asked.yes_or_no("contactable")
    return people if contactable is None else people.filter(is_contactable=contactable)
