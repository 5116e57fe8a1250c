"""WSGI entry point, served by gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

house = get_wsgi_application()

from django.conf import settings  # noqa: E402

from config.floods import Floods  # noqa: E402  (what it asks needs the apps)

application = Floods(house, per_minute=settings.PUBLIC_PER_MINUTE)
