from django.apps import AppConfig


class MatchingApp(AppConfig):
    name = "matching"
