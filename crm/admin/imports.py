"""Files somebody brought: what each would do, row by row, and the decision to store it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from unfold.decorators import display

from crm import words
from crm.admin.base import StaffForm, who
from crm.admin.mappings import MappingPages
from crm.errors import DomainError
from crm.formats import examples, rejects
from crm.formats.field_maps import header_set
from crm.formats.registry import CAUSE_FORMATS, INFLUENCER_FORMATS
from crm.handles import sort_key
from crm.models import Cause, ColumnMapping, ImportBatch, ImportRow, Topic
from crm.services import importing, undo
from crm.tasks import ring, work_on_import
from crm.words import number, reader, say, say_code

_BESIDE_THE_FILE = 64 * 1024  # bytes: what a form says around its file
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS_PER_PAGE = 50
_ADD = "crm.add_importbatch"
_STATES = {
    ImportBatch.State.UPLOADED: "info",
    ImportBatch.State.UNMAPPED: "warning",
    ImportBatch.State.ANALYSED: "warning",
    ImportBatch.State.ACCEPTED: "info",
    ImportBatch.State.COMMITTED: "success",
    ImportBatch.State.DISCARDED: "",
    ImportBatch.State.FAILED: "danger",
    ImportBatch.State.UNDONE: "",
}
_UNREAD = {ImportBatch.State.UPLOADED, ImportBatch.State.UNMAPPED, ImportBatch.State.FAILED}
_SEGMENTS = (  # verdict, how it is called here, colour in the bar
    (ImportRow.Verdict.CREATED, _("New"), 1),
    (ImportRow.Verdict.UPDATED, _("Changed"), 2),
    (ImportRow.Verdict.UNCHANGED, _("Same"), 3),
    (ImportRow.Verdict.REJECTED, _("Rejected"), 4),
)


class UploadForm(StaffForm):
    subject = forms.ChoiceField(
        label=_("What the file holds"),
        choices=[(ImportBatch.Subject.INFLUENCERS, _("Influencers")), (ImportBatch.Subject.CAUSES, _("Causes"))],
        widget=forms.RadioSelect,
        initial=ImportBatch.Subject.INFLUENCERS,
    )
    file = forms.FileField(
        label=_("File"), max_length=255, widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.json,.jsonl,.xlsx"})
    )
    format = forms.ChoiceField(
        label=_("How it is written"),
        required=False,
        choices=[
            ("", _("Find out from its columns")),
            *((name, words.FORMATS[name]) for name in dict.fromkeys([*INFLUENCER_FORMATS, *CAUSE_FORMATS])),
        ],
        help_text=_("Leave this as it is unless a file is taken for something else."),
    )
    owner = forms.CharField(
        label=_("Whose statistics?"),
        required=False,
        max_length=500,
        help_text=_(
            "Only for files that a platform exports to the owner of an account, such as YouTube Studio: "
            "the link of their profile."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(say(_too_large()))
        return file


@admin.register(ImportBatch)
class ImportBatchAdmin(MappingPages):
    list_display = [
        "filename",
        "shown_state",
        "rows",
        "new",
        "changed",
        "same",
        "rejected",
        "uploaded_at",
        "brought_by",
    ]
    list_select_related = ["uploaded_by"]
    list_filter = ["state", "subject"]
    list_button = (_("Import a file"), "upload", _ADD)
    empty_words = _(
        "An import brings people or causes from a spreadsheet. "
        "You see what the file would do, row by row, before anything is stored."
    )
    search_fields = ["filename"]
    search_help_text = _("Search by the name of the file")
    ordering = ["-pk"]
    page_template = "crm/import.html"
    list_steps = {"template": "crm.view_importbatch"}
    steps = {"store": _ADD, "discard": _ADD, "undo": _ADD, "rejects": _ADD, **MappingPages.steps}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.select_related("uploaded_by")

    def get_urls(self) -> list[URLPattern]:
        # Not to be checked for forgery before its size is looked at: the check reads the whole body. `bring` does both.
        view = self.admin_site.admin_view(csrf_exempt(self.bring))
        return [path("upload/", view, name="crm_importbatch_upload"), *super().get_urls()]

    def bring(self, request: HttpRequest) -> HttpResponse:
        self._require(request, _ADD)
        if _declared_bytes(request) > settings.UPLOAD_MAX_BYTES + _BESIDE_THE_FILE:
            response = self._show_upload(request, UploadForm(), refused=say(_too_large()))
            response.status_code = 413
            return response
        return csrf_protect(self.upload)(request)

    def upload(self, request: HttpRequest) -> HttpResponse:
        initial = {"subject": request.GET.get("subject", ImportBatch.Subject.INFLUENCERS)}
        form = UploadForm(request.POST or None, request.FILES or None, initial=initial)
        return self._show_upload(request, form)

    def _show_upload(self, request: HttpRequest, form: UploadForm, refused: str = "") -> HttpResponse:
        return self.ask(
            request,
            form,
            save=lambda said: self._upload(request, said),
            title=_("Import a file"),
            submit=_("Look at the file"),
            template="crm/import_upload.html",
            back=self.url("changelist"),
            refused=refused,
            topics=sorted(map(str, Topic.objects.all()), key=sort_key),
            max_bytes=settings.UPLOAD_MAX_BYTES,
            too_large=say(_too_large()),
        )

    def _upload(self, request: HttpRequest, said: dict[str, Any]) -> str:
        batch = importing.upload(
            subject=said["subject"],
            filename=said["file"].name,
            format=said["format"],
            owner=said["owner"],
            stream=said["file"].file,
            max_bytes=settings.UPLOAD_MAX_BYTES,
            by=who(request),
            at=timezone.now(),
        )
        ring(work_on_import, batch.pk)
        return self.page_url(batch)

    def template(self, request: HttpRequest) -> HttpResponse:
        """Our template as a file to fill in; the mark at its start tells spreadsheets that it is UTF-8."""
        subject = request.GET.get("subject", "")
        if subject not in ImportBatch.Subject.values:
            subject = ImportBatch.Subject.INFLUENCERS
        language = str(reader().language)
        if request.GET.get("as") == "xlsx":
            answer = HttpResponse(examples.workbook(subject, language), content_type=_XLSX)
            answer["Content-Disposition"] = f'attachment; filename="causeway-{subject}.xlsx"'
            return answer
        text = examples.template(subject, language)
        answer = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="causeway-{subject}.csv"'
        return answer

    def store(self, request: HttpRequest, obj: ImportBatch) -> HttpResponse:
        if obj.state in {ImportBatch.State.ACCEPTED, ImportBatch.State.COMMITTED}:  # the button was pressed twice
            return self.act(request, lambda: None, done=_("This file is being stored."), back=self.page_url(obj))
        return self.act(
            request, lambda: self._accept(obj), done=_("This file is being stored."), back=self.page_url(obj)
        )

    def _accept(self, batch: ImportBatch) -> None:
        importing.accept(batch=batch)
        ring(work_on_import, batch.pk)

    def discard(self, request: HttpRequest, obj: ImportBatch) -> HttpResponse:
        return self.act(
            request,
            lambda: importing.discard(batch=obj, at=timezone.now()),
            done=_("The file was let go. Nothing was stored."),
            back=self.page_url(obj),
        )

    def undo(self, request: HttpRequest, obj: ImportBatch) -> HttpResponse:
        if request.method == "POST":
            by = who(request)
            return self.act(
                request,
                lambda: undo.undo(batch=obj, by=by, at=timezone.now()),
                done=_("The import is undone."),
                back=self.page_url(obj),
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Undo this import?"),
            question=_(
                "Whom it brought is removed, and what it changed is as before. That is possible as long as nobody has "
                "worked with what it brought."
            ),
            submit=_("Undo the import"),
            kind="danger",
            crumbs=[(str(obj), self.page_url(obj))],
            back=self.page_url(obj),
        )

    def rejects(self, request: HttpRequest, obj: ImportBatch) -> HttpResponse:
        """The refused rows as a file: correct them there and bring it again."""
        rows = obj.rows.filter(verdict=ImportRow.Verdict.REJECTED).order_by("line")
        told = [(row.line, row.raw or {}, _reasons(row)) for row in rows]
        text = rejects.table(obj.header, told, why=str(_("Why it was refused")), line=str(_("Line")))
        answer = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="causeway-{obj.pk}-rejected.csv"'
        return answer

    def show(self, request: HttpRequest, obj: ImportBatch) -> HttpResponse:
        if obj.state == ImportBatch.State.UNMAPPED and request.user.has_perm(_ADD) and "rows" not in request.GET:
            return redirect(self.url("mapping", obj.pk))
        return super().show(request, obj)

    def page(self, request: HttpRequest, obj: ImportBatch) -> dict[str, Any]:
        only = request.GET.get("only", "")
        rows = obj.rows.select_related("influencer", "cause").order_by("line")
        if only in ImportRow.Verdict.values:
            rows = rows.filter(verdict=only)
        shown = Paginator(rows, _ROWS_PER_PAGE).get_page(request.GET.get("page"))
        number_to_store = obj.created_count + obj.updated_count
        return {
            "segments": _segments(obj),
            "only": only,
            "topics": {topic.slug: str(topic) for topic in Topic.objects.all()},
            "rows": shown,
            "is_working": obj.state in {ImportBatch.State.UPLOADED, ImportBatch.State.ACCEPTED},
            **_recognised(obj),
            "said_before": _said_before(obj),
            "number_to_store": number_to_store,
            "store_words": ngettext("Store %(number)s row", "Store %(number)s rows", number_to_store)
            % {"number": number(number_to_store)},
            "next_step": self._next_step(request, obj),
            "list_url": reverse(f"admin:crm_{'cause' if obj.subject == 'causes' else 'influencer'}_changelist"),
            "row_page": f"admin:crm_{'cause' if obj.subject == 'causes' else 'influencer'}_change",
        }

    def _next_step(self, request: HttpRequest, batch: ImportBatch) -> dict[str, Any] | None:
        """Where people lead to: the first cause, or the causes they can be ranked for."""
        if batch.subject != ImportBatch.Subject.INFLUENCERS or not request.user.has_perm("crm.add_cause"):
            return None
        if Cause.objects.exists():
            return {"label": _("Next: rank them for a cause"), "address": reverse("admin:matching_matchlist_rank")}
        return {"label": _("Next: a cause to rank them for"), "address": reverse("admin:crm_cause_add")}

    @display(description=_("State"), ordering="state", label=_STATES)  # type: ignore[untyped-decorator]
    def shown_state(self, batch: ImportBatch) -> tuple[str, str]:
        return batch.state, batch.get_state_display()

    @admin.display(description=_("rows"), ordering="rows_read")
    def rows(self, batch: ImportBatch) -> str:
        return _known(batch, batch.rows_read)

    @admin.display(description=_("new"), ordering="created_count")
    def new(self, batch: ImportBatch) -> str:
        return _known(batch, batch.created_count)

    @admin.display(description=_("changed"), ordering="updated_count")
    def changed(self, batch: ImportBatch) -> str:
        return _known(batch, batch.updated_count)

    @admin.display(description=_("same"), ordering="unchanged_count")
    def same(self, batch: ImportBatch) -> str:
        return _known(batch, batch.unchanged_count)

    @admin.display(description=_("rejected"), ordering="rejected_count")
    def rejected(self, batch: ImportBatch) -> str:
        return _known(batch, batch.rejected_count)

    @admin.display(description=_("by"), ordering="uploaded_by")
    def brought_by(self, batch: ImportBatch) -> str:
        return batch.uploaded_by.called if batch.uploaded_by else ""


def _recognised(batch: ImportBatch) -> dict[str, Any]:
    """What the file was taken for, and what follows: only a table of people can be told what its columns hold."""
    is_read, is_people = batch.state not in _UNREAD, batch.subject == ImportBatch.Subject.INFLUENCERS
    is_own, is_table = batch.format == "own", bool(batch.header)
    return {
        "recognised": words.FORMATS.get(batch.format, "") if is_read and not is_own else "",
        "is_own": is_own,
        "is_json": is_read and not is_table,
        "is_mappable": is_table and is_people and batch.format not in words.ROWS,
        "row_name": words.ROWS.get(batch.format) or (_("Influencer") if is_people else _("Cause")),
    }


def _said_before(batch: ImportBatch) -> ColumnMapping | None:
    """Who said what the columns of this file are, and when."""
    if not batch.mapping:
        return None
    return ColumnMapping.objects.select_related("made_by").filter(header_set=header_set(batch.header)).first()


def _reasons(row: ImportRow) -> str:
    return " ".join(say_code(error["code"], error["params"]) for error in row.errors)


def _declared_bytes(request: HttpRequest) -> int:
    """How long the header says the body is; 0, as for Django, where it says no number."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said[:18]) if said.isdecimal() else 0  # the first digits of too many are too much already


def _too_large() -> DomainError:
    return DomainError("file_too_large", megabytes=settings.UPLOAD_MAX_BYTES // 1024**2)


def _known(batch: ImportBatch, count: int) -> str:
    """A count, once somebody counted."""
    return "—" if batch.state in _UNREAD else number(count)


def _segments(batch: ImportBatch) -> list[dict[str, Any]]:
    """The file as one bar: how many rows of each verdict, and what part of the whole they are."""
    whole = batch.rows_read or 1
    counts = [(verdict, name, colour, getattr(batch, f"{verdict}_count")) for verdict, name, colour in _SEGMENTS]
    return [
        {"verdict": verdict, "name": name, "colour": colour, "count": count, "width": round(100 * count / whole, 2)}
        for verdict, name, colour, count in counts
    ]
