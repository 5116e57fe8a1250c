"""Nobody who chose French meets an English sentence."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import unfold
from babel.messages.pofile import read_po
from django.utils import translation

ROOT = Path(__file__).parents[2]
APPS = ("config", "crm", "matching", "outreach")
UNFOLD = Path(unfold.__file__).parent
# Parts of Unfold that no page of ours uses: the rich-text editor, and pages of other packages.
UNUSED = ("contrib/forms", "contrib/constance", "contrib/guardian", "contrib/import_export", "contrib/location_field")
UNUSED += ("contrib/simple_history", "contrib/inlines", "contrib/crispy", "unfold_crispy")
# The same word in both languages, or one that is shown to nobody.
SAME = {"Date", "Code", "Log in", "Ctrl", "Action", "Actions"}


MARK = re.compile(r"_|(n?p?n?)gettext(?:_lazy|_noop)?")


def catalogue(app: str, tree: Path = ROOT):
    with (tree / app / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("app", APPS)
def test_every_string_has_its_french(app):
    untranslated = [
        message.id
        for message in catalogue(app)
        if message.id and (message.fuzzy or not all(message.string if message.pluralizable else [message.string]))
    ]
    assert untranslated == []


@pytest.mark.parametrize("app", APPS)
def test_placeholders_are_the_same_in_both_languages(app):
    pattern = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
    for message in catalogue(app):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for string in strings:
            assert set(pattern.findall(string)) in [set(pattern.findall(i)) for i in ids], message.id


@pytest.mark.parametrize("app", APPS)
def test_typography_is_french(app):
    """A narrow no-break space before ; : ! ? and inside « »; the apostrophe of print."""
    for message in catalogue(app):
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for string in strings if message.id else []:
            plain = re.sub(r"https?://\S*|<[^>]*>|&\w+;|%\(\w+\)s|\{\{[^}]*\}\}|\S+:\S+", "", string)
            assert not re.search(
                r"[^\s\u202f\u00a0][;!?»]|[^\s\u202f\u00a0\d]:(?=\s|$)|(?<=\S) [;:!?»]|« |«\S", plain
            ), string
            assert "'" not in plain, string


def test_what_is_compiled_is_what_is_written():
    import gettext

    for app in APPS:
        with (ROOT / app / "locale/fr/LC_MESSAGES/django.mo").open("rb") as file:
            compiled = gettext.GNUTranslations(file)
        for message in catalogue(app):
            if message.id and isinstance(message.id, str):
                key = f"{message.context}\x04{message.id}" if message.context else message.id
                assert compiled._catalog.get(key) == message.string, (app, message.id)


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed: nobody looked for missing words")
def test_every_marked_word_is_in_the_catalogue_of_its_app(tmp_path):
    """What `make messages` would write, had somebody forgotten to run it."""
    tree = tmp_path / "tree"
    for app in APPS:
        shutil.copytree(ROOT / app, tree / app, ignore=shutil.ignore_patterns("__pycache__", "*.html.py"))
    shutil.copy(ROOT / "manage.py", tree)
    collect = ["makemessages", "-l", "fr", "--no-obsolete"]
    environment = os.environ | {"APP_STATE_DIR": str(tmp_path / "state"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "manage.py", *collect], cwd=tree, env=environment, check=True, capture_output=True)
    for app in APPS:
        written = {(message.context, message.id) for message in catalogue(app)}
        marked = {(message.context, message.id) for message in catalogue(app, tree)}
        assert marked - written == set(), f"run `make messages` and translate them ({app})"
        assert written - marked == set(), f"run `make messages`: nobody says them any more ({app})"


def test_marked_words_are_found_by_whoever_collects_them():
    """xgettext reads neither variables nor what stands inside an f-string, and knows no other names than these."""
    known = set()
    for message in [message for app in APPS for message in catalogue(app)]:
        known |= {message.id} if isinstance(message.id, str) else set(message.id)
    lost: list[str] = []
    for path in [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]:
        if "gettext" not in (written := path.read_text()):
            continue
        tree = ast.parse(written)
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        names = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
        lost += [f"{path.relative_to(ROOT)}: {name.asname}" for name in names if name.asname not in {None, "_"}]
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        marks = [(call, MARK.fullmatch(call.func.id)) for call in calls if isinstance(call.func, ast.Name)]
        for call, mark in marks:
            word = call.args["p" in (mark[1] or "")] if mark else None
            if word and not (isinstance(word, ast.Constant) and word.value in known):
                lost += [f"{path.relative_to(ROOT)}:{call.lineno}"]
    assert lost == []


def test_every_word_of_unfold_is_in_french():
    said = set()
    for template in UNFOLD.rglob("*.html"):
        if not str(template.relative_to(UNFOLD)).startswith(UNUSED):
            said |= set(re.findall(r"""{%\s*trans(?:late)?\s+(?:"([^"]+)"|'([^']+)')""", template.read_text()))
    with translation.override("fr"):
        untranslated = {word for pair in said if (word := "".join(pair)) and translation.gettext(word) == word}
    assert untranslated - SAME == set()
