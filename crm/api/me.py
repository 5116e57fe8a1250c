from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.models import ApiToken


class MeSerializer(serializers.Serializer[Any]):
    user = serializers.CharField()
    token = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField(allow_null=True)


class MeView(APIView):
    """Whose key this is and what it may do."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        token = request.auth
        assert isinstance(token, ApiToken)
        body = {
            "user": request.user.get_username(),
            "token": token.name,
            "scopes": token.scopes,
            "expires_at": token.expires_at,
        }
        return Response(MeSerializer(body).data)
