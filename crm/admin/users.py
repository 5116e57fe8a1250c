from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from crm.admin.base import ReadOnlyAdmin, StaffAdmin
from crm.models import User

admin.site.unregister(Group)


@admin.register(User)
class StaffUserAdmin(UserAdmin, StaffAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "last_name", "is_active", "last_login"]


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """Roles are data in config/roles.py: shown here, changed there."""

    filter_horizontal = ["permissions"]
