from contextlib import contextmanager

import pytest
from django.db import connection

from outreach.services import click_networks, click_spool, link_targets, tracking


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """What is kept on disk, and known in the process, is this test's own."""
    settings.CLICK_DIR = tmp_path / "clicks"
    link_targets.forget()
    click_networks.let_go()
    tracking.believe()
    yield
    click_spool.close()
    link_targets.forget()
    tracking.believe()


@pytest.fixture
def away():
    """A database that is not there: its server listens nowhere."""

    @contextmanager
    def gone(**elsewhere):
        known = connection.settings_dict
        connection.close()
        connection.settings_dict = known | {"HOST": "/nowhere/at/all", "PORT": "1"} | elsewhere
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict = known
            tracking.believe()

    return gone
