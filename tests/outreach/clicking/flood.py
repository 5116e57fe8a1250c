"""So many requests a second at the public doors, from one address that says each time that it is another.

A process of its own, so that it holds up nobody who measures: python -m tests.outreach.clicking.flood PORT SECONDS RATE
PATH…; a path after "POST:" is posted to. It prints how often it asked and what it was answered, as JSON.
"""

import json
import random
import selectors
import socket
import sys
import time
from collections import Counter

LINES = 32  # connections, which stay open
ADDRESS = "198.51.100.7"  # that our proxy saw


class Line:
    """One connection, which asks when it was answered."""

    def __init__(self, port: int) -> None:
        self.port, self.read, self.socket = port, b"", socket.create_connection(("127.0.0.1", port), timeout=30)

    def ask(self, path: str) -> None:
        method, path = ("POST", path.removeprefix("POST:")) if path.startswith("POST:") else ("GET", path)
        lie = ".".join(str(random.randrange(1, 255)) for _ in range(4))
        said = ["Host: 127.0.0.1", f"X-Forwarded-For: {lie}, {ADDRESS}", "User-Agent: Mozilla/5.0", "Content-Length: 0"]
        self.socket.sendall("\r\n".join([f"{method} {path} HTTP/1.1", *said, "", ""]).encode())

    def answered(self) -> str:
        """The status, once all of the answer is there; blank before."""
        if not (more := self.socket.recv(65_536)):
            raise ConnectionResetError
        self.read += more
        head, blank, body = self.read.partition(b"\r\n\r\n")
        said = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if not blank or len(body) < int(said or 0):
            return ""
        self.read = b""
        return head[9:12].decode()


class Flood:
    def __init__(self, port: int, paths: list[str]) -> None:
        self.port, self.paths = port, paths
        self.told, self.asked = Counter[str](), 0
        self.idle, self.waiting = [Line(port) for _ in range(LINES)], selectors.DefaultSelector()

    def ask(self) -> None:
        line, path = self.idle.pop(), self.paths[self.asked % len(self.paths)]
        self.asked += 1
        try:
            line.ask(path)
        except OSError:
            self.lost(line)
        else:
            self.waiting.register(line.socket, selectors.EVENT_READ, line)

    def hear(self, seconds: float) -> None:
        """Whoever was answered, no later than that."""
        for key, _events in self.waiting.select(seconds):
            line = key.data
            try:
                status = line.answered()
            except OSError:
                self.waiting.unregister(key.fileobj)
                self.lost(line)
                continue
            if status:
                self.waiting.unregister(key.fileobj)
                self.told[status] += 1
                self.idle.append(line)

    def lost(self, line: Line) -> None:
        self.told["none"] += 1
        line.socket.close()
        self.idle.append(Line(self.port))


def main(port: int, seconds: float, rate: float, paths: list[str]) -> None:
    flood, start = Flood(port, paths), time.monotonic()
    due = start
    while (now := time.monotonic()) < start + seconds:
        while due <= now and flood.idle:
            flood.ask()
            due += 1 / rate
        if not flood.idle:
            due = max(due, now)  # what could not be asked is not asked later, all at once
        flood.hear(max(0.0, due - now) if flood.idle else 1.0)
    said = {"rate": flood.told.total() / seconds, "told": flood.told}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
