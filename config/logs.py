"""What stands in logs: ids only. Some addresses are keys: whoever reads a log is not given what opens them."""

import logging
import re

# /hooks/<source>/<key>/, /hooks/mail/<source>/<key>/, /c/<key>.gif and /u/<token>, as outreach.urls has them.
_KEY = re.compile(r"(?<![\w/])(/hooks/(?:mail/)?[\w-]+/|/u/|/c/)[^/\s?]+")


class WithoutKeys(logging.Filter):
    """Django names the path of whatever it refused."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _KEY.sub(r"\1…", record.getMessage()), ()
        return True
