"""What must hold for the whole tree, whoever writes next."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.sabotage.defects import every as sabotage

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "crm", "matching", "outreach")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


@cache
def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_one_module_opens_mail_connections():
    senders = {"smtplib", "django.core.mail", "anymail"}
    guilty = [
        path for path in SOURCES if any(name.split(".")[0] == "smtplib" or name in senders for name in imports_of(path))
    ]
    assert guilty == [ROOT / "outreach/channels/email.py"]


def test_nothing_unpickles():
    forbidden = {"pickle", "joblib", "dill", "shelve", "marshal", "skops"}
    assert [path for path in SOURCES if forbidden & {name.split(".")[0] for name in imports_of(path)}] == []


def test_only_entry_points_read_the_clock():
    edges = {
        "api",
        "admin",
        "management",
        "tasks.py",
        "views.py",
        "receivers.py",
        "forgotten.py",
        "dashboard.py",
        "templatetags",
    }
    pattern = re.compile(r"timezone\.now\(|datetime\.now\(|datetime\.today\(|date\.today\(|\bNow\(\)")
    guilty = [p for p in SOURCES if pattern.search(p.read_text()) and not edges & set(p.relative_to(ROOT).parts)]
    assert guilty == []


def test_init_files_are_empty_but_for_the_doors():
    talking = [p for p in SOURCES if p.name == "__init__.py" and p.read_text().strip()]
    assert {p.parent.name for p in talking} <= {"models", "admin", "handles", "selectors", "words"}


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_direct_requirement_has_its_reason(name):
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
    assert [line for line in lines if not re.search(r"[~=]=\S+\s+# \S", line)] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_pin_is_hashed_and_compiled_from_the_list(name):
    locked = (ROOT / f"{name}.txt").read_text()
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]+\])?==(\S+)", locked, flags=re.MULTILINE)
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+(?:\[[^]]+\])?==)", locked, flags=re.MULTILINE)[1:]
    assert len(pins) == len(blocks)
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    wanted = re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", (ROOT / f"{name}.in").read_text(), flags=re.MULTILINE)
    pinned = {re.sub(r"[-_.]+", "-", pin).lower() for pin, _ in pins}
    assert {re.sub(r"[-_.]+", "-", want).lower() for want in wanted} <= pinned


def test_the_web_process_never_loads_what_is_slow_to_load():
    script = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import config.wsgi
from django.urls import get_resolver
def walk(patterns):
    for p in patterns:
        if hasattr(p, "url_patterns"):
            yield from walk(p.url_patterns)
        else:
            yield p.callback
found = list(walk(get_resolver().url_patterns))
print(len(found), *sorted({"sklearn", "torch", "holidays", "matching.ranking.encoders.sentences"} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    number, *loaded = ran.stdout.split()
    assert int(number) > 50
    assert loaded == []


BREACHES = [
    ("Apps form one line", "crm/services/activity.py", "import outreach.models"),
    ("Inside an app", "crm/models/user.py", "import crm.services.tokens"),
    ("Rules are plain Python", "crm/handles/folding.py", "import django.conf"),
    ("HTTP and queue words stay at the edge", "outreach/services/reports.py", "import rest_framework.status"),
    ("scikit-learn belongs to the worker", "matching/admin/match_lists.py", "import sklearn.tree"),
    ("One module loads an encoder", "matching/services/ranking.py", "import torch"),
    ("The web and the settings", "matching/api/match_lists.py", "import matching.ranking.encoders.sentences"),
]


@pytest.fixture(scope="module")
def breaches(tmp_path_factory) -> str:
    """What is said of a tree in which every import contract is violated."""
    tree = tmp_path_factory.mktemp("breaches")
    copy(tree)
    for _contract, module, line in BREACHES:
        (tree / module).write_text(f"{line}\n{(tree / module).read_text()}")
    ran = lint_imports(tree)
    assert ran.returncode == 1
    return ran.stdout


@pytest.mark.parametrize(("contract", "module", "line"), BREACHES)
def test_a_broken_house_rule_is_noticed(breaches, contract, module, line):
    """Every import contract is seen to fail on its own deliberate violation, and to name it."""
    assert re.search(rf"^{re.escape(contract)}.* BROKEN", breaches, flags=re.MULTILINE), breaches
    why = re.search(rf"^{re.escape(contract)}.*\n---+\n((?:.*\n)*?)\n\n", breaches, flags=re.MULTILINE)[1]
    guilty = module.removesuffix(".py").replace("/", ".")
    top = line.removeprefix("import ").partition(".")[0]
    assert re.search(rf"{re.escape(guilty)} -> {top}\S* \(l\.1\)", why), why


def test_a_stray_module_is_noticed(tmp_path):
    copy(tmp_path)
    (tmp_path / "crm/utils.py").write_text("")
    ran = lint_imports(tmp_path)
    assert ran.returncode == 1
    assert "crm.utils" in ran.stdout


def test_the_house_rules_hold(tmp_path):
    copy(tmp_path)
    ran = lint_imports(tmp_path)
    assert ran.returncode == 0, ran.stdout


def copy(target: Path) -> None:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            (target / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(ROOT)).write_bytes(path.read_bytes())
    (target / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    return subprocess.run([sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("defect", sabotage(), ids=lambda defect: defect.guarantee)
def test_every_deliberate_defect_still_finds_its_place(defect):
    assert (ROOT / defect.file).read_text().count(defect.old) == 1
    assert defect.old != defect.new
    assert all((ROOT / test.split("::")[0]).exists() for test in defect.tests)


def test_every_page_of_the_docs_is_reached_from_the_readme():
    readme = (ROOT / "README.md").read_text()
    assert [path.name for path in sorted((ROOT / "docs").glob("*.md")) if f"(docs/{path.name})" not in readme] == []
