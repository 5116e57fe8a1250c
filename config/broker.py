"""The doorbell of one machine: kombu's folder of message files, safe with several processes.

kombu's own file appears before it is written, and one read too early kills the worker (seen: a JSON error ends Celery's
loop); and it takes a message by way of the shared /tmp. Here a message is seen only when whole, and never leaves its
folder. A message lost with its worker, or with the whole folder, is no harm: rows are the truth, the sweep finds them.
"""

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """Files are named `<when>_<random>.<queue>.msg`: a reader of one queue leaves those of another alone.

    Every queue hangs on an exchange of its own name, as Celery declares them; nothing about that is kept on disk.
    """

    def get_table(self, exchange: str) -> list[Any]:
        return [filesystem.exchange_queue_t(routing_key=exchange, pattern="", queue=exchange)]

    def _queue_bind(self, *args: Any) -> None:
        pass

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # kombu's two disagree
        folder = Path(self.data_folder_out)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / f"{time.monotonic_ns():020}_{uuid.uuid4()}.{queue}.msg"
        draft = file.with_suffix(".draft")
        draft.write_text(dumps(payload))
        draft.rename(file)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for file in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            if file.name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = file.with_suffix(".taken")
            try:
                file.rename(taken)
                message = taken.read_text()
                taken.unlink()
            except FileNotFoundError:  # another reader was quicker, or somebody emptied the folder
                continue
            return loads(message)
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel
    default_connection_params: ClassVar[dict[str, Any]] = {}  # kombu would warn that it supplies a host name
