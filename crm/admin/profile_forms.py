"""The forms of a person's page: the profile itself, an address, a verdict, somebody new."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm import words
from crm.admin.base import StaffForm
from crm.admin.fields import (
    CodeField,
    CodesField,
    ParsedField,
    WordsField,
    countries,
    keep_initial,
    languages,
    timezones,
    topics,
    web_address,
)
from crm.errors import DomainError
from crm.formats.cells import clean_hashtag
from crm.formats.rows import AccountReading, InfluencerRow
from crm.handles import clean_email, clean_handle, profile_url
from crm.models import Address, Cause, Influencer, Platform, VettingCheck

_PLATFORMS = [("", "—"), *Platform.choices]
_BASES = [choice for choice in Address.Basis.choices if choice[0] != Address.Basis.CONSENT]
_LATER = _("Consent is recorded on the profile afterwards, with its proof.")


class ReachForm(StaffForm):
    """Where somebody is: an account and an e-mail address, both optional."""

    platform = forms.ChoiceField(label=_("Platform"), choices=_PLATFORMS, required=False)
    handle = forms.CharField(
        label=_("Handle"), max_length=500, required=False, help_text=_("Such as @amina.dives, or the link to the page.")
    )
    email = ParsedField(parse=clean_email, label=_("E-mail address"), max_length=254, required=False)
    email_kind = forms.ChoiceField(
        label=_("Kind of address"), choices=Address.Kind.choices, initial=Address.Kind.PROFESSIONAL, required=False
    )
    basis = forms.ChoiceField(label=_("Legal basis"), choices=_BASES, required=False, help_text=_LATER)
    email_source = forms.CharField(
        label=_("Where we have it from"),
        max_length=500,
        required=False,
        help_text=_("The first message says so. Without it, nothing is sent there."),
    )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        platform, handle = said.get("platform"), said.get("handle")
        if bool(platform) != bool(handle):
            self.add_error("handle" if platform else "platform", _("A platform and a handle go together."))
        elif platform and handle:
            try:
                said["handle"] = clean_handle(platform, handle)
            except DomainError as error:
                self.add_error("handle", words.say(error))
        return said

    def reach(self) -> dict[str, Any]:
        """These fields as a row says them."""
        said = self.cleaned_data
        platform, handle = said["platform"], said["handle"]
        accounts = (AccountReading(platform, handle, url=profile_url(platform, handle)),) if platform else ()
        email = {name: said[name] for name in ("email", "email_kind", "basis", "email_source")} if said["email"] else {}
        return {"accounts": accounts, **email}


class AddForm(ReachForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    groups = [
        (_("Who"), ["name", "platform", "handle"]),
        (_("E-mail (optional)"), ["email", "email_kind", "basis", "email_source"]),
    ]

    def profile(self) -> InfluencerRow:
        return InfluencerRow(line=0, name=self.cleaned_data["name"], **self.reach())


class ProfileForm(ReachForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Influencer.Kind.choices)
    language = CodeField(offers=languages, label=_("Language to write in"))
    languages = CodesField(offers=languages, name=words.language, label=_("Languages they post in"))
    register = forms.ChoiceField(
        label=_("Form of address"),
        choices=Influencer.Register.choices,
        required=False,
        help_text=_("In languages that tell them apart, such as French: tu or vous. Not known is read as formal."),
    )
    country = CodeField(offers=countries, label=_("Country"))
    city = forms.CharField(label=_("City"), max_length=200, required=False)
    timezone = CodeField(
        offers=timezones,
        label=_("Time zone"),
        help_text=_("Messages arrive in their working hours."),
    )
    bio = forms.CharField(
        label=_("About them"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    topics = CodesField(offers=topics, label=_("Topics"))
    hashtags = WordsField(parse=clean_hashtag, label=_("Hashtags"))
    notes = forms.CharField(
        label=_("Notes"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For the team. They may ask to read it: write what you would say to them."),
    )
    groups = [
        (_("Who"), ["name", "kind", "bio", "topics", "hashtags"]),
        (_("Where, and in which language"), ["language", "languages", "register", "country", "city", "timezone"]),
        (_("Add an account"), ["platform", "handle"]),
        (_("Add an e-mail address"), ["email", "email_kind", "basis", "email_source"]),
        (_("For the team"), ["notes"]),
    ]

    def __init__(self, *args: Any, person: Influencer, may_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, initial=_said(person), **kwargs)
        keep_initial(self)
        if not may_address:
            dropped = ("email", "email_kind", "basis", "email_source")
            self.groups = [group for group in self.groups if group[1][0] not in dropped]

    def profile(self) -> InfluencerRow:
        said = self.cleaned_data
        spoken = tuple(dict.fromkeys(filter(None, [said["language"], *said["languages"]])))
        names = ("name", "kind", "country", "city", "timezone", "bio", "topics", "hashtags", "notes")
        return InfluencerRow(line=0, languages=spoken, **{name: said[name] for name in names}, **self.reach())


def _said(person: Influencer) -> Mapping[str, Any]:
    plain = (
        "name",
        "kind",
        "language",
        "languages",
        "register",
        "country",
        "city",
        "timezone",
        "bio",
        "hashtags",
        "notes",
    )
    return {name: getattr(person, name) for name in plain} | {"topics": [topic.slug for topic in person.topics.all()]}


class AddressForm(StaffForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Address.Kind.choices, widget=forms.RadioSelect)
    basis = forms.ChoiceField(
        label=_("Legal basis"),
        choices=Address.Basis.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("A personal address needs consent."),
    )
    proof = forms.CharField(
        label=_("Proof of consent"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("When, where and in which words they consented. Needed where consent is recorded anew."),
    )
    source = forms.CharField(
        label=_("Where we have it from"),
        max_length=500,
        required=False,
        help_text=_("Such as: the contact page of her website. The first message says so."),
    )
    source_url = ParsedField(parse=web_address, label=_("Link to the source"), max_length=500, required=False)


class CauseChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Cause) -> str:
        return obj.name


class VetForm(StaffForm):
    cause = CauseChoice(Cause.objects.none(), label=_("For which cause"), empty_label=_("Choose a cause"))
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[
            (VettingCheck.Verdict.CLEARED, _("Clear: they may be written to for this cause")),
            (VettingCheck.Verdict.REFUSED, _("Refuse: they are left out of its lists, and nothing is sent")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you read or saw. It is kept with the verdict."),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].queryset = Cause.objects.order_by("name", "pk")  # type: ignore[attr-defined]
