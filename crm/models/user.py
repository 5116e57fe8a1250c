from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody
from crm.models.checks import is_email


class User(AbstractUser):
    """A member of staff. What they may do comes from their role, a group of that name (config/roles.py)."""

    class Role(models.TextChoices):
        ANALYST = "analyst", _("analyst")
        OFFICER = "officer", _("partnership officer")
        MANAGER = "manager", _("manager")
        ADMINISTRATOR = "administrator", _("administrator")

    language = models.CharField(_("language"), max_length=5, blank=True)
    # The password of a demo account is public: it opens nothing where others could reach it (crm/services/staff.py).
    is_demo = models.BooleanField(default=False, editable=False)

    person_plan = nobody("A member of the team, who has rules of their own: see docs/privacy.md.")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(name="user_email", condition=is_email("email", blank=True)),
            models.CheckConstraint(name="user_language", condition=Q(language__regex=r"^([a-z]{2,3}(-[a-z]{2})?)?$")),
        ]

    @property
    def called(self) -> str:
        """As colleagues call them."""
        return self.get_full_name() or self.username

    @property
    def role(self) -> User.Role | None:
        """None for an account that was given none. Reads `groups`: prefetch them for a list."""
        if self.is_superuser:
            return self.Role.ADMINISTRATOR
        given = {group.name for group in self.groups.all()}
        return next((role for role in reversed(self.Role) if role in given), None)
