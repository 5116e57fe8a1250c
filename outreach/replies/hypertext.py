"""The text of an HTML mail, as plain text would have it: blocks become lines, what it quotes begins with "> ".

Not by html.parser: in Python 3.11.7 its time grows with the square of a hostile text (CVE-2025-6069), and it raises on
`<![`. Here one expression, which looks at no character twice, tells tags from text; what is no whole tag is text.
"""

import html
import re
from typing import Final

MAX_HTML: Final = 1_000_000  # characters that are looked at
_MAX_MARKS: Final = 5  # of quoting, on one line

_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,30})([^<>]*)>|<[!?/][^<>]*>|[^<]+|<", re.DOTALL)
_HUGE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{7,});?")  # Python refuses to read numbers of 5000 digits

_UNSEEN = frozenset({"script", "style", "title", "template", "svg", "select", "textarea", "xml"})  # head holds no other
_LINES = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
    }
    | {"header", "hr", "html", "li", "main", "nav", "ol", "pre", "section", "table", "tr", "ul"}
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_IS_QUOTE = re.compile(r"\bcite\b|quote|border-left", re.IGNORECASE)
_IS_SIGNATURE = re.compile(r"""(?:class|id)\s*=\s*["']?[^"'>]{0,60}signature""", re.IGNORECASE)
_IS_NO_SIGNATURE = re.compile(r"signature[_-]?prefix|-empty\b", re.IGNORECASE)  # the dashes; none
_ALT = re.compile(r"""\balt\s*=\s*["']([^"']{1,16})["']""", re.IGNORECASE)


def text_of(markup: str) -> str:
    """What a reader of this HTML would read, in lines."""
    page = _Page()
    for match in _TOKEN.finditer(_without_comments(markup[:MAX_HTML])):
        if match[2]:
            page.tag(match[2].lower(), match[3], is_end=bool(match[1]))
        elif match[0] == "<" or not match[0].startswith("<"):
            page.words(html.unescape(_HUGE.sub("\ufffd", match[0])))
    return page.text()


def _without_comments(markup: str) -> str:
    """As browsers do it, a comment that nobody ends hides the rest."""
    out, start = [], 0
    while (at := markup.find("<!--", start)) >= 0:
        out.append(markup[start:at])
        end = markup.find("-->", at + 2)
        if end < 0:
            return "".join(out)
        start = end + len("-->")
    return "".join([*out, markup[start:]])


class _Page:
    """Lines as they are written, each with the depth of what it quotes."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._line: list[str] = []
        self._quotes: list[bool] = []  # for each open blockquote, whether it quotes
        self._depth = 0  # how many of them do
        self._unseen = ""
        self._is_pre = False

    def tag(self, name: str, attributes: str, *, is_end: bool) -> None:
        if self._unseen:
            if is_end and name == self._unseen:
                self._unseen = ""
            return
        if name in _UNSEEN:
            self._unseen = "" if is_end or attributes.rstrip().endswith("/") else name
        elif name == "br":
            self._break()
        elif name == "img":
            self._picture(attributes)
        elif name in {"td", "th"}:
            self._line.append(" ")
        elif name in _LINES or name in _PARAGRAPHS:
            self._block(name, attributes, is_end=is_end)
        if not is_end and _IS_SIGNATURE.search(attributes) and not _IS_NO_SIGNATURE.search(attributes):
            self._signature()

    def words(self, text: str) -> None:
        if self._unseen:
            return
        if self._is_pre:
            first, *rest = text.split("\n")
            self._line.append(first)
            for line in rest:
                self._break()
                self._line.append(line)
        else:
            self._line.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def text(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._done)).strip("\n")

    def _block(self, name: str, attributes: str, *, is_end: bool) -> None:
        self._end_line()
        if name in _PARAGRAPHS:
            self._gap()
        if name == "pre":
            self._is_pre = not is_end
        elif name == "li" and not is_end:
            self._line.append("- ")
        elif name == "hr":
            self._line.append("_" * 32)
            self._end_line()
        elif name == "blockquote" and not is_end:
            self._quotes.append(bool(_IS_QUOTE.search(attributes)))
            self._depth += self._quotes[-1]
        elif name == "blockquote" and self._quotes:
            self._depth -= self._quotes.pop()

    def _picture(self, attributes: str) -> None:
        """Faces that a client drew are words; the names of logos are not."""
        alt = _ALT.search(attributes)
        if alt and not any(character.isalnum() for character in html.unescape(_HUGE.sub("", alt[1]))):
            self._line.append(html.unescape(_HUGE.sub("", alt[1])))

    def _signature(self) -> None:
        self._end_line()
        if not any(line.rstrip() == "--" for line in self._done[-2:]):
            self._done.append(self._prefix() + "-- ")

    def _prefix(self) -> str:
        return "> " * min(self._depth, _MAX_MARKS)

    def _gap(self) -> None:
        if self._done and self._done[-1].strip("> "):
            self._done.append(self._prefix().rstrip())

    def _break(self) -> None:
        line = "".join(self._line) if self._is_pre else re.sub(" {2,}", " ", "".join(self._line)).strip(" ")
        self._done.append((self._prefix() + line).rstrip(" \xa0") if line != "-- " else line)
        self._line = []

    def _end_line(self) -> None:
        if "".join(self._line).strip():
            self._break()
        self._line = []
