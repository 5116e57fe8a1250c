"""The texts that messages begin from."""

import html
import json
import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from crm.handles import sort_key
from outreach import rendering
from outreach.models import MessageTemplate
from outreach.words import EXAMPLES
from tests.factories import InfluencerFactory, LinkFactory, TemplateFactory, UserFactory, browser_of
from tests.outreach.admin.reading import words

pytestmark = pytest.mark.django_db
LIST = "/admin/outreach/messagetemplate/"
ADD = f"{LIST}add/"
TEXT = {"name": "First contact", "language": "en", "subject": "{{ cause_name }}", "body": "Hello {{ first_name }}"}


def page_of(template, name: str = "change") -> str:
    return reverse(f"admin:outreach_messagetemplate_{name}", args=[template.pk])


def test_a_template_is_written_and_changed(manager):
    response = manager.post(ADD, TEXT)
    made = MessageTemplate.objects.get()
    assert response["Location"] == page_of(made)
    manager.post(page_of(made, "edit"), TEXT | {"body": "Dear {{ full_name }}"})
    made.refresh_from_db()
    assert made.body == "Dear {{ full_name }}"


@pytest.mark.parametrize(
    ("changed", "expect"),
    [
        ({"body": "Hello {{ shoe_size }}"}, "There is no placeholder “shoe_size”. Choose among: greeting, first_name,"),
        ({"body": "One\nHello {{ first name }}"}, "Line 2 has double braces that are not a placeholder."),
        ({"body": "  "}, "This field is required."),
        ({"name": "Taken"}, "There is a template “Taken” of this kind already (English, one form for everybody)."),
        ({"language": "xx"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_filled_is_said_and_what_was_typed_is_kept(manager, changed, expect):
    TemplateFactory(name="Taken")
    page = manager.post(ADD, TEXT | changed)
    assert page.status_code == 200
    assert expect in words(page)
    assert 'value="{{ cause_name }}"' in page.content.decode()
    assert MessageTemplate.objects.count() == 1


@pytest.mark.parametrize("language", ["\0", "x" * 5000, "../../etc/passwd", "fr\n", ""])
def test_a_language_that_is_not_offered_is_a_mistake_of_the_form(manager, language):
    page = manager.post(ADD, TEXT | {"language": language})
    assert (page.status_code, MessageTemplate.objects.count()) == (200, 0)
    assert "Filled with examples" in words(page)


def test_every_placeholder_is_explained_beside_the_text(manager):
    page = words(manager.get(ADD))
    assert "Their first name Amina" in page
    assert "It ends with exactly one full stop, whether or not you write one after it." in page


def test_a_button_says_what_it_inserts_in_the_reader_s_words(manager):
    page = manager.get(ADD).content.decode()
    assert re.findall(r'data-insert="([^"]+)" title="[^"]+">([^<]+)<', page)[:3] == [
        ("{{ greeting }}", "Greeting"),
        ("{{ first_name }}", "Their first name"),
        ("{{ full_name }}", "Their whole name"),
    ]


def test_the_preview_is_of_a_real_conversation_in_that_language(client, manager):
    template = TemplateFactory(**TEXT)
    assert "Filled with examples" in words(client.get(page_of(template)))
    assert "Hello Amina" in words(client.get(page_of(template)))
    LinkFactory(outreach__influencer=InfluencerFactory(name="Zoé Petit", languages=["en"]))
    LinkFactory(outreach__influencer=InfluencerFactory(name="Luc Roy", languages=["fr"]))
    page = words(client.get(page_of(template)))
    assert "As Zoé Petit would read it" in page
    assert "Clean beaches Hello Zoé" in page
    form = manager.get(page_of(template, "edit")).content.decode()
    values = json.loads(re.search(r'id="placeholder-values"[^>]*>(.*?)</script>', form, re.DOTALL)[1])
    assert (values["first_name"], values["full_name"]) == ("Zoé", "Zoé Petit")


def test_a_value_nobody_knows_is_said_in_the_preview(client):
    LinkFactory(outreach__influencer=InfluencerFactory(languages=["en"]))
    page = client.get(page_of(TemplateFactory(body="{{ why_you }}")))
    assert "The message would have a hole: no match list gives a reason that one could tell them." in words(page)


def test_officers_read_templates_and_managers_write_them(client):
    template = TemplateFactory()
    page = client.get(page_of(template))
    assert page.status_code == 200
    assert "edit/" not in page.content.decode()
    assert [client.get(url).status_code for url in (ADD, page_of(template, "edit"))] == [403, 403]


def test_back_to_the_message_that_had_no_template(manager):
    assert manager.post(f"{ADD}?next=/admin/outreach/outreach/7/write/", TEXT)["Location"] == (
        "/admin/outreach/outreach/7/write/"
    )


# Our examples --------------------------------------------------------------------------------------------------------


def addresses(page) -> list[str]:
    return [html.unescape(found) for found in re.findall(rf'href="({ADD}[^"]*)"', page.content.decode())]


@pytest.mark.parametrize(("language", "first"), [("en", "en"), ("fr", "fr")])
def test_where_there_is_no_template_one_starts_from_an_example_in_one_s_own_language(manager, language, first):
    manager.cookies["django_language"] = language
    other = {"en": "fr", "fr": "en"}[first]
    assert addresses(manager.get(LIST)) == [f"{ADD}?example={first}", f"{ADD}?example={other}", ADD]
    form = manager.get(f"{ADD}?example={first}").context["form"]
    assert (form["language"].value(), form["body"].value()) == (first, EXAMPLES[first].body)
    assert not MessageTemplate.objects.exists()


def test_where_there_is_one_the_list_has_its_one_button(manager):
    TemplateFactory()
    assert addresses(manager.get(LIST)) == [ADD]


def test_whoever_may_not_write_templates_is_offered_no_example(client):
    assert addresses(client.get(LIST)) == []


@pytest.mark.parametrize("language", ["", "xx", "\0", "../en", "en" * 500])
def test_no_example_in_that_language_is_a_blank_form(manager, language):
    page = manager.get(ADD, {"example": language})
    assert (page.status_code, page.context["form"]["body"].value()) == (200, None)


@pytest.mark.parametrize("language", sorted(EXAMPLES))
def test_an_example_is_saved_as_it_stands_and_leaves_nothing_open(manager, language):
    page = manager.get(ADD, {"example": language})
    said = {name: page.context["form"][name].value() or "" for name in ("name", "language", "subject", "body")}
    manager.post(ADD, said)
    made = MessageTemplate.objects.get()
    values = {hole.name: hole.example for hole in rendering.PLACEHOLDERS.values()}
    draft = rendering.fill(made.subject, made.body, values)
    for known in (
        "Amina",
        "what we work for.",
        "Léa Martin",
        "Rivers Alive",
        "Spring clean-up",
        "https://causeway.example",
    ):
        assert known in draft.body
    assert ".." not in draft.body


@pytest.mark.parametrize("language", sorted(EXAMPLES))
def test_no_word_before_a_placeholder_depends_on_what_fills_it(language):
    """ "d’Horizons" but "de Rivages", "an ocean" but "a beach": nobody knows which it will be."""
    example = EXAMPLES[language]
    text = f"{example.subject}\n{example.body}"
    words_before = r"\b(de|le|la|du|au|je|me|te|se|ne|que|jusque|lorsque|puisque|ce|si|a|an)[\s«“\"]*\{\{"
    assert re.findall(words_before, text, re.IGNORECASE) == []


def test_languages_are_listed_by_the_letter_whatever_its_accent(manager):
    manager.cookies["django_language"] = "fr"
    names = [name for _code, name in manager.get(ADD).context["form"].fields["language"].choices]
    others = names[2:]  # those of the interface come first
    assert others == sorted(others, key=sort_key)
    assert others != sorted(others)  # some of them begin with an accent


def test_both_examples_are_one_text_in_two_languages(manager):
    names = {manager.get(ADD, {"example": code}).context["form"]["name"].value() for code in EXAMPLES}
    assert names == {"First contact"}


def test_languages_are_found_by_their_names(client):
    french, english = TemplateFactory(language="fr"), TemplateFactory(language="en")
    page = client.get(LIST)
    assert list(page.context["cl"].filter_specs[0].lookup_choices) == [("en", "English"), ("fr", "French")]
    found = {
        code: [t.pk for t in client.get(LIST, {"language": code}).context["cl"].result_list] for code in ("fr", "en")
    }
    assert found == {"fr": [french.pk], "en": [english.pk]}


# Versions, and trying a text on somebody ------------------------------------------------------------------------------


def test_one_name_has_a_version_per_language_and_form_of_address(manager):
    for language, register in (("fr", "formal"), ("fr", "informal"), ("en", "informal")):
        manager.post(ADD, TEXT | {"language": language, "register": register})
    kept = MessageTemplate.objects.order_by("pk").values_list("language", "register")
    assert list(kept) == [("fr", "formal"), ("fr", "informal"), ("en", "neutral")]
    again = manager.post(ADD, TEXT | {"language": "fr", "register": "formal"})
    assert "There is a template “First contact” of this kind already (French, formal)." in words(again)
    page = words(manager.get(page_of(MessageTemplate.objects.get(register="formal"))))
    assert "The same text for other readers: English · French, informal" in page


def french(name: str, **said):
    return LinkFactory(outreach__influencer=InfluencerFactory(name=name, languages=["fr"], **said)).outreach


def test_it_is_tried_on_whoever_is_chosen(client):
    first, second = french("Zoé Petit"), french("Luc Roy")
    template = TemplateFactory(language="fr", register="informal", body="{{ greeting }}")
    assert "As Luc Roy would read it" in words(client.get(page_of(template)))  # the newest
    page = words(client.get(page_of(template), {"on": first.pk}))
    assert "As Zoé Petit would read it" in page
    assert "Salut Zoé," in page
    found = client.get(page_of(template), {"called": "petit", "on": ""})
    assert [one.pk for one in found.context["trial"].offered] == [first.pk]
    assert "Filled with examples" in words(client.get(page_of(template), {"called": "nobody"}))
    assert second.pk in [one.pk for one in client.get(page_of(template)).context["trial"].offered]


@pytest.mark.parametrize("asked", ["0", "9" * 30, "x", "\0", "-1"])
def test_whoever_is_not_there_is_nobody(client, asked):
    assert client.get(page_of(TemplateFactory()), {"on": asked, "called": "\0"}).status_code == 200


def test_only_those_who_read_the_language_are_tried(client):
    english = LinkFactory(outreach__influencer=InfluencerFactory(name="Ann Lee", languages=["en"])).outreach
    page = client.get(page_of(TemplateFactory(language="fr")), {"on": english.pk})
    assert page.context["trial"].outreach is None


def test_the_page_says_where_each_word_is_from(client):
    outreach = french("Zoé Petit")
    page = client.get(page_of(TemplateFactory(language="fr", body="{{ greeting }} {{ quoted_post }}"))).content.decode()
    assert f'href="/admin/crm/influencer/{outreach.influencer.pk}/change/">from the profile of whoever reads it' in page
    assert "no post of theirs about the cause is known" in page


def test_the_preview_asks_for_whoever_is_chosen_while_one_types(client):
    first, second = french("Zoé Petit"), french("Luc Roy")
    asked = {"language": "fr", "register": "informal", "on": first.pk}
    told = client.get(f"{LIST}values/", asked).json()
    assert (told["values"]["greeting"], told["on"], told["heading"]) == (
        *("Salut Zoé,", first.pk, "As Zoé Petit would read it"),
    )
    assert [pk for pk, _label in told["offered"]] == [second.pk, first.pk]
    nobody = client.get(f"{LIST}values/", {"language": "../x"}).json()
    assert (nobody["on"], nobody["values"]["greeting"]) == (None, "Hello Amina,")


def test_nobody_is_shown_to_whoever_may_not_see_conversations():
    french("Zoé Petit")
    reader = UserFactory(role="analyst")
    reader.groups.clear()
    reader.user_permissions.add(Permission.objects.get(codename="view_messagetemplate"))
    answer = browser_of(reader).get(f"{LIST}values/", {"language": "fr"}).json()
    assert (answer["on"], answer["offered"], answer["values"]["greeting"]) == (None, [], "Hello Amina,")
