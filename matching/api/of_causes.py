"""The base of what matching answers below the address of a cause."""

from uuid import UUID

from django.http import Http404

from crm.api.base import Resource
from crm.models import Cause


class CauseResource(Resource):
    """A route of crm's causes that takes the ranking to answer."""

    resource = "causes"
    permission_model = Cause
    queryset = Cause.objects.all()
    lookup_value_regex = "[a-z0-9_-]+"

    def get_object(self) -> Cause:
        """By its short name or its id."""
        asked = self.kwargs["id"]
        try:
            by_id = Cause.objects.filter(public_id=UUID(asked)).first()
        except ValueError:
            by_id = None
        cause = by_id or Cause.objects.filter(slug=asked).first()
        if cause is None:
            raise Http404
        self.check_object_permissions(self.request, cause)
        return cause
