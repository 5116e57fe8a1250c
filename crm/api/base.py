"""The bases that every app's API stands on: translate in, call one service, translate out."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Model
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from crm.api.filters import AllowListed
from crm.api.idempotency import Answer, answer_once
from crm.handles import fold
from crm.models import User
from crm.services import audit


def who(request: Request) -> User:
    """Whose token it is: nothing of the API opens without one."""
    assert isinstance(request.user, User)
    return request.user


class Resource(GenericViewSet[Any]):
    """A resource named by opaque ids. Subclasses say what token scope and what permission it takes."""

    resource: str
    permission_model: type[Model]
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[0-9a-f-]{32,36}"
    filter_backends = [AllowListed]
    statuses: dict[str, int] = {}  # DomainError code -> HTTP status, where it is not 400

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            audit.say(by=request.user.pk, why=f"api:{self.resource}-{self.action}")
        if request.method == "POST" and (key := request.headers.get("Idempotency-Key")):
            # DRF has put the action's method at `post`; it is asked for after this.
            handler: Callable[..., Answer] = getattr(self, "post", self.http_method_not_allowed)
            setattr(self, "post", partial(answer_once, handler, key=key))  # noqa: B010  (mypy knows of no `post` here)

    @staticmethod
    def fold(text: str) -> str:
        return fold(text)


class ReadResource(ListModelMixin, RetrieveModelMixin, Resource):
    """A resource that can be listed and read."""


class PublicIdField(serializers.UUIDField):
    """The opaque id of a row."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("source", "public_id")
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)


class Ref(serializers.SlugRelatedField[Any]):
    """A link to another row by its opaque id."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("slug_field", "public_id")
        super().__init__(**kwargs)

    def to_representation(self, obj: Any) -> str:
        return str(super().to_representation(obj))
