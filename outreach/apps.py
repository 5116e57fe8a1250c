from django.apps import AppConfig


class OutreachApp(AppConfig):
    name = "outreach"
