import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config.embedded_pg import EmbeddedPostgres, server_arguments
from manage import needs_database
from tests.config.servers import servers, wipe

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "help",
        "help migrate",
        "--version",
        "migrate --help",
        "check",
        "makemessages -l fr",
        "compilemessages",
        "collectstatic",
        "spectacular --validate",
    ],
)
def test_help_and_work_on_files_need_no_database(words):
    assert not needs_database(words.split())


@pytest.mark.parametrize(
    "words", ["migrate", "shell", "up --port 1", "makemigrations --check", "check --database default"]
)
def test_everything_else_does(words):
    assert needs_database(words.split())


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "manage.py", *words]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def cluster():
    with tempfile.TemporaryDirectory(prefix="causeway-test-") as folder:
        external = Path(folder) / "external"
        postgres = EmbeddedPostgres(external, fast=True).ensure()
        yield postgres
        postgres.release()
        wipe(external)


def test_with_an_external_database_nothing_is_started(state, cluster):
    url = f"postgres://app@/app?host={cluster.dsn['HOST']}"
    shown = manage(
        "shell",
        "-v0",
        "-c",
        "from django.db import connection; print(connection.pg_version // 10000)",
        DATABASE_URL=url,
        APP_STATE_DIR=str(state.parent),
    )
    assert (shown.stdout, shown.returncode) == ("18\n", 0)
    assert not state.exists()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgres://nobody:secret@127.0.0.1:1/nothing", "out of reach"),
        ("postgres://nobody:secret@/nothing?host=/nowhere", "out of reach"),
        ("mysql://nobody:secret@127.0.0.1/nothing", "does not name a Postgres database"),
    ],
)
def test_a_useless_external_database_is_refused_in_one_sentence_without_its_password(state, url, reason):
    refused = manage("migrate", DATABASE_URL=url, APP_STATE_DIR=str(state.parent))
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    assert reason in refused.stderr
    assert "secret" not in refused.stderr


def test_a_server_too_old_is_refused(state, cluster):
    script = "from config import database; database.OLDEST = 19; database.ready()"
    environment = {
        "APP_STATE_DIR": str(state.parent),
        "DATABASE_URL": f"postgres://app@/app?host={cluster.dsn['HOST']}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-c", script]
    refused = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)
    assert "NoDatabaseError: The database of DATABASE_URL is Postgres 18: set it to" in refused.stderr
    assert "of a server of version 19 or later" in refused.stderr


def test_a_command_stopped_by_term_leaves_no_server(state):
    script = "import time; print('in', flush=True); time.sleep(600)"
    command = [sys.executable, ROOT / "manage.py", "shell", "-v0", "-c", script]
    environment = os.environ | {"APP_STATE_DIR": str(state.parent)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "in\n"
        (server,) = servers(state)
        process.terminate()
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
    assert server_arguments(server) == []
