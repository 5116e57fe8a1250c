import http.client
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import call_command

from config.management.commands import up
from tests.config.due import BRING_WORK, DONE, TICK_SECONDS, found
from tests.config.instances import ROOT, environment
from tests.config.servers import servers, within

BUSY = r"Cannot serve on port \d+ \(.*\): choose another, `make run PORT=8001`.\n"


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def listeners(pids: list[int]) -> set[str]:
    """Local addresses, as the kernel writes them, of TCP sockets that these processes listen on."""
    inodes = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since it was listed
                inodes.add(str(handle.readlink()).removeprefix("socket:[").removesuffix("]"))
    rows = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in inodes}


def test_one_command_brings_everything_up_which_does_what_is_due_and_ctrl_c_leaves_nothing(state, start):
    instance = start().up()
    assert get(instance.port, "/welcome/") == 200
    assert listeners([instance.process.pid, *instance.children(), *servers(state)]) == {"0100007F"}  # 127.0.0.1 only
    for words in (
        "gunicorn",
        "worker -l WARNING -Q tick",
        "worker -l WARNING -Q work",
        "celery --quiet -A config beat",
    ):
        instance.find(words)

    second = start()
    said = second.rest()
    assert second.process.returncode == 2
    assert said == (
        f"Causeway already runs from {state.parent} (process {instance.process.pid}, "
        f"http://127.0.0.1:{instance.port}/admin/): stop it first.\n"
    )

    # The broker only rings: whatever it forgets, every due row is done within two ticks.
    broker = state.parent / "broker"
    assert within(2 * TICK_SECONDS, lambda: any(broker.glob("*.msg")))
    instance.run(BRING_WORK)
    shutil.rmtree(broker)  # rings, queues, folders: all of it
    assert found(instance, seconds=2 * TICK_SECONDS) == DONE
    assert instance.process.poll() is None

    began = time.monotonic()
    instance.process.send_signal(signal.SIGINT)
    assert "Traceback" not in instance.rest()
    assert instance.process.returncode == 0
    assert time.monotonic() - began < 15
    assert instance.children() + servers(state) == []


def test_a_busy_port_is_known_before_anything_is_started(settings, tmp_path, monkeypatch):
    """No row of a database is read here, which a test without one could not."""
    settings.STATE_DIR = tmp_path / "state"
    monkeypatch.setattr(up, "PORT_PATIENCE_SECONDS", 0.1)
    told, said = io.StringIO(), io.StringIO()
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as ended:
        call_command("up", port=taken.getsockname()[1], stdout=said, stderr=told)
    assert ended.value.code == 2
    assert re.fullmatch(BUSY, told.getvalue())
    assert said.getvalue() == ""


@pytest.mark.slow
def test_a_busy_port_is_told_in_one_sentence(state):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, ROOT / "manage.py", "up", "--port", str(taken.getsockname()[1])]
        refused = subprocess.run(command, env=environment(state), capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2
    assert re.fullmatch(BUSY, refused.stderr)
    assert refused.stdout == ""
    assert servers(state) == []


@pytest.mark.slow
@pytest.mark.parametrize("words", ["gunicorn", "-Q tick", "-Q work", "beat"])
def test_the_end_of_any_part_stops_everything_and_is_told(state, start, words):
    instance = start().up()
    os.kill(instance.find(words), signal.SIGKILL)
    assert "was killed by SIGKILL: stopping everything.\n" in instance.rest()
    assert instance.process.returncode == 1
    assert instance.children() + servers(state) == []


@pytest.mark.slow
def test_killed_it_takes_its_children_along_and_the_next_command_stops_the_database(state, start):
    instance = start().up()
    instance.process.kill()
    assert within(15, lambda: not instance.children())
    assert len(servers(state)) == 1
    command = [sys.executable, ROOT / "manage.py", "migrate", "--check"]
    assert subprocess.run(command, env=environment(state)).returncode == 0
    assert servers(state) == []


@pytest.mark.slow
def test_killed_it_can_be_started_again_at_once(state, start):
    instance = start().up()
    instance.process.kill()
    again = start(instance.port).up()
    assert get(again.port, "/welcome/") == 200
    again.process.terminate()
    again.rest()
    assert again.process.returncode == 0
    assert again.children() + servers(state) == []


@pytest.mark.slow
def test_it_does_not_outlive_its_state_directory(state, start):
    instance = start().up()
    state.parent.rename(state.parent.with_name("moved"))
    assert "was moved or removed: stopping everything.\n" in instance.rest()
    assert instance.process.returncode == 1
    assert instance.children() + servers(state) == []
