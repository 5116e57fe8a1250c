"""Reliability row I9: what somebody brought is handed back as data to be kept, never as something a browser would run."""

import ast
from pathlib import Path

import pytest

from crm.services import importing
from tests.factories import NOW, UserFactory, analysed, browser_of, officers_tool, uploaded

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
RUNS = "<script>alert(1)</script>"
HEADER = "name,email,platform,handle"
# Files that are something else too. Each has a row that is refused, so that it can be asked back.
POLYGLOTS = {
    "page.html": f"<!doctype html><html>{RUNS}</html>\n",
    "page.csv": f"{HEADER}\n<!doctype html>{RUNS},no address,x,y\n",
    "picture.svg": f'{HEADER}\n"<svg xmlns=""http://www.w3.org/2000/svg"" onload=""alert(1)"">",no address,x,y\n',
    "code.js": f"{HEADER}\n/*,*/alert(1)//,x,y\n",
    "paper.pdf": f"{HEADER}\n%PDF-1.4 /JS (app.alert(1)),no address,x,y\n",
    f"{RUNS}.csv": f"{HEADER}\nMaïa,no address,x,y\n",
    'a"\r\nContent-Type: text/html\r\n\r\n.csv': f"{HEADER}\nMaïa,no address,x,y\n",
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_is_never_a_page(name):
    batch = analysed(POLYGLOTS[name], filename=name)
    officer, tool = browser_of(UserFactory(role="officer")), officers_tool("imports:read")
    place = f"/admin/crm/importbatch/{batch.pk}"
    for address in (f"{place}/", f"{place}/?only=rejected", "/admin/crm/importbatch/", f"{place}/mapping/"):
        page = officer.get(address, follow=True)
        assert page["X-Content-Type-Options"] == "nosniff"
        for text in (RUNS, "<svg xmlns"):
            assert text not in page.content.decode()
    for address in (f"/api/v1/imports/{batch.public_id}/", f"/api/v1/imports/{batch.public_id}/rows/"):
        said = tool.get(address)
        assert said["Content-Type"].partition(";")[0] in {"application/json", "application/problem+json"}
        assert said["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", [name for name in POLYGLOTS if name != "page.html"])
def test_refused_rows_are_handed_out_to_be_kept(name):
    batch = analysed(POLYGLOTS[name], filename=name)
    assert batch.rejected_count == 1
    answer = browser_of(UserFactory(role="officer")).get(f"/admin/crm/importbatch/{batch.pk}/rejects/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="causeway-{batch.pk}-rejected.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"


KEPT = ("attachment; filename=", "as_attachment=True", "application/json", "text/plain")
SEALED = {
    ("letters.py", "letter"),  # the HTML of a letter, for a frame that runs and fetches nothing: test_letters.py
    ("receivers.py", "pixel"),  # always the same 43 bytes
    ("links.py", "qr"),  # squares that we draw
}


def test_whatever_is_no_page_is_an_attachment():
    """In every module that answers a browser: what it writes is a page of ours, or is handed out to be kept."""
    doors = [p for app in ("crm", "matching", "outreach", "config") for p in (ROOT / app).rglob("*.py")]
    kept: list[str] = []
    for path in doors:
        written = path.read_text()
        if "content_type" not in written or "HttpResponse" not in written:
            continue
        for node in ast.walk(ast.parse(written)):
            if isinstance(node, ast.FunctionDef):
                source = ast.unparse(node)
                if "content_type=" in source and "HttpResponse(" in source:
                    kept.append(node.name)
                    is_kept = any(mark in source for mark in KEPT)
                    assert is_kept or (path.name, node.name) in SEALED, (path, node.name)
    assert len(kept) >= 4


def test_a_file_that_waits_is_not_handed_out_at_all():
    batch = uploaded(POLYGLOTS["page.csv"])
    answer = browser_of(UserFactory(role="officer")).get(f"/admin/crm/importbatch/{batch.pk}/rejects/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert RUNS not in answer.content.decode()
    importing.discard(batch=batch, at=NOW)
