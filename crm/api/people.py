"""People by the ids that tools know them under: also those of profiles that were merged."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError

from crm.api.base import Ref, Resource
from crm.models import Influencer, InfluencerAlias


def present_ids(ids: Sequence[Any]) -> list[Any]:
    """The ids, those of merged profiles replaced by the ids of who they are now."""
    asked = [_uuid(one) for one in ids]
    aliases = InfluencerAlias.objects.filter(public_id__in=[one for one in asked if one])
    now = dict(aliases.values_list("public_id", "influencer__public_id"))
    return [now.get(uuid, one) if uuid else one for one, uuid in zip(ids, asked, strict=True)]


class PersonRef(Ref):
    """A link to a person, under any id they had."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Influencer.objects.all()} | kwargs)

    def to_internal_value(self, data: Any) -> Influencer:
        try:
            return super().to_internal_value(data)  # type: ignore[no-any-return]
        except ValidationError:
            [now] = present_ids([data])
            if now == data:
                raise
            return super().to_internal_value(now)  # type: ignore[no-any-return]


class PersonResource(Resource):
    """A person by any id they had: that of a profile merged into another answers with who they are now."""

    def get_queryset(self) -> QuerySet[Influencer]:
        return Influencer.objects.all()

    def get_object(self) -> Influencer:
        try:
            return super().get_object()  # type: ignore[no-any-return]
        except Http404:
            asked = self.kwargs["id"]
            self.kwargs["id"], *_ = present_ids([asked])
            if self.kwargs["id"] == asked:
                raise
            return super().get_object()  # type: ignore[no-any-return]


def _uuid(said: Any) -> UUID | None:
    try:
        return said if isinstance(said, UUID) else UUID(str(said))
    except ValueError:
        return None
