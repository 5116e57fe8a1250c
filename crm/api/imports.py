from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import PublicIdField, ReadResource, who
from crm.errors import DomainError
from crm.formats import field_maps
from crm.models import ImportBatch, ImportRow
from crm.services import importing, mappings, undo
from crm.tasks import ring, work_on_import
from crm.words import say_code

_FORM_BYTES = 64 * 1024  # what a form may say beside its file


class ImportSerializer(serializers.ModelSerializer[ImportBatch]):
    id = PublicIdField()

    class Meta:
        model = ImportBatch
        fields = [
            "id",
            "subject",
            "filename",
            "format",
            "state",
            "mapping",
            "unknown_columns",
            "rows_read",
            "created_count",
            "updated_count",
            "unchanged_count",
            "rejected_count",
            "error",
            "uploaded_at",
            "finished_at",
        ]


class ImportInput(serializers.Serializer[Any]):
    file = serializers.FileField()
    subject = serializers.ChoiceField(choices=ImportBatch.Subject.choices, default=ImportBatch.Subject.INFLUENCERS)
    format = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    account = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)
    mapping = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="JSON: what the columns hold, as MAP.json of the command",
    )


class MappingInput(serializers.Serializer[Any]):
    """What the columns of a file hold: the same object as MAP.json of the command."""

    columns = serializers.DictField(child=serializers.CharField(allow_blank=True))
    constants = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    numbers = serializers.ChoiceField(choices=field_maps.NUMBERS, required=False, allow_blank=True)
    dates = serializers.ChoiceField(choices=field_maps.DATES, required=False, allow_blank=True)
    rates = serializers.ChoiceField(choices=field_maps.RATES, required=False, allow_blank=True)
    shares = serializers.ChoiceField(
        choices=field_maps.RATES, required=False, allow_blank=True, help_text="Of real and of fake followers."
    )


class ColumnOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    examples = serializers.ListField(child=serializers.CharField())


class MappingOutput(serializers.Serializer[Any]):
    columns = ColumnOutput(many=True)
    mapping = MappingInput()
    is_remembered = serializers.BooleanField()


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    errors = serializers.SerializerMethodField()  # type: ignore[assignment]

    class Meta:
        model = ImportRow
        fields = ["line", "verdict", "title", "changes", "errors"]

    def get_errors(self, row: ImportRow) -> list[dict[str, Any]]:
        return [error | {"detail": say_code(error["code"], error["params"])} for error in row.errors]


class ImportViewSet(ReadResource):
    """A file: brought, read in the background, shown row by row, then stored or discarded."""

    resource = "imports"
    permission_model = ImportBatch
    serializer_class = ImportSerializer
    filters = {"state": "state", "subject": "subject"}
    parser_classes = [MultiPartParser]
    action_permissions = dict.fromkeys(("commit", "discard", "undo", "mapping", "say_columns"), "crm.add_importbatch")
    statuses = {"import_not_waiting": 409, "import_built_upon": 409, "import_not_stored": 409, "file_too_large": 413}

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.all()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # Told from the header, before a byte of the file is read.
        if _declared_bytes(request) > settings.UPLOAD_MAX_BYTES + _FORM_BYTES:
            raise DomainError("file_too_large", megabytes=settings.UPLOAD_MAX_BYTES // 1024**2)

    @extend_schema(request={"multipart/form-data": ImportInput}, responses={202: ImportSerializer})
    def create(self, request: Request) -> Response:
        given = ImportInput(data=request.data)
        given.is_valid(raise_exception=True)
        upload = given.validated_data["file"]
        batch = importing.upload(
            subject=given.validated_data["subject"],
            filename=upload.name,
            format=given.validated_data["format"],
            owner=given.validated_data["account"],
            mapping=mappings.read(said) if (said := given.validated_data["mapping"]) else None,
            stream=upload.file,
            max_bytes=settings.UPLOAD_MAX_BYTES,
            by=who(request),
            at=timezone.now(),
        )
        return self._accepted(batch)

    @extend_schema(request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, id: str) -> Response:
        batch = self.get_object()
        importing.accept(batch=batch)
        return self._accepted(batch)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, id: str) -> Response:
        batch = self.get_object()
        importing.discard(batch=batch, at=timezone.now())
        return Response(ImportSerializer(ImportBatch.objects.get(pk=batch.pk)).data)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: str) -> Response:
        batch = self.get_object()
        undo.undo(batch=batch, by=who(request), at=timezone.now())
        return Response(ImportSerializer(ImportBatch.objects.get(pk=batch.pk)).data)

    @extend_schema(responses=MappingOutput)
    @action(detail=True, filter_backends=[], pagination_class=None, parser_classes=[JSONParser])
    def mapping(self, request: Request, id: str) -> Response:
        """The columns of a file with a few examples, and what they may hold: said before, or proposed.

        The examples may be addresses: only who may bring files sees them.
        """
        asked = mappings.ask(batch=self.get_object())
        columns = [{"name": column.name, "examples": list(column.values)} for column in asked.columns]
        said = {"columns": columns, "mapping": asked.proposed.as_json(), "is_remembered": asked.remembered is not None}
        return Response(said)

    @extend_schema(request=MappingInput, responses={202: ImportSerializer})
    @mapping.mapping.post
    def say_columns(self, request: Request, id: str) -> Response:
        """Read the file by this mapping, and the next one that has the same columns."""
        batch = self.get_object()
        by = who(request)
        mappings.say(batch=batch, mapping=field_maps.parse(request.data), by=by, at=timezone.now())
        return self._accepted(batch)

    @extend_schema(responses=ImportRowSerializer(many=True))
    @action(detail=True, filter_backends=[])
    def rows(self, request: Request, id: str) -> Response:
        page = self.paginate_queryset(ImportRow.objects.filter(batch=self.get_object()))
        return self.get_paginated_response(ImportRowSerializer(page, many=True).data)

    def _accepted(self, batch: ImportBatch) -> Response:
        ring(work_on_import, batch.pk)
        batch.refresh_from_db(fields=["state"])
        where = reverse("api:import-detail", kwargs={"id": batch.public_id})
        return Response(ImportSerializer(batch).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where})


def _declared_bytes(request: Request) -> int:
    """How long the header says the body is; 0, as for Django, where it says no number."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said[:18]) if said.isdecimal() else 0  # the first digits of too many are too much already
