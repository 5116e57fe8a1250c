"""How a first message begins: from a text that somebody picks, or by hand, from the text that its reader would get."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm
from crm.errors import DomainError
from crm.words import say_code
from outreach import rendering, selectors, versions, words
from outreach.models import MessageTemplate, Outreach
from outreach.services import campaigns, drafts


@dataclass(frozen=True)
class Texts:
    theirs: list[MessageTemplate]
    others: list[MessageTemplate]

    @property
    def all(self) -> list[MessageTemplate]:
        return [*self.theirs, *self.others]


class WriteForm(StaffForm):
    template = forms.ModelChoiceField(MessageTemplate.objects.none(), label=gettext_lazy("Template"), empty_label=None)

    def __init__(self, *args: Any, texts: Texts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template"]
        field.queryset = MessageTemplate.objects.filter(pk__in=[template.pk for template in texts.all])
        groups = [(_("As they read it"), texts.theirs), (_("Other versions"), texts.others)]
        field.choices = [(name, [(each.pk, _called(each)) for each in some]) for name, some in groups if some]
        field.initial = texts.all[0].pk if texts.all else None


def _called(template: MessageTemplate) -> str:
    return f"{template.name} · {words.version(template.language, template.register)}"


class ComposeForm(StaffForm):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=rendering.MAX_SUBJECT)
    body = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 20}), max_length=rendering.MAX_TEMPLATE_BYTES
    )

    class Media:
        js = ["outreach/outreach.js"]


@dataclass(frozen=True)
class Beginning:
    """What a message by hand begins from, in the version it is written in."""

    subject: str
    body: str
    version: versions.Version


def beginning(outreach: Outreach, *, at: datetime) -> Beginning:
    """The version that they would read of the text that could not be filled in, or of the first there is; else nothing,
    in their language. Raises DomainError: message_without_person.
    """
    reader = drafts.reader_of(outreach, at=at)
    name = outreach.unwritten.get("text") or next(iter(selectors.text_names()), "")
    try:
        template, _ignored = campaigns.choose_template(name=name, reader=reader, cause=outreach.campaign.cause)
    except DomainError:
        language = next(iter(reader.languages), settings.LANGUAGE_CODE)
        return Beginning("", "", versions.Version(language, versions.register_in(language, reader.register)))
    return Beginning(template.subject, template.body, template.version)


def texts_for(outreach: Outreach, *, at: datetime) -> Texts:
    """All there are: of each name the version that their reader reads, and the others."""
    templates = list(MessageTemplate.objects.order_by("name", "language", "register", "pk"))
    if outreach.influencer is None:
        return Texts([], templates)
    reader = drafts.reader_of(outreach, at=at)
    chosen: dict[int, bool] = {}
    for name in dict.fromkeys(template.name for template in templates):
        try:
            template, remarks = campaigns.choose_template(name=name, reader=reader, cause=outreach.campaign.cause)
        except DomainError:
            continue
        chosen[template.pk] = bool(remarks)
    theirs = [template for template in templates if template.pk in chosen]
    return Texts(
        sorted(theirs, key=lambda template: chosen[template.pk]),  # what is fallen back on comes last
        [template for template in templates if template.pk not in chosen],
    )


def what_is_missing(outreach: Outreach) -> str:
    """The same without advice, for a list: "no post of theirs about the cause is known"."""
    names = outreach.unwritten.get("params", {}).get("names")
    return words.unknown(names) if names else why_by_hand(outreach)


def why_by_hand(outreach: Outreach) -> str:
    """Why no text could be filled in for them; blank where none was tried or one was written."""
    kept = outreach.unwritten
    return say_code(kept["code"], kept["params"]) if kept else ""
