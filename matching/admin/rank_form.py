"""What is asked before a list is ranked: for which cause, and whom to consider at all."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from crm import words as crm_words
from crm.admin.base import StaffForm
from crm.admin.fields import Choices, CodeField, countries, languages
from crm.errors import DomainError
from crm.formats.audience import AGES, GENDERS
from crm.handles import parse_rate
from crm.models import Cause, Platform
from matching.services import match_lists

PLATFORMS = [("", _("All platforms")), *Platform.choices]
_DIMENSIONS = ("country", "age", "gender")
_PARTS = ("min_engagement", *(f"audience_{dimension}_share" for dimension in _DIMENSIONS))


class PartField(forms.CharField):
    """A part of a whole in per cent, as people write it: 3,5 or 3.5 % -> 0.035."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> float | None:
        text = super().clean(value)
        try:
            return parse_rate(text, unit="percent") if text else None
        except DomainError as error:
            raise forms.ValidationError(crm_words.say(error)) from error


def _ages() -> Choices:
    return [("", str(_("All ages"))), *((age, crm_words.trait("age", age)) for age in AGES)]


def _genders() -> Choices:
    return [("", str(_("All genders"))), *((code, crm_words.gender(code)) for code in GENDERS)]


def as_asked(filters: match_lists.Filters) -> dict[str, Any]:
    """What somebody typed to ask for these."""
    return {
        name: formats.localize(round(100 * value, 6)) if name in _PARTS and value is not None else value
        for name, value in asdict(filters).items()
    }


class RankForm(StaffForm):
    is_paired = True
    cause = forms.ModelChoiceField(Cause.objects.none(), label=_("Cause"))
    limit = forms.IntegerField(label=_("How many to show"), initial=100, min_value=1, max_value=match_lists.MAX_LIMIT)
    platform = forms.ChoiceField(label=_("Platform"), choices=PLATFORMS, required=False)
    country = CodeField(label=_("Country of the influencer"), offers=countries)
    language = CodeField(label=_("Language they post in"), offers=languages)
    min_followers = forms.IntegerField(label=_("Followers, at least"), min_value=0, required=False)
    max_followers = forms.IntegerField(label=_("Followers, at most"), min_value=0, required=False)
    min_engagement = PartField(label=_("Engagement, at least (%)"))
    audience_country = CodeField(label=_("Audience in"), offers=countries)
    audience_country_share = PartField(label=_("Share of the audience there, at least (%)"))
    audience_age = forms.ChoiceField(label=_("Audience aged"), choices=_ages, required=False)
    audience_age_share = PartField(label=_("Share of the audience of that age, at least (%)"))
    audience_gender = forms.ChoiceField(label=_("Audience: gender"), choices=_genders, required=False)
    audience_gender_share = PartField(label=_("Share of the audience of that gender, at least (%)"))
    is_cleared = forms.BooleanField(label=_("Only whom vetting cleared for this cause"), required=False)
    rested_days = forms.IntegerField(
        label=_("Nobody contacted in the last … days"), min_value=1, max_value=match_lists.MOST_DAYS, required=False
    )
    is_new = forms.BooleanField(label=_("Nobody who stands in this cause’s last list"), required=False)
    groups = [
        (_("For which cause?"), ["cause", "limit"]),
        (
            _("Only consider (optional)"),
            ["platform", "min_engagement", "country", "language", "min_followers", "max_followers"],
        ),
        (_("Whom they reach (optional)"), [f"audience_{d}{part}" for d in _DIMENSIONS for part in ("", "_share")]),
        (_("Where we stand with them (optional)"), ["rested_days", "is_cleared", "is_new"]),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].queryset = Cause.objects.order_by("name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        for dimension in _DIMENSIONS:
            if said.get(f"audience_{dimension}_share") is not None and not said.get(f"audience_{dimension}"):
                self.add_error(f"audience_{dimension}", _("Say whom."))
        return said
