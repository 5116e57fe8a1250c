"""How the API describes itself: OpenAPI 3.1, with the problem details that every operation may answer."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable: programs may rely on it.")
    detail = serializers.CharField(help_text="For a person, in the language asked for.")
    params = serializers.DictField(required=False)
    errors = serializers.ListField(child=serializers.DictField(), required=False)  # type: ignore[assignment]


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "crm.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class Schema(AutoSchema):
    """Adds to every operation the errors it may answer with."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        statuses = {400, 401, 403, 429} | set(getattr(self.view, "statuses", {}).values())
        if "{" in self.path:
            statuses.add(404)
        problem = OpenApiResponse(ProblemSerializer)
        for status in sorted(map(str, statuses)):
            bodies.setdefault(
                status,
                self._get_response_for_code(problem, status, media_types=["application/problem+json"]),  # type: ignore[no-untyped-call]
            )
        return bodies
