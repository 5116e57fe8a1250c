"""Another broker than the embedded one, which test_up tries."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.config.due import BRING_WORK, DONE, TICK_SECONDS, found
from tests.config.servers import within


@pytest.fixture
def redis(tmp_path) -> Iterator[tuple[str, subprocess.Popen]]:
    """A real Redis on a socket of its own, and its process."""
    if not (program := shutil.which("redis-server")):
        pytest.skip("no redis-server here: the workers were not tried with Redis")
    socket = tmp_path / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", tmp_path]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        assert within(10, socket.exists)
        yield f"redis+socket://{socket}", process
        process.kill()


@pytest.mark.slow
def test_with_redis_the_same_work_is_done(start, redis):
    url, _process = redis
    instance = start(CELERY_BROKER_URL=url).up()
    instance.run(BRING_WORK)
    assert found(instance, seconds=2 * TICK_SECONDS) == DONE
    assert not (instance.state.parent / "broker").exists()
