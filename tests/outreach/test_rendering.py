import os
import re
import time
import tracemalloc
from dataclasses import FrozenInstanceError, replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from outreach import rendering
from outreach.rendering import Draft, Footer

FOOTER = Footer(
    source_of_address="We found your address on your public page.",
    unsubscribe_words="No more messages from us:",
    unsubscribe_url="https://causeway.example/u/v1.YTE_.bc_",
    postal_address="Rivers Alive, 1 Bank Street, Lyon",
)
VALUES = {name: placeholder.example for name, placeholder in rendering.PLACEHOLDERS.items()}


def failure(call, *args):
    with pytest.raises(DomainError) as caught:
        call(*args)
    return caught.value.code, caught.value.params


class Seen(HTMLParser):
    """What a mail client makes of the HTML: tags, attributes, text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.attributes, self.lines = set(), [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.lines.append(data)

    @property
    def text(self):
        return "".join(self.lines)


class TestPlaceholders:
    def test_each_has_a_description_and_an_example_that_fills_it(self):
        for name, placeholder in rendering.PLACEHOLDERS.items():
            assert placeholder.name == name
            assert placeholder.description_code == f"placeholder_{name}"
            assert rendering.fill("x", f"{{{{{name}}}}}", VALUES).body == placeholder.example

    def test_the_list_is_closed(self):
        assert set(rendering.PLACEHOLDERS) == {
            *("greeting", "first_name", "full_name", "why_you", "reasons", "quoted_post", "shared_topics"),
            *("cause_name", "cause_summary", "campaign_name", "tracked_link", "sender_name", "organisation"),
        }
        with pytest.raises(TypeError):
            rendering.PLACEHOLDERS["settings"] = None

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("", ()),
            ("No holes { } }{ { { at all", ()),
            ("{{first_name}}", ("first_name",)),
            ("{{ b }} {{ a }}{{b}} {{\u00a0c\n}}", ("b", "a", "c")),
        ],
    )
    def test_names_come_once_and_in_order_known_or_not(self, text, names):
        assert rendering.placeholders(text) == names


class TestCheck:
    def test_passes_what_can_be_rendered(self):
        rendering.check("For {{ first_name }}", "Hello {{first_name}}, {single} braces and 100 % are fine.")

    def test_an_unknown_hole_is_named_with_those_that_exist(self):
        known = tuple(rendering.PLACEHOLDERS)

        assert failure(rendering.check, "Hi", "Dear {{ firstname }}") == (
            "placeholder_unknown",
            {"name": "firstname", "known": known},
        )
        assert failure(rendering.check, "{{ First_Name }}", "x")[0] == "placeholder_unknown"

    @pytest.mark.parametrize(
        "hole",
        [
            *("{{", "}}", "{{}}", "{{ }}", "{{ first_name", "first_name }}", "{{ first_name }", "{{{ first_name }}}"),
            *("{{ first name }}", "{{ first-name }}", "{{ first_name|upper }}", "{{ a.b }}", "{{ 'x' }}", "{{ 1 }}"),
            *("{{ {{ first_name }} }}", "{{ \u200bfirst_name }}", "{{ prénom }}", "{{ " + "x" * 41 + " }}"),
        ],
    )
    @pytest.mark.parametrize("part", ["subject", "body"])
    def test_a_malformed_hole_is_located(self, hole, part):
        texts = {"subject": "Hi", "body": "Hello"} | {part: f"{{{{ first_name }}}}\n\nand {hole} there"}

        assert failure(rendering.check, *texts.values()) == ("placeholder_malformed", {"part": part, "line": 3})

    @pytest.mark.parametrize("blank", ["", " \n\t", "\u200b\ufeff", "\u00a0"])
    def test_a_blank_part_is_refused(self, blank):
        assert failure(rendering.check, blank, "x") == ("text_blank", {"part": "subject"})
        assert failure(rendering.check, "x", blank) == ("text_blank", {"part": "body"})

    def test_the_size_is_capped_in_bytes(self):
        rendering.check("x", "é" * 10_000)

        assert failure(rendering.check, "x", "é" * 10_001) == ("template_too_long", {"part": "body", "limit": 20_000})
        assert failure(rendering.check, "x" * 20_001, "x")[1] == {"part": "subject", "limit": 20_000}

    def test_the_number_of_holes_is_capped(self):
        rendering.check("x", "{{first_name}}" * 200)

        assert failure(rendering.check, "x", "{{first_name}}" * 201) == (
            "placeholders_too_many",
            {"part": "body", "limit": 200},
        )


class TestFill:
    def test_puts_values_into_holes(self):
        draft = rendering.fill("For {{first_name}}", "Dear {{ first_name }},\n\n{{why_you}}\n{{ sender_name }}", VALUES)

        assert draft == Draft(
            subject="For Amina",
            body="Dear Amina,\n\nIn March you explained to your followers how rivers die.\nLéa Martin",
        )

    @pytest.mark.parametrize("value", [None, "", "  ", "\n", "\u200b", "\x00", "\u202e"])
    @pytest.mark.parametrize("texts", [("{{first_name}}", "x"), ("x", "{{first_name}}")])
    def test_a_missing_or_blank_value_stops_everything(self, texts, value):
        assert failure(rendering.fill, *texts, VALUES | {"first_name": value}) == (
            "placeholder_value_missing",
            {"names": ("first_name",)},
        )
        assert failure(rendering.fill, *texts, {})[0] == "placeholder_value_missing"

    def test_everything_that_is_missing_is_named_at_once(self):
        values = VALUES | {"quoted_post": "", "shared_topics": " "}

        assert failure(rendering.fill, "{{ shared_topics }}", "{{quoted_post}} {{first_name}}", values)[1] == {
            "names": ("shared_topics", "quoted_post")
        }
        assert rendering.missing("x", "{{ first_name }} {{ full_name }}", VALUES) == ()

    def test_a_value_that_no_hole_asks_for_may_be_missing(self):
        assert rendering.fill("x", "Dear {{ first_name }}", {"first_name": "Amina"}).body == "Dear Amina"

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
    def test_a_name_stays_on_its_line_and_a_subject_is_one_line(self, end):
        values = VALUES | {"first_name": f"Ami{end}na", "why_you": f"One.{end}Two."}

        assert rendering.fill("For {{first_name}}: {{why_you}}", "{{first_name}}:\n{{why_you}}", values) == Draft(
            subject="For Ami na: One. Two.", body="Ami na:\nOne.\nTwo."
        )
        assert rendering.fill(f"A{end}Bcc: x@evil.example", "x", {}).subject == "A Bcc: x@evil.example"

    def test_controls_and_marks_that_turn_the_text_around_are_dropped(self):
        values = VALUES | {"first_name": "\x00A\x1bm\x7fi\u202en\ud800a\u2066\ufeff"}

        assert rendering.fill("{{first_name}}", "{{first_name}}", values) == Draft("Amina", "Amina")

    def test_values_are_capped_before_they_are_put_together(self):
        large = VALUES | {"why_you": "x" * 60_000}

        assert failure(rendering.fill, "x", "{{why_you}}{{why_you}}", large) == (
            "rendered_too_long",
            {"part": "body", "limit": 100_000},
        )
        assert failure(rendering.fill, "{{why_you}}", "x", large) == (
            "rendered_too_long",
            {"part": "subject", "limit": 200},
        )

    def test_a_large_value_in_many_holes_takes_no_memory(self):
        large = VALUES | {"why_you": "x" * 50_000}
        tracemalloc.start()
        try:
            assert failure(rendering.fill, "x", "{{why_you}}" * 200, large)[0] == "rendered_too_long"
            assert tracemalloc.get_traced_memory()[1] < 2_000_000
        finally:
            tracemalloc.stop()

    @given(value=st.text(alphabet="{} first_name\n%$<>&", min_size=1).filter(lambda text: text.strip()))
    def test_values_are_never_scanned_again(self, value):
        values = VALUES | {"cause_summary": value, "first_name": "SCANNED"}

        assert rendering.fill("x", "a{{cause_summary}}z", values).body == f"a{value.strip()}z"

    @pytest.mark.parametrize("known", ["You speak of rivers.", "You speak of rivers", "You speak of rivers..."])
    @pytest.mark.parametrize(
        ("text", "expect"),
        [
            ("Why? {{why_you}}", "Why? You speak of rivers."),
            ("{{ why_you }}\n\nSo", "You speak of rivers.\n\nSo"),
            ("{{ why_you }} So", "You speak of rivers. So"),
            ("{{ why_you }}. So", "You speak of rivers. So"),
            ("{{ why_you }}, and", "You speak of rivers, and"),
            ("{{ why_you }}\u202f!", "You speak of rivers\u202f!"),
            ("{{ why_you }}{{ first_name }}", "You speak of rivers.Amina"),
            ("{{ why_you }}.{{ why_you }}", "You speak of rivers.You speak of rivers."),
        ],
    )
    def test_a_sentence_ends_with_one_mark_whoever_writes_it(self, known, text, expect):
        assert rendering.fill("x", text, VALUES | {"why_you": known}).body == expect

    @pytest.mark.parametrize(
        "known", ["Who else?", "At last!", "Rivers…", "“Who?”", "«\u00a0Enfin\u202f!\u00a0»", "„Ach…“"]
    )
    def test_a_sentence_that_ends_otherwise_gets_no_full_stop(self, known):
        assert rendering.fill("x", "{{ why_you }}", VALUES | {"why_you": known}).body == known

    def test_a_quotation_gets_its_full_stop_after_the_marks(self):
        values = VALUES | {"quoted_post": "You wrote: “Rivers”"}

        assert rendering.fill("x", "{{ quoted_post }} So", values).body == "You wrote: “Rivers”. So"
        assert rendering.fill("x", "{{ quoted_post }}, and", values).body == "You wrote: “Rivers”, and"


def test_placeholders_that_stand_in_a_filled_text_are_named_and_other_braces_are_not():
    assert rendering.left("{{ why_you }}", "{{first_name}} {{ x }} {{ {{why_you}} {{") == ("why_you", "first_name")
    assert rendering.left("x", "{ first_name } {{ First_Name }}") == ()


class TestTidy:
    def test_keeps_what_a_person_wrote_but_for_what_nobody_sees(self):
        assert rendering.tidy(" For\r\nyou ", "\n\nDear\u202e Amina,\r\n  indented\n {{ x }}\n\n") == Draft(
            subject="For you", body="Dear Amina,\n  indented\n {{ x }}"
        )

    def test_doing_it_twice_is_doing_it_once(self):
        once = rendering.tidy("a\u2028b", " \x00c\n\n ")

        assert rendering.tidy(once.subject, once.body) == once

    def test_refuses_what_finish_refuses(self):
        assert failure(rendering.tidy, "\u200b", "y") == ("text_blank", {"part": "subject"})
        assert failure(rendering.tidy, "x", "y" * 100_001)[0] == "rendered_too_long"


class TestFinish:
    def test_text_html_and_footer(self):
        rendered = rendering.finish("For you", "Dear Amina,\n\nline 1\nline <2>\n\n\n\nBye", FOOTER)

        assert rendered.subject == "For you"
        assert rendered.text == (
            "Dear Amina,\n\nline 1\nline <2>\n\n\n\nBye\n\n—\n"
            "We found your address on your public page.\n"
            "No more messages from us: https://causeway.example/u/v1.YTE_.bc_\n"
            "Rivers Alive, 1 Bank Street, Lyon\n"
        )
        assert rendered.html == (
            '<!doctype html>\n<html><head><meta charset="utf-8"><title>For you</title></head><body>\n'
            "<p>Dear Amina,</p>\n<p>line 1<br>\nline &lt;2&gt;</p>\n<p>Bye</p>\n"
            "<p>—<br>\nWe found your address on your public page.<br>\nNo more messages from us: "
            '<a href="https://causeway.example/u/v1.YTE_.bc_">https://causeway.example/u/v1.YTE_.bc_</a><br>\n'
            "Rivers Alive, 1 Bank Street, Lyon</p>\n</body></html>\n"
        )

    def test_a_subject_cannot_end_its_title(self):
        rendered = rendering.finish('</title><script>alert("1")</script> & more', "y", FOOTER)

        assert rendered.subject == '</title><script>alert("1")</script> & more'
        assert (
            "<title>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more</title>" in rendered.html
        )
        assert "script" not in Seen(rendered.html).tags

    def test_is_frozen(self):
        with pytest.raises(FrozenInstanceError):
            rendering.finish("x", "y", FOOTER).text = "z"

    @pytest.mark.parametrize("field", ["source_of_address", "unsubscribe_words", "unsubscribe_url", "postal_address"])
    @pytest.mark.parametrize("value", ["", " \n", "\u200b"])
    def test_no_mail_without_a_whole_footer(self, field, value):
        assert failure(rendering.finish, "x", "y", replace(FOOTER, **{field: value})) == (
            "footer_incomplete",
            {"field": field},
        )

    @pytest.mark.parametrize(
        "url", ["/u/x", "javascript:alert(1)", "https://", "https://a b", 'https://a"b', "mailto:a@b"]
    )
    def test_the_way_out_is_a_web_address(self, url):
        footer = replace(FOOTER, unsubscribe_url=url)

        assert failure(rendering.finish, "x", "y", footer) == ("footer_incomplete", {"field": "unsubscribe_url"})

    def test_braces_in_an_edited_text_are_just_braces(self):
        assert rendering.finish("{{x}}", "{{ first_name }} {{", FOOTER).text.startswith("{{ first_name }} {{\n")

    def test_blank_or_endless_texts_are_refused(self):
        assert failure(rendering.finish, " ", "y", FOOTER) == ("text_blank", {"part": "subject"})
        assert failure(rendering.finish, "x", "\u200b", FOOTER) == ("text_blank", {"part": "body"})
        assert failure(rendering.finish, "x" * 201, "y", FOOTER)[1] == {"part": "subject", "limit": 200}
        assert failure(rendering.finish, "x", "y" * 100_001, FOOTER)[1] == {"part": "body", "limit": 100_000}

    @pytest.mark.parametrize(
        ("text", "links"),
        [
            ("See https://a.example/x?y=1&z=2#f.", ["https://a.example/x?y=1&z=2#f"]),
            ("(http://a.example/x), https://b.example!", ["http://a.example/x", "https://b.example"]),
            ("https://a.example/x_(y) and https://a.example/t_", ["https://a.example/x_(y)", "https://a.example/t_"]),
            ("« https://a.example/x » https://é.example/ü", ["https://a.example/x", "https://é.example/ü"]),
            ("https://a.example/?a=1&lt;b&amp=2", ["https://a.example/?a=1&lt;b&amp=2"]),
            ('<a href="https://a.example/" onclick="x">', ["https://a.example/"]),
            ("https://a.example/<script>alert(1)</script>", ["https://a.example/"]),
            ("javascript:alert(1) data:text/html,x ftp://a.example mailto:a@b.example www.a.example https://", []),
        ],
    )
    def test_only_web_addresses_become_links(self, text, links):
        seen = Seen(rendering.finish("x", text, FOOTER).html)

        assert seen.links == [*links, FOOTER.unsubscribe_url]
        assert text in seen.text

    @given(
        body=st.text(min_size=1) | st.text(alphabet="<>&\"'/ahttps:. \n()", min_size=1),
        subject=st.text(min_size=1, max_size=200),
    )
    def test_no_text_ever_makes_markup_and_none_is_lost(self, subject, body):
        try:
            rendered = rendering.finish(subject, body, FOOTER)
        except DomainError as error:
            assert error.code == "text_blank"
            return
        seen = Seen(rendered.html)

        assert "\n" not in rendered.subject
        assert seen.tags <= {"html", "head", "meta", "title", "body", "p", "br", "a"}
        assert seen.attributes <= {("meta", "charset"), ("a", "href")}
        assert all(re.match(r"https?://", link, re.IGNORECASE) for link in seen.links)
        assert "".join(seen.text.split()) == "".join(f"{rendered.subject} {rendered.text}".split())
        assert seen.links[-1] == FOOTER.unsubscribe_url


def test_render_is_fill_and_finish():
    rendered = rendering.render("For {{first_name}}", "Dear {{first_name}}: {{tracked_link}}", VALUES, FOOTER)

    assert rendered == rendering.finish("For Amina", f"Dear Amina: {VALUES['tracked_link']}", FOOTER)
    assert Seen(rendered.html).links[0] == VALUES["tracked_link"]
    assert FOOTER.unsubscribe_url in rendered.text


# Row X1: what template engines of the field ran, and what reaches for the environment. Inside double braces each must
# be refused; anywhere else, and always in a person's data, each is just text.
EXPRESSIONS = (
    """
7*7 | 7*'7' | 7 * 7 | range(10**9) | settings | settings.SECRET_KEY | config | config.items() | self | request | env
request.user.password | self.__class__ | ''.__class__.__mro__[1].__subclasses__() | x.__init__.__globals__ | debug
event.__init__.__code__.co_filename | first_name.__class__ | first_name.upper | first_name|upper | first_name|safe
first_name|attr('__class__') | lipsum.__globals__.os.popen('id').read() | cycler.__init__.__globals__.os.environ
joiner | namespace | get_flashed_messages.__globals__ | url_for | _self.env.registerUndefinedFilterCallback('exec')
['id']|filter('system') | ['id']|map('passthru')|join | app.request.server.all|join(',') | dump(app) | block('x')
include('/etc/passwd') | source('/etc/passwd') | system('id') | php | $smarty.version | $smarty.template_object
self::getStreamVariable('file:///etc/passwd') | .Env | .Subscriber.Email | env "SECRET_KEY" | printf "%s" . | call .X
range until 1000000000 | repeat 100000 "x" | template x | define x | html . | js . | $x := 1 | #each x | #with x | /with
> partial | &x | constructor.constructor('return process.env')() | this | @root | lookup x y | ../x | log x | !x
T(java.lang.Runtime).getRuntime().exec('id') | !--x-- | #x | *x | @x | ~x | %x | 0 | None | True | first_name, | 1_a
""".strip()
    .replace("\n", " | ")
    .split(" | ")
)
WRAPPINGS = (
    *("{{%s}}", "{{ %s }}", "{{{%s}}}", "{{-%s-}}", "{%% %s %%}", "{%%print(%s)%%}", "${%s}", "#{%s}", "<%%= %s %%>"),
    *("{%s}", "{0.%s}", "%%(%s)s", "*{%s}", "@(%s)", "{php}%s{/php}", "$%s", "[[%s]]", "<#assign x=%s>${x}", "{!%s}"),
)
PAYLOADS = [wrapping % expression for wrapping in WRAPPINGS for expression in EXPRESSIONS]


def test_a_payload_in_a_template_is_refused_or_stays_as_it_is(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary-of-the-environment")
    assert len(set(PAYLOADS)) > 1000
    refused = 0
    for payload in PAYLOADS:
        for subject, body in (("x", payload), (payload, "x")):
            try:
                rendered = rendering.render(subject, body, VALUES, FOOTER)
            except DomainError as error:
                assert error.code in {"placeholder_unknown", "placeholder_malformed"}, payload
                assert "{{" in payload or "}}" in payload
                refused += 1
                continue
            assert "{{" not in payload
            assert (rendered.subject, rendered.text.partition("\n\n—\n")[0]) == (subject, body)
            assert "canary" not in rendered.text + rendered.html
    assert refused >= 8 * len(EXPRESSIONS)
    assert "canary" in os.environ["SECRET_KEY"]


def test_a_payload_in_a_persons_data_stays_as_it_is():
    for payload in [*PAYLOADS, "{{ first_name }}", "{{first_name}}", "{{ organisation }}"]:
        values = VALUES | {"full_name": payload, "cause_summary": payload, "quoted_post": payload}
        rendered = rendering.render("For {{ full_name }}", "{{ cause_summary }}\n{{ quoted_post }}", values, FOOTER)

        assert rendered.subject == f"For {payload}"
        assert rendered.text.startswith(f"{payload}\n{payload}")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        " " * 1_000_000,
        "{{first_name}}" * 100_000,
        "{{" * 100_000,
        "{{ " * 100_000,
        "}}" * 100_000,
        "{{ first_name" + " " * 19_900,
        "{{" + " " * 19_900,
        "{{a" * 6_600,
        "{" * 20_000,
        "http://" * 2_800,
        "https://a" + "(" * 9_000 + ")" * 9_000,
        "\n " * 10_000,
        "a" + "\n \n" * 6_000,
    ],
    ids=lambda text: f"{text[:12]}…{len(text)}",
)
def test_no_template_takes_long(text):
    start = time.process_time()  # what else runs on the machine is not ours to measure
    try:
        rendering.render("x", text, VALUES, FOOTER)
    except DomainError as error:
        assert error.code in {"template_too_long", "placeholder_malformed", "placeholders_too_many", "text_blank"}
    rendering.left(text[: rendering.MAX_TEXT], text[: rendering.MAX_TEXT])
    assert time.process_time() - start < 0.1
