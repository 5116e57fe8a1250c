"""What several modules about mailboxes need."""

import pytest

from tests.outreach.imap_server import Mailboxes


@pytest.fixture
def server(settings):
    settings.PRIVATE_HOSTS = ["127.0.0.1", "localhost"]
    box = Mailboxes()
    yield box
    box.close()
