"""Another broker than the embedded one, which test_up tries."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.due import BRING_WORK, DONE, TICK_SECONDS, found
from tests.config.servers import within


class Redis:
    """A real one on a socket of its own, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        if not (program := shutil.which("redis-server")):
            pytest.skip("no redis-server here: the workers were not tried with Redis")
        self.socket = folder / "redis.sock"
        self.url = f"redis+socket://{self.socket}"
        self._command = [program, "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", folder]
        self.start()

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        assert within(10, self.socket.exists)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis(tmp_path) -> Iterator[Redis]:
    made = Redis(tmp_path)
    yield made
    made.kill()


@pytest.mark.slow
def test_with_redis_the_same_work_is_done(start, redis):
    instance = start(CELERY_BROKER_URL=redis.url).up()
    instance.run(BRING_WORK)
    assert found(instance, seconds=2 * TICK_SECONDS) == DONE
    assert not (instance.state.parent / "broker").exists()


@pytest.mark.slow
def test_with_redis_killed_and_empty_when_it_is_back_all_that_was_committed_is_done(start, redis):
    """Nobody starts a worker anew. They find the broker again by themselves, then it is two ticks."""
    instance = start(CELERY_BROKER_URL=redis.url).up()
    children = sorted(instance.children())
    redis.kill()
    instance.run(BRING_WORK)
    assert found(instance, seconds=0) != DONE
    redis.start()
    assert found(instance, seconds=60 + 2 * TICK_SECONDS) == DONE
    assert set(children) >= {instance.find("beat")}
    assert instance.process.poll() is None
