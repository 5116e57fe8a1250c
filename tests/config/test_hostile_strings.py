"""Reliability row I7: no text that anybody can send makes an error of ours, by the API or by a form of the staff pages."""

import html.parser
import json
import re
from urllib.parse import quote_from_bytes

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from drf_spectacular.generators import SchemaGenerator

from crm.admin.people_views import PARAMETERS
from crm.models import Influencer
from crm.services.tokens import SCOPES
from tests.config.test_admin_pages import one_of_each
from tests.factories import UserFactory, browser_of, tool_of

pytestmark = pytest.mark.django_db

# As they stand in JSON: also what is no text at all.
TEXTS = [
    *(r"\u0000", r"a\u0000b", r"\ud800", r"\udc80a", r"\ud83d", r"\u202egnp.exe", r"\u2066a\u2069", r"\ufeff", r"\uffff"),
    *(r"\r\nBcc: a@b.example", r"\u2028", "=1+1", "' OR 1=1 --", "{{ 7*7 }}", "%s%(x)s{0}", "<script>", "../../etc/passwd"),
    *("x" * 70_000, "9" * 400, "1e400", "٣", "Z" + r"\u0301" * 20_000, "\U0001f469\u200d\U0001f469", " ", ""),
]  # fmt: skip
BYTES = [
    *(b"\0", b"a\0b", b"\xed\xa0\x80", b"\xff\xfe", b"\xc3", "\u202egnp.exe".encode(), b"\r\nBcc: a@b.example", b"\xe2\x80\xa8"),
    *(b"x" * 70_000, b"9" * 400, b"=1+1", b"Z" + "\u0301".encode() * 20_000, b"<script>", b"{{ 7*7 }}", b" ", b""),
]  # fmt: skip

# What has ended badly somewhere: each field of each form gets these.
FORM_BYTES = [
    b"a\0b",
    b"\xed\xa0\x80",
    "\u202egnp.exe".encode(),
    b"\r\nBcc: a@b.example",
    b"9" * 400,
    b"Z" + "\u0301".encode() * 20_000,
]


# The fast suite takes one text for each place of the API in turn; the slow one the same of every form, and then every
# text at every place.
every = pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.slow)])
every_in_forms = pytest.mark.parametrize(
    "is_whole", [pytest.param(one, marks=pytest.mark.slow) for one in (False, True)]
)


class Turns:
    """Which texts go to the next place."""

    def __init__(self, texts: list, *, is_whole: bool) -> None:
        self.texts, self.is_whole, self.turn = texts, is_whole, 0

    def __next__(self) -> list:
        self.turn += 1
        return self.texts if self.is_whole else [self.texts[self.turn % len(self.texts)]]


def safely(ask):
    """What was answered; an error of the database does not spoil the next question."""
    with transaction.atomic():
        answer = ask()
        transaction.set_rollback(True)
    return answer


# The API --------------------------------------------------------------------------------------------------------------


def resolved(schema: dict, spec: dict) -> dict:
    while "$ref" in spec or "allOf" in spec:
        spec = schema["components"]["schemas"][spec["$ref"].rpartition("/")[2]] if "$ref" in spec else spec["allOf"][0]
    return next(
        (resolved(schema, one) for one in spec.get("oneOf", spec.get("anyOf", [])) if one.get("enum") != [None]), spec
    )


def example(schema: dict, spec: dict, name: str = "") -> object:
    """A value that the schema allows; of a reference, a row that is there."""
    spec = resolved(schema, spec)
    kind = spec.get("type")
    kind = next((one for one in kind if one != "null"), "string") if isinstance(kind, list) else kind
    if "enum" in spec:
        return next(value for value in spec["enum"] if value)
    if kind == "object":
        return {key: example(schema, inner, key) for key, inner in spec.get("properties", {}).items()}
    if kind == "array":
        return [example(schema, spec["items"], name)]
    rows = {
        "cause": "crm.Cause",
        "influencer": "crm.Influencer",
        "campaign": "outreach.Campaign",
        "match": "matching.Match",
    }
    if name in rows:
        return str(apps.get_model(rows[name]).objects.first().public_id)
    if kind in {"integer", "number"}:
        return 1
    if kind == "boolean":
        return True
    words = {
        "date": "2026-11-24",
        "date-time": "2026-11-24T10:00:00Z",
        "uuid": str(Influencer.objects.first().public_id),
    }
    known = {"slug": "a-b", "currency": "EUR", "languages": "fr", "countries": "FR", "website": "https://x.example/"}
    known |= {"destination_url": "https://x.example/", "key": "18-24", "topics": "sdg-14"}
    return words.get(spec.get("format", ""), known.get(name, "text"))


def places(value: object, path: tuple = ()) -> list[tuple]:
    """Where texts stand in a body."""
    if isinstance(value, dict):
        return [place for key, inner in value.items() for place in places(inner, (*path, key))]
    if isinstance(value, list):
        return [place for index, inner in enumerate(value) for place in places(inner, (*path, index))]
    return [path]


def with_text(body: object, path: tuple, text: str) -> bytes:
    """The body as JSON, the text put in as it is: some of them no JSON library would write."""
    body = json.loads(json.dumps(body))
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "@HERE@"
    return json.dumps(body).replace("@HERE@", text).encode()


@pytest.fixture
def token() -> Client:
    one_of_each(1)
    return tool_of(UserFactory(role="administrator"), *SCOPES)


def operations() -> list[tuple[str, str, dict]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return [(path, method, told) for path, methods in schema["paths"].items() for method, told in methods.items()]


def address_of(path: str) -> str:
    named = {"/causes/": "crm.Cause", "/influencers/": "crm.Influencer", "/campaigns/": "outreach.Campaign"}
    known = next((model for part, model in named.items() if part in path), "outreach.Outreach")
    if "/match-lists/" in path:
        known = "matching.MatchList"
    if "/messages/" in path:
        known = "outreach.Message"
    if "/imports/" in path:
        known = "crm.ImportBatch"
    row = apps.get_model(known).objects.first()
    return path.replace("{id}", str(row.public_id)).replace("{slug}", "sdg-14").replace("{format}", "")


@every
def test_every_text_of_every_body_is_answered(token, is_whole):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    asked, turns = 0, Turns(TEXTS, is_whole=is_whole)
    for path, method, told in operations():
        content = told.get("requestBody", {}).get("content", {}).get("application/json")
        if not content:
            continue
        body = example(schema, content["schema"])
        for place in places(body):
            for text in next(turns):
                sent = with_text(body, place, text)
                answer = safely(lambda: getattr(token, method)(address_of(path), sent, content_type="application/json"))  # noqa: B023
                assert answer.status_code < 500, (path, place, text[:20])
                assert answer.status_code < 400 or answer["Content-Type"] == "application/problem+json"
                if r"\u0000" in text or r"\ud8" in text or r"\udc" in text:
                    assert answer.status_code in {400, 403, 404, 405, 409, 422}, (path, place, text[:20])
                asked += 1
    assert asked > (500 if is_whole else 50)


@every
def test_every_question_of_every_list_is_answered(token, is_whole):
    turns = Turns(BYTES, is_whole=is_whole)
    for path, method, told in operations():
        if method != "get":
            continue
        for parameter in [p["name"] for p in told.get("parameters", []) if p["in"] == "query"] + ["nobody_knows"]:
            for value in next(turns):
                query = f"{parameter}={quote_from_bytes(value[:6_000])}"
                answer = safely(lambda: token.get(f"{address_of(path)}?{query}"))  # noqa: B023
                assert answer.status_code < 500, (path, parameter, value[:20])


# The staff pages ------------------------------------------------------------------------------------------------------


class Form(html.parser.HTMLParser):
    """What a page's forms would send, and which of it is written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str, bool]]]] = []
        self._select, self._is_open = "", False

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self._is_open = (said.get("method") or "").lower() == "post"
            if self._is_open:
                self.forms.append((said.get("action") or "", []))
        if not self._is_open:
            return
        fields = self.forms[-1][1]
        if tag in {"input", "textarea"} and said.get("name"):
            kind = said.get("type", "text")
            if kind in {"radio", "checkbox"} and "checked" not in said:
                return
            if kind not in {"file", "submit", "button"}:
                fields.append(
                    (said["name"], said.get("value") or "", kind not in {"hidden"} or "csrf" not in said["name"])
                )
        if tag == "select":
            self._select = said.get("name", "")
        if tag == "option" and self._select and said.get("value"):
            fields.append((self._select, said["value"], True))
            self._select = ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_open = False


def pages() -> list[str]:
    """Every address of the staff pages that can be made, of the rows that are there."""
    rows = {
        model._meta.model_name: model.objects.first().pk for model in admin.site._registry if model.objects.exists()
    }

    def walk(patterns, prefix: str):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                yield prefix + str(pattern.pattern)

    made = []
    for route in walk(get_resolver().url_patterns, "/"):
        if not route.startswith("/admin/") or "^" in route or "(?P" in route:
            continue
        pk = next((pk for name, pk in rows.items() if f"/{name}/" in route), 1)
        page = re.sub("<(path:object_id|int:pk|int:object_id)>", str(pk), route)
        if "<" not in page and "logout" not in page:
            made.append(page)
    return sorted(set(made))


@every_in_forms
def test_every_field_of_every_form_is_answered(is_whole):
    one_of_each(1)
    client = browser_of(UserFactory(is_superuser=True))
    asked, turns = set(), Turns(FORM_BYTES, is_whole=is_whole)
    for page in pages():
        shown = safely(lambda: client.get(page))  # noqa: B023
        assert shown.status_code < 500, page
        if shown.status_code != 200 or "text/html" not in shown["Content-Type"]:
            continue
        form = Form()
        form.feed(shown.content.decode())
        for action, fields in form.forms:
            to = page if action in {"", "."} else action
            written = {name for name, _value, is_written in fields if is_written} if to.startswith("/admin/") else set()
            for names in [{name} for name in written] if is_whole else [written]:
                if names <= {name for known, name in asked if known == to}:
                    continue
                asked |= {(to, name) for name in names}
                for value in next(turns):
                    sent = [
                        (n, quote_from_bytes(value) if n in names else quote_from_bytes(v.encode()))
                        for n, v, _w in fields
                    ]
                    body = "&".join(f"{n}={v}" for n, v in sent)
                    answer = safely(
                        lambda: client.post(to, body, content_type="application/x-www-form-urlencoded")  # noqa: B023
                    )
                    assert answer.status_code < 500, (to, names, value[:20])
    assert len(asked) > 60
    assert {"/admin/crm/cause/add/", "/admin/crm/influencer/add/"} <= {to for to, _name in asked}


@every_in_forms
def test_every_search_and_filter_of_every_list_is_answered(is_whole):
    one_of_each(1)
    turns = Turns(BYTES, is_whole=is_whole)
    client = browser_of(UserFactory(is_superuser=True))
    for model in admin.site._registry:
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        own = PARAMETERS if model is Influencer else set()
        for name in sorted({"q", "o", "p", "e", "all", "state", "state__exact", "nobody_knows", *own}):
            for value in next(turns):
                answer = safely(lambda: client.get(f"{page}?{name}={quote_from_bytes(value[:6_000])}", follow=True))  # noqa: B023
                assert answer.status_code < 500, (page, name, value[:20])
