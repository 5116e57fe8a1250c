"""Reading a page as a person does."""

import re

from django.http import HttpResponse


def words(response: HttpResponse) -> str:
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r" ([,.])", r"\1", " ".join(re.sub(r"<[^>]+>", " ", body).split()))


def said(response: HttpResponse) -> list[str]:
    """What the page before left to be said on this one."""
    return [str(message) for message in response.context["messages"]]
