import functools
import operator
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Exchange, Queue

from config.broker import Channel

ROOT = Path(__file__).parents[2]


@pytest.fixture
def channel(tmp_path) -> Channel:
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    with Connection("filesystem://", transport="config.broker:Transport", transport_options=folders) as connection:
        yield connection.default_channel


def read_all(channel: Channel, queue: str, count: int) -> list[object]:
    """Until all is read that two readers share, or nothing came for long."""
    found = []
    for _ in range(200_000):
        try:
            found.append(channel._get(queue))
        except Empty:
            if len(found) >= count:
                break
    return found


def test_queues_do_not_mix_and_keep_their_order(channel):
    for number in range(3):
        for queue in ("tick", "work", "tick.work"):
            channel._put(queue, f"{queue} {number}")
    for queue in ("work", "tick.work", "tick"):
        assert [channel._get(queue) for _ in range(3)] == [f"{queue} {number}" for number in range(3)]
        with pytest.raises(Empty):
            channel._get(queue)


def test_a_message_is_seen_only_when_whole(channel):
    """With kombu's own `_put` this row dies of a JSON error, as the worker would."""
    large = "x" * 1_000_000

    def write() -> None:
        for _ in range(100):
            channel._put("tick", large)

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(write)
        assert read_all(channel, "tick", 100) == [large] * 100
        writing.result()


def test_two_readers_share_the_messages(channel):
    for number in range(500):
        channel._put("work", number)
    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(read_all, channel, "work", 0) for _ in range(2)]
        assert sorted(functools.reduce(operator.iadd, (reader.result() for reader in readers), [])) == list(range(500))


def test_no_message_passes_through_the_shared_temporary_folder(channel, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    channel._put("tick", "private")
    assert channel._get("tick") == "private"
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_the_embedded_broker_is_this_one(tmp_path):
    script = "from config.celery import app; print(type(app.connection_for_write().transport).__module__)"
    environment = {name: value for name, value in os.environ.items() if name != "CELERY_BROKER_URL"}
    command = [sys.executable, "-c", script]
    shown = subprocess.run(
        command,
        cwd=ROOT,
        env=environment | {"APP_STATE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "config.broker\n"


def test_a_message_finds_its_queue_with_nothing_kept_on_disk(channel, tmp_path):
    connection = channel.connection.client
    for name in ("tick", "work"):
        with connection.Producer(channel) as producer:
            queue = Queue(name, Exchange(name), routing_key=name)
            producer.publish({"for": name}, exchange=queue.exchange, routing_key=name, declare=[queue])
    shutil.rmtree(tmp_path)
    with connection.Producer(channel) as producer:
        producer.publish({"after": "the folder"}, exchange="tick", routing_key="tick")
    message = channel._get("tick")
    assert channel.decode_body(message["body"], "base64") == b'{"after": "the folder"}'
    for name in ("tick", "work"):
        with pytest.raises(Empty):
            channel._get(name)
