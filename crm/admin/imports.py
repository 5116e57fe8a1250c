from django.contrib import admin

from crm.admin.base import ReadOnlyAdmin
from crm.models import ImportBatch


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = [
        "filename",
        "state",
        "rows_read",
        "created_count",
        "updated_count",
        "unchanged_count",
        "rejected_count",
        "uploaded_at",
    ]
    list_filter = ["state", "subject"]
    ordering = ["-pk"]
    fields = ["filename", "subject", "format", *list_display[1:], "uploaded_by"]
