"""What settings conclude from the environment."""

import runpy
from pathlib import Path

import pytest

SETTINGS = Path(__file__).parents[2] / "config/settings.py"


@pytest.mark.parametrize(
    ("environment", "is_loopback"),
    [
        ({}, True),
        ({"BASE_URL": "http://127.0.0.1:8000/"}, True),
        ({"BASE_URL": "http://[::1]:8000"}, True),
        ({"ALLOWED_HOSTS": "127.0.0.1,localhost,[::1],::1"}, True),
        ({"ALLOWED_HOSTS": "crm.example"}, False),  # BASE_URL forgotten
        ({"ALLOWED_HOSTS": "localhost,crm.example"}, False),
        ({"ALLOWED_HOSTS": "*"}, False),
        ({"ALLOWED_HOSTS": ".localhost"}, False),
        ({"BASE_URL": "https://crm.example"}, False),
        ({"BASE_URL": "https://crm.example", "ALLOWED_HOSTS": "localhost"}, False),
    ],
)
def test_we_are_alone_only_where_no_other_host_is_answered_to(monkeypatch, environment, is_loopback):
    for name in ("BASE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said = runpy.run_path(str(SETTINGS))
    assert said["IS_LOOPBACK"] is is_loopback
    assert said["SESSION_COOKIE_SECURE"] is not is_loopback
