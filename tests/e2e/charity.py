"""The site of a charity: a form that takes what our links bring, a page of thanks with a pixel, and nothing of ours."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders

_FORM = """<!doctype html><title>Give</title><script src="/causeway-click.js"></script>
<form><input type="hidden" name="clicks" data-cw-clicks></form>"""


class Site(ThreadingHTTPServer):
    """`thanks`: the pixel on the page of thanks, as the charity copied it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.thanks = ""
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        page = urlsplit(self.path).path
        kind, body = "text/html", _FORM
        if page == "/thanks":
            body = f"<!doctype html><title>Thanks</title>{self.server.thanks}"
        elif page == "/causeway-click.js":
            script = finders.find("outreach/causeway-click.js")
            assert isinstance(script, str)
            kind, body = "text/javascript", Path(script).read_text()
        elif page == "/favicon.ico":
            body = ""
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def site() -> Iterator[Site]:
    made = Site()
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()
