"""What stands in the texts that messages begin from: what fills the holes, and the examples that one may start from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date as day

from django.utils import formats
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from crm.words import language
from outreach import versions

# What stands on the button of a placeholder, and in what is said of it.
PLACEHOLDERS: Mapping[str, str | Promise] = {
    "placeholder_greeting": gettext_lazy("Greeting"),
    "placeholder_first_name": gettext_lazy("Their first name"),
    "placeholder_full_name": gettext_lazy("Their whole name"),
    "placeholder_why_you": gettext_lazy("Why this person"),
    "placeholder_reasons": gettext_lazy("Why this person, in up to three sentences"),
    "placeholder_quoted_post": gettext_lazy("What they wrote about it"),
    "placeholder_shared_topics": gettext_lazy("Topics you share"),
    "placeholder_cause_name": gettext_lazy("Name of the cause"),
    "placeholder_cause_summary": gettext_lazy("About the cause"),
    "placeholder_campaign_name": gettext_lazy("Name of the campaign"),
    "placeholder_tracked_link": gettext_lazy("Their own link"),
    "placeholder_sender_name": gettext_lazy("Your name"),
    "placeholder_organisation": gettext_lazy("Your organisation"),
}
_MARKED = gettext_lazy("It ends with exactly one full stop, whether or not you write one after it.")
# Where the name on the button does not say it all.
PLACEHOLDER_HELP: Mapping[str, str | Promise] = {
    "placeholder_greeting": gettext_lazy(
        "A whole line, by the form of address: “Hello Amina,”. Without a first name, for a brand, or where an agent "
        "reads whose name is not known: “Hello,”."
    ),
    "placeholder_first_name": gettext_lazy("Of persons only: a brand has none, and handles are none."),
    "placeholder_why_you": format_lazy(
        "{} {}", gettext_lazy("The strongest reason on the match list, as a whole sentence."), _MARKED
    ),
    "placeholder_reasons": format_lazy(
        "{} {}",
        gettext_lazy("The strongest reasons on the match list that one may tell a person: no figures."),
        _MARKED,
    ),
    "placeholder_quoted_post": format_lazy(
        "{} {}",
        gettext_lazy(
            "A whole sentence with a few words of the newest post of theirs about the cause, and its day: never an "
            "advert, no links, nobody else’s name."
        ),
        _MARKED,
    ),
    "placeholder_shared_topics": gettext_lazy(
        "Up to three topics that both they and the cause have, as words within a sentence."
    ),
    "placeholder_cause_summary": gettext_lazy("The first paragraph of the cause’s description."),
    "placeholder_tracked_link": gettext_lazy("What people do through it is counted as theirs."),
    "placeholder_sender_name": gettext_lazy("The name of whoever writes the message."),
    "placeholder_organisation": gettext_lazy("The name that signs, as the campaign says."),
}
# Why one may be empty, as part of a sentence.
_UNKNOWN: Mapping[str, str | Promise] = {
    "greeting": gettext_lazy("Causeway has no greeting in this language"),
    "first_name": gettext_lazy("no first name of theirs is known"),
    "why_you": gettext_lazy("no match list gives a reason that one could tell them"),
    "reasons": gettext_lazy("no match list gives a reason that one could tell them"),
    "quoted_post": gettext_lazy("no post of theirs about the cause is known"),
    "shared_topics": gettext_lazy("no topic that they share with the cause is known"),
    "cause_summary": gettext_lazy("the cause has no description"),
    "tracked_link": gettext_lazy("they have no link of their own"),
}


def placeholder(name: str) -> str:
    """ "Their first name ({{ first_name }})"."""
    said = PLACEHOLDERS.get(f"placeholder_{name}")
    hole = f"{{{{ {name} }}}}"
    return f"{said} ({hole})" if said else hole


def placeholders(names: Iterable[str]) -> str:
    return ", ".join(map(placeholder, names))


def unknown(names: Iterable[str]) -> str:
    """ "no post of theirs about the cause is known, the cause has no description"."""
    return ", ".join(dict.fromkeys(str(_UNKNOWN.get(name) or placeholder(name)) for name in names))


# Registers and versions ----------------------------------------------------------------------------------------------

_REGISTERS: Mapping[str, str | Promise] = {
    versions.FORMAL: gettext_lazy("formal"),
    versions.INFORMAL: gettext_lazy("informal"),
    versions.NEUTRAL: gettext_lazy("one form for everybody"),
}
_REMARKS: Mapping[str, str | Promise] = {
    "second_language": gettext_lazy(
        "Written in %(used)s, which they post in, too: no text of this name is in %(wanted)s."
    ),
    "house_language": gettext_lazy("Written in %(used)s: no text of this name is in %(wanted)s."),
    "language_unknown": gettext_lazy("Written in %(used)s: which language they read is not known."),
    "other_register": gettext_lazy(
        "Written in the %(used)s form of address: no text of this name is in the %(wanted)s one."
    ),
}


def register(code: str) -> str:
    return str(_REGISTERS.get(code, code))


def languages(codes: Iterable[str]) -> str:
    return ", ".join(map(language, codes))


def version(code: str, in_register: str) -> str:
    """ "French, informal"; "English", which has one form for everybody."""
    return language(code) if in_register == versions.NEUTRAL else f"{language(code)}, {register(in_register)}"


def remark(code: str, *, wanted: str, of_language: str, of_register: str) -> str:
    """What a version of a text was fallen back from, for whoever reads the draft."""
    name = register if code == "other_register" else language
    used = of_register if code == "other_register" else of_language
    return str(_REMARKS[code]) % {"used": name(used), "wanted": name(wanted)}


# Where from -----------------------------------------------------------------------------------------------------------

_SOURCES: Mapping[str, str | Promise] = {
    "reader": gettext_lazy("from the profile of whoever reads it"),
    "profile": gettext_lazy("from their profile"),
    "post": gettext_lazy("from %(where)s"),
    "match": gettext_lazy("from the match list"),
    "topics": gettext_lazy("from the topics of their profile"),
    "cause": gettext_lazy("from the cause"),
    "campaign": gettext_lazy("from the campaign"),
    "link": gettext_lazy("the link that was made for them"),
    "sender": gettext_lazy("the name of whoever drafts it"),
}


def source(kind: str, *, where: str, date: str) -> str:
    """ "from Instagram · amina, 3 March 2026"."""
    said = str(_SOURCES.get(kind, kind)) % {"where": where}
    return f"{said}, {formats.date_format(day.fromisoformat(date))}" if date else said


@dataclass(frozen=True)
class Example:
    """A text to start from, in its own language whoever reads the page: so no gettext translates it.

    Right before a hole stands no word that changes with the next one's first letter, such as "de" or "a".
    """

    subject: str
    body: str


EXAMPLES: Mapping[str, Example] = {
    "en": Example(
        subject="{{ cause_name }}: a question for you",
        body="""\
{{ greeting }}

I am {{ sender_name }}, and I write to you for {{ organisation }}. {{ cause_summary }}

Why you? {{ reasons }}

What we ask: would you tell those who follow you about “{{ campaign_name }}”, once and in your own words? A post, a \
story or one minute of a video is enough. This link is yours alone, and leads to where everybody can act: \
{{ tracked_link }}

Whether, when and how is up to you, and any question is welcome: just answer this message. If it is not for you, a \
plain no is fine, and nobody will press you.

Thank you for reading this,
{{ sender_name }}
{{ organisation }}""",
    ),
    "fr": Example(
        subject="{{ cause_name }}\u202f: une question pour vous",
        body="""\
{{ greeting }}

Je m’appelle {{ sender_name }} et je vous écris pour {{ organisation }}. {{ cause_summary }}

Pourquoi vous\u202f? {{ reasons }}

Ce que nous vous demandons\u202f: parler une fois de la campagne «\u202f{{ campaign_name }}\u202f», avec vos mots, \
aux personnes qui vous suivent. Une publication, une story ou une minute de vidéo suffit. Ce lien n’appartient qu’à \
vous et mène là où chaque personne peut agir\u202f: {{ tracked_link }}

Vous décidez si, quand et comment, et toutes vos questions sont les bienvenues\u202f: répondez à ce message. \
Et si ce n’est pas pour vous, un simple non nous va très bien\u202f: personne n’insistera.

Merci de votre lecture,
{{ sender_name }}
{{ organisation }}""",
    ),
}
