"""What settings conclude from the environment."""

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from matching.ranking import lots

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


@pytest.mark.parametrize(("said", "share"), [(None, 0.0), ("0", 0.0), ("0.1", 0.1), ("0.3", lots.MOST)])
def test_a_share_of_the_places_may_be_drawn_by_lot(monkeypatch, said, share):
    monkeypatch.delenv("RANDOMISED_SLOTS", raising=False)
    if said is not None:
        monkeypatch.setenv("RANDOMISED_SLOTS", said)
    assert runpy.run_path(str(SETTINGS))["RANDOMISED_SLOTS"] == share


@pytest.mark.parametrize("said", ["0.31", "-0.1", "10 %", "0,1", "nan", "inf", "some", ""])
def test_a_share_that_is_none_is_refused_in_words(monkeypatch, said):
    monkeypatch.setenv("RANDOMISED_SLOTS", said)
    with pytest.raises(ImproperlyConfigured, match=r"^RANDOMISED_SLOTS is a share from 0 to 0\.3: '.*' is none\.$"):
        runpy.run_path(str(SETTINGS))
