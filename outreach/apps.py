from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachApp(AppConfig):
    name = "outreach"
    verbose_name = _("Outreach")
