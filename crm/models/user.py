from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A member of staff. What they may do comes from their groups (config/roles.py)."""

    language = models.CharField(_("language"), max_length=5, blank=True)
    # The password of a demo account is public: it opens nothing where others could reach it (crm/services/staff.py).
    is_demo = models.BooleanField(default=False, editable=False)
