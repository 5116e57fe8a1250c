"""Logs carry ids only: an address that is a key is named without it."""

import io
import logging

import pytest
from django.test import Client

from outreach.services import sources
from tests.outreach.test_sources import source


@pytest.fixture
def log(monkeypatch) -> io.StringIO:
    """What the console is told."""
    (console,) = [each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler]
    written = io.StringIO()
    monkeypatch.setattr(console, "stream", written)
    return written


@pytest.mark.django_db
def test_what_is_refused_at_a_door_is_told_without_its_key(log):
    key = sources.hook_key(source("stripe", secret="whsec_one"))
    answer = Client().post(f"/hooks/stripe/{key}/", data=b"{}", content_type="application/json")
    assert answer.status_code == 403
    assert "Forbidden: /hooks/stripe/…/" in log.getvalue()
    assert key not in log.getvalue()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/hooks/mail/raw/v1.abc.DEF-_/", "/hooks/mail/raw/…/"),
        ("/c/v1.abc.DEF.gif?id=1", "/c/…?id=1"),
        ("/u/v1.abc.DEF", "/u/…"),
        ("/admin/u/1/", "/admin/u/1/"),
        ("/r/wpnmfqtd", "/r/wpnmfqtd"),
    ],
)
def test_whatever_opens_something_is_left_out(log, path, told):
    logging.getLogger("django.request").warning("%s: %s", "Not Found", path)
    assert log.getvalue().endswith(f"Not Found: {told}\n")
