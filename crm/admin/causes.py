from django.contrib import admin

from crm.admin.base import ReadOnlyAdmin, ReadOnlyInline
from crm.models import AudienceTarget, Cause, Goal


class GoalInline(ReadOnlyInline):
    model = Goal
    fields = ["kind", "quantity", "amount_minor", "currency", "due_date"]


class TargetInline(ReadOnlyInline):
    model = AudienceTarget
    fields = ["dimension", "key", "share"]


@admin.register(Cause)
class CauseAdmin(ReadOnlyAdmin):
    list_display = ["name", "languages", "countries"]
    search_fields = ["name"]
    ordering = ["name", "pk"]
    inlines = [GoalInline, TargetInline]
