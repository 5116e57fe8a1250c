"""Headless Chromium as Debian brings it; tests skip aloud where there is none, and fail under REQUIRE_BROWSER=1."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def program() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def must_be_there() -> bool:
    return os.environ.get("REQUIRE_BROWSER") == "1"


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser of its own. Raises AssertionError where no Chromium is found."""
    found = program()
    assert found, "No Chromium here: on Debian, `apt install chromium`."
    # Without a user of its own (root, containers) Chromium's sandbox cannot start; it only ever opens pages of ours.
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()
