"""What stands in the texts that messages begin from: what fills the holes, and the examples that one may start from."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

# What stands on the button of a placeholder, and in what is said of it.
PLACEHOLDERS: Mapping[str, str | Promise] = {
    "placeholder_first_name": gettext_lazy("Their first name"),
    "placeholder_full_name": gettext_lazy("Their whole name"),
    "placeholder_why_you": gettext_lazy("Why this person"),
    "placeholder_cause_name": gettext_lazy("Name of the cause"),
    "placeholder_cause_summary": gettext_lazy("About the cause"),
    "placeholder_campaign_name": gettext_lazy("Name of the campaign"),
    "placeholder_tracked_link": gettext_lazy("Their own link"),
    "placeholder_sender_name": gettext_lazy("Your name"),
    "placeholder_organisation": gettext_lazy("Your organisation"),
}
# Where the name on the button does not say it all.
PLACEHOLDER_HELP: Mapping[str, str | Promise] = {
    "placeholder_why_you": gettext_lazy(
        "The strongest reason on the match list, as a whole sentence. It ends with exactly one full stop, "
        "whether or not you write one after it."
    ),
    "placeholder_cause_summary": gettext_lazy("The first paragraph of the cause’s description."),
    "placeholder_tracked_link": gettext_lazy("What people do through it is counted as theirs."),
    "placeholder_sender_name": gettext_lazy("The name of whoever writes the message."),
    "placeholder_organisation": gettext_lazy("The name that signs, as the campaign says."),
}


def placeholder(name: str) -> str:
    """ "Their first name ({{ first_name }})"."""
    said = PLACEHOLDERS.get(f"placeholder_{name}")
    hole = f"{{{{ {name} }}}}"
    return f"{said} ({hole})" if said else hole


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
Hello {{ first_name }},

I am {{ sender_name }}, and I write to you for {{ organisation }}. {{ cause_summary }}

Why you? {{ why_you }}

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
Bonjour {{ first_name }},

Je m’appelle {{ sender_name }} et je vous écris pour {{ organisation }}. {{ cause_summary }}

Pourquoi vous\u202f? {{ why_you }}

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
