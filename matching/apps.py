from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingApp(AppConfig):
    name = "matching"
    verbose_name = _("Matching")
