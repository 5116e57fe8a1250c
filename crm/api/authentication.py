"""Who calls, and may they: a bearer token with scopes, never more than its user may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from crm.errors import DomainError
from crm.models import ApiToken, User
from crm.services import tokens

if TYPE_CHECKING:  # DRF reads this module while it is importing its views
    from rest_framework.views import APIView


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer cw_<prefix>_<secret>`. Tokens are not read from the query string, which ends in logs."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            token = tokens.authenticate(text.strip(), at=timezone.now())
        except DomainError as error:
            raise AuthenticationFailed(code=error.code) from None
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="causeway"'


class HasScope(BasePermission):
    """The token's scope for the view's resource, and the user's own permission for what is asked.

    A view names its `resource` ("influencers"), its `permission_model`, and in `action_permissions` what its own
    actions need beyond view / add / change / delete. `reading`: those that are asked by POST for what they note, and
    take the scope to read all the same.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return False
        resource = getattr(view, "resource", None)
        if resource is None:  # `me` and the like: any valid token
            return True
        is_read = request.method in SAFE_METHODS or getattr(view, "action", None) in getattr(view, "reading", ())
        verb = "read" if is_read else "write"
        return f"{resource}:{verb}" in token.scopes and token.user.has_perm(self._permission(request, view))

    def _permission(self, request: Request, view: Any) -> str:
        by_action: dict[str, str] = getattr(view, "action_permissions", {})
        if named := by_action.get(getattr(view, "action", None) or ""):
            return named
        verb = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}.get(str(request.method), "view")
        meta = view.permission_model._meta
        return f"{meta.app_label}.{verb}_{meta.model_name}"
