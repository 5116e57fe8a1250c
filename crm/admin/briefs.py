"""The brief of a cause as a form: six short sections, each with what it is for and an example."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm import words
from crm.admin.base import StaffForm
from crm.admin.fields import (
    CodesField,
    ParsedField,
    WordsField,
    concerns,
    countries,
    keep_initial,
    languages,
    several,
    web_address,
)
from crm.admin.goals import GoalForms
from crm.formats.audience import AGES, GENDERS
from crm.formats.cells import clean_hashtag, clean_host, clean_slug
from crm.formats.rows import AudienceShare, CauseRow, Dimension
from crm.models import Cause, Platform


@dataclass(frozen=True)
class Section:
    """`key` is its anchor; `has_goals`: the lines of the goals stand below its fields."""

    key: str
    title: Any
    purpose: Any
    example: Any
    fields: tuple[str, ...] = ()
    has_goals: bool = False


SECTIONS = (
    Section(
        "what",
        _("What it is"),
        _("Three short paragraphs: what is wrong, what you do about it, and what an influencer’s followers can do."),
        _(
            "“Every summer 12 tonnes of plastic wash up between Brest and Quimper. Every spring we clear those beaches "
            "with the people who live there, and publish what we find. One Sunday morning, or 10 euros for gloves and "
            "bags, is all it takes.”"
        ),
        ("name", "description", "topics", "website", "slug"),
    ),
    Section(
        "who",
        _("Who should hear it"),
        _("Those whom your actions are made for. Be narrow: two age groups say more than all of them."),
        _("Languages: French, English. Countries: France, Belgium. Ages: 18–24, 25–34. Interests: surfing, hiking."),
        ("languages", "countries", "ages", "genders", "interests", "platforms"),
    ),
    Section(
        "asks",
        _("What you ask"),
        _("Things one can count, each with a number and a day. Leave empty what you do not ask for."),
        _("Donations: 20,000 euros by 31 December. Petition signatures: 5,000 by 1 March."),
        has_goals=True,
    ),
    Section(
        "how",
        _("How to speak of it"),
        _("What people who post for you should keep to. The page of the cause proposes hashtags that your people use."),
        _("Tone: warm and concrete, no guilt. Values: local, open data, nobody shown without consent."),
        ("hashtags", "tone", "values"),
    ),
    Section(
        "not",
        _("What does not go with it"),
        _(
            "Whoever shows one of these in their profile, in adverts or time and again in posts is left out of match "
            "lists, and the list says why. A mention now and then only warns."
        ),
        _("For road safety: alcohol, sports betting, #streetrace, @fastcars.example. One word finds all languages."),
        ("conflicts",),
    ),
    Section(
        "money",
        _("What becomes of the money"),
        _("The first thing followers ask. It is a fact, so say where it stands: a report and its page, or a link."),
        _("“Of each euro, 82 cents pay for gloves, skips and analyses.” Source: annual report 2025, page 12."),
        ("transparency", "transparency_source"),
    ),
    Section(
        "links",
        _("Where links may lead"),
        _(
            "The sites of your forms and petitions. A tracked link of this cause leads nowhere else, whoever changes a "
            "campaign. Empty: to its campaigns’ own pages."
        ),
        _("give.beaches.example, petition.example. A link to a site that is not listed leads nowhere from then on."),
        ("link_hosts",),
    ),
    Section(
        "approval",
        _("Who may let first messages go"),
        _("For a delicate cause: what an officer writes first to somebody goes before a manager."),
        _("A cause that speaks of children, or one that is in the news."),
        ("asks_approval",),
    ),
)


class CauseForm(StaffForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    slug = ParsedField(
        parse=clean_slug,
        label=_("Short name"),
        max_length=80,
        required=False,
        help_text=_("For files and links, such as clean-beaches. Leave it empty and it is made from the name."),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("In the words an influencer would use. The first paragraph can stand in messages."),
    )
    topics = CodesField(
        offers=concerns,
        label=_("Topics"),
        help_text=_("One to three. Each brings its words in six languages, so that people are found in any of them."),
    )
    hashtags = WordsField(parse=clean_hashtag, label=_("Hashtags"))
    website = ParsedField(parse=web_address, label=_("Website"), max_length=500, required=False)
    languages = CodesField(
        offers=languages, name=words.language, label=_("Languages"), help_text=_("What those who should hear it read.")
    )
    countries = CodesField(
        offers=countries, name=words.country, label=_("Countries"), help_text=_("Where those who should hear it live.")
    )
    ages = several(AGES, lambda key: words.trait("age", key), label=_("Ages"))
    genders = several(GENDERS, words.gender, label=_("Genders"))
    interests = WordsField(label=_("Interests"))
    platforms = several(Platform.values, lambda code: Platform(code).label, label=_("Platforms"))
    tone = forms.CharField(label=_("Tone"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    values = WordsField(label=_("Values"))
    conflicts = WordsField(
        label=_("Conflicts"),
        help_text=_(
            "Subjects and products as words, hashtags with “#”, brands with “@” as their account is called. "
            "Separate them with commas."
        ),
    )
    transparency = forms.CharField(
        label=_("How it is used"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    transparency_source = forms.CharField(label=_("Where this stands"), max_length=500, required=False)
    link_hosts = WordsField(parse=clean_host, label=_("Sites that links may lead to"))
    asks_approval = forms.BooleanField(label=_("A manager approves every first message"), required=False)

    def __init__(self, *args: Any, cause: Cause | None = None, is_for_manager: bool = False, **kwargs: Any) -> None:
        """`is_for_manager`: whoever fills it in may say that first messages go before a manager, and take it back."""
        super().__init__(*args, initial=_said(cause) if cause else {}, **kwargs)
        if not is_for_manager:
            del self.fields["asks_approval"]
        keep_initial(self)
        self.shares = {(t.dimension, t.key): t.share for t in cause.targets.all()} if cause else {}
        self.goals = GoalForms(self.data or None, cause=cause)

    def sections(self) -> list[tuple[Section, list[forms.BoundField]]]:
        """Those of which anything may be said."""
        told = [s for s in SECTIONS if all(name in self.fields for name in s.fields)]
        return [(section, [self[name] for name in section.fields]) for section in told]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("transparency") and not said.get("transparency_source"):
            self.add_error("transparency_source", words.say_code("transparency_without_source", {}))
        return said

    def is_valid(self) -> bool:
        are_goals_valid: bool = self.goals.is_valid()
        return super().is_valid() and are_goals_valid

    def brief(self) -> CauseRow:
        said = dict(self.cleaned_data)
        audience = (
            # Countries and languages are told once; as targets, too, where an import said how large a part of each.
            *self._targets("country", said["countries"] if self._has("country") else ()),
            *self._targets("language", [code for code in said["languages"] if ("language", code) in self.shares]),
            *self._targets("age", said.pop("ages")),
            *self._targets("gender", said.pop("genders")),
            *self._targets("interest", said.pop("interests")),
        )
        return CauseRow(line=0, audience=audience, goals=tuple(self.goals.readings()), **said)

    def _targets(self, dimension: Dimension, keys: Any) -> list[AudienceShare]:
        """These traits; how large a part each should be stays as it was."""
        return [AudienceShare(dimension, key, self.shares.get((dimension, key))) for key in keys]

    def _has(self, dimension: str) -> bool:
        return any(known == dimension for known, _key in self.shares)


def _said(cause: Cause) -> dict[str, Any]:
    targets: dict[str, list[str]] = {}
    for target in cause.targets.order_by("pk"):
        targets.setdefault(target.dimension, []).append(target.key)
    plain = (
        *("name", "slug", "description", "hashtags", "website", "languages", "platforms", "conflicts", "values"),
        *("tone", "transparency", "transparency_source", "link_hosts", "asks_approval"),
    )
    return {name: getattr(cause, name) for name in plain} | {
        "topics": [topic.slug for topic in cause.topics.all()],
        "countries": countries_of(cause),
        "ages": targets.get("age", []),
        "genders": targets.get("gender", []),
        "interests": targets.get("interest", []),
    }


def countries_of(cause: Cause) -> list[str]:
    """Where those who should hear it live: as the brief lists them, and as its audience names them."""
    targets = sorted(cause.targets.all(), key=lambda target: target.pk)
    return list(dict.fromkeys([*cause.countries, *(t.key for t in targets if t.dimension == "country")]))
