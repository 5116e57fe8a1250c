"""How a first message begins: from a text that somebody picks, or by hand, from the text that its reader would get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm
from crm.errors import DomainError
from crm.words import say_code
from outreach import rendering, selectors, versions, words
from outreach.models import MessageTemplate, Outreach
from outreach.services import campaigns, drafts


class WriteForm(StaffForm):
    template = forms.ModelChoiceField(
        MessageTemplate.objects.none(), label=gettext_lazy("Template"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, templates: Sequence[MessageTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template"]
        field.queryset = MessageTemplate.objects.filter(pk__in=[template.pk for template in templates])
        field.choices = [(each.pk, _called(each)) for each in templates]
        field.initial = templates[0].pk if templates else None


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
        template, _remarks = campaigns.choose_template(name=name, reader=reader, cause=outreach.campaign.cause)
    except DomainError:
        language = next(iter(reader.languages), settings.LANGUAGE_CODE)
        return Beginning("", "", versions.Version(language, versions.register_in(language, reader.register)))
    return Beginning(template.subject, template.body, template.version)


def templates_for(outreach: Outreach, *, at: datetime) -> list[MessageTemplate]:
    """All, those first that they would get: by name, the version that its reader reads."""
    templates = list(MessageTemplate.objects.order_by("name", "language", "register", "pk"))
    if outreach.influencer is None:
        return templates
    reader = drafts.reader_of(outreach, at=at)
    chosen: dict[int, bool] = {}
    for name in dict.fromkeys(template.name for template in templates):
        try:
            template, remarks = campaigns.choose_template(name=name, reader=reader, cause=outreach.campaign.cause)
        except DomainError:
            continue
        chosen[template.pk] = bool(remarks)  # whose own version comes before what is fallen back on
    return sorted(templates, key=lambda template: (template.pk not in chosen, chosen.get(template.pk, True)))


def why_by_hand(outreach: Outreach) -> str:
    """Why no text could be filled in for them; blank where none was tried or one was written."""
    kept = outreach.unwritten
    return say_code(kept["code"], kept["params"]) if kept else ""
