"""So many requests a second at the public doors, from one address that says each time that it is another.

A process of its own, so that it holds up nobody who measures: python -m tests.outreach.clicking.flood PORT SECONDS RATE
PATH…; a path after "POST:" is posted to. It prints how often it asked and what it was answered, as JSON.
"""

import json
import random
import socket
import sys
import threading
import time
from collections import Counter

VISITORS = 32
ADDRESS = "198.51.100.7"  # that our proxy saw


def main(port: int, seconds: float, rate: float, paths: list[str]) -> None:
    until = time.monotonic() + seconds
    found = [Counter[str]() for _ in range(VISITORS)]
    threads = [
        threading.Thread(target=ask, args=(port, until, VISITORS / rate, paths[number % len(paths) :] + paths, each))
        for number, each in enumerate(found)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = sum(found, Counter())
    sys.stdout.write(json.dumps({"rate": told.total() / seconds, "told": told}))


def ask(port: int, until: float, pause: float, paths: list[str], told: Counter[str]) -> None:
    """Over a connection that stays open, and a new one where it does not; never more often than once in `pause`."""
    due, line, number = time.monotonic() + random.uniform(0, pause), None, 0
    while time.monotonic() < until:
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + pause, time.monotonic() - 1)
        number += 1
        try:
            line = line or socket.create_connection(("127.0.0.1", port), timeout=30)
            line.sendall(request(paths[number % len(paths)]))
            told[answered(line)] += 1
        except OSError:
            told["none"] += 1
            line = None


def request(path: str) -> bytes:
    method, path = ("POST", path.removeprefix("POST:")) if path.startswith("POST:") else ("GET", path)
    lie = ".".join(str(random.randrange(1, 255)) for _ in range(4))
    said = ["Host: 127.0.0.1", f"X-Forwarded-For: {lie}, {ADDRESS}", "User-Agent: Mozilla/5.0", "Content-Length: 0"]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *said, "", ""]).encode()


def answered(line: socket.socket) -> str:
    """The status; all of the answer is read."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += more(line)
    head, _blank, body = head.partition(b"\r\n\r\n")
    length = next((int(one[15:]) for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += more(line)
    return head[9:12].decode()


def more(line: socket.socket) -> bytes:
    if not (read := line.recv(65_536)):
        raise ConnectionResetError
    return read


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
