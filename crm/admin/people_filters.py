"""What the list of influencers can be narrowed to: each filter is a small form, and says what it hides where it can."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm import selectors, words
from crm.admin.fields import Choices, languages, topics
from crm.admin.list_filters import FormFilter, Hidden, NumberField, PercentField, SelectField
from crm.formats.audience import AGES, GENDERS
from crm.handles import sort_key
from crm.models import Cause, Influencer, Platform, VettingCheck
from crm.models.influencer import InfluencerQuerySet

RESTED = timedelta(days=60)  # as long as we ask nobody twice


def _countries() -> Choices:
    return _named(selectors.countries())


def _countries_of_audiences() -> Choices:
    return _named(selectors.audience_countries())


def _named(codes: Iterable[str]) -> Choices:
    return sorted(((code, words.country(code)) for code in codes), key=lambda pair: sort_key(pair[1]))


def _causes() -> Choices:
    return [(cause.slug, cause.name) for cause in Cause.objects.only("slug", "name").order_by("name", "pk")]


class AccountForm(forms.Form):
    platform = SelectField(label=_("Platform"), offers=lambda: [(code, str(name)) for code, name in Platform.choices])
    followers__gte = NumberField(label=_("Followers from"), span=3)
    followers__lte = NumberField(label=_("Followers to"), span=3)
    engagement_percent = PercentField(label=_("Engagement, at least (%)"))


class AccountFilter(FormFilter):
    title = _("account")
    form_class = AccountForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        return people.with_account(
            platform=said["platform"],
            followers_gte=said["followers__gte"],
            followers_lte=said["followers__lte"],
            engagement_gte=said["engagement_percent"],
        )


class CountryForm(forms.Form):
    country = SelectField(label=_("Country"), offers=_countries)


class CountryFilter(FormFilter):
    title = _("country")
    form_class = CountryForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        return people.filter(country=said["country"])


class LanguageForm(forms.Form):
    language = SelectField(label=_("Language"), offers=languages)


class LanguageFilter(FormFilter):
    title = _("language")
    form_class = LanguageForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        return people.filter(languages__contains=[said["language"]])


class TopicForm(forms.Form):
    topic = SelectField(label=_("Topic"), offers=topics)


class TopicFilter(FormFilter):
    title = _("topic")
    form_class = TopicForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        return people.on_topic(said["topic"])


class AudienceForm(forms.Form):
    audience_age = SelectField(
        label=_("Audience aged"), span=4, offers=lambda: [(age, words.trait("age", age)) for age in AGES]
    )
    audience_age_percent = PercentField(label=_("min. %"), span=2)
    audience_country = SelectField(label=_("Audience in"), span=4, offers=_countries_of_audiences)
    audience_country_percent = PercentField(label=_("min. %"), span=2)
    audience_gender = SelectField(
        label=_("Audience: gender"),
        span=4,
        offers=lambda: [(code, words.gender(code)) for code in GENDERS],
    )
    audience_gender_percent = PercentField(label=_("min. %"), span=2)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        for dimension in ("age", "country", "gender"):
            if said.get(f"audience_{dimension}_percent") is not None and not said.get(f"audience_{dimension}"):
                self.add_error(f"audience_{dimension}", _("Say whom."))
        return said


class AudienceFilter(FormFilter):
    title = _("audience")
    form_class = AudienceForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        for dimension in ("age", "country", "gender"):
            if key := said[f"audience_{dimension}"]:
                people = people.heard_by(dimension=dimension, key=key, share=said[f"audience_{dimension}_percent"])
        return people


class VettingForm(forms.Form):
    vetting = SelectField(
        label=_("Vetting"),
        offers=lambda: [
            *((code, str(label)) for code, label in VettingCheck.Verdict.choices),
            ("none", str(_("nobody has looked"))),
        ],
    )
    cause = SelectField(label=_("For the cause"), offers=_causes, blank=_("any"))


class VettingFilter(FormFilter):
    title = _("vetting")
    form_class = VettingForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        cause = Cause.objects.get(slug=said["cause"]) if said["cause"] else None
        if said["vetting"] == "none":
            return people.not_vetted(cause=cause)
        return people.vetted(verdict=said["vetting"], cause=cause)


class ContactForm(forms.Form):
    contact = SelectField(
        label=_("Last contact"),
        offers=lambda: [
            ("never", str(_("never"))),
            ("rested", str(_("not in the last 60 days"))),
            ("recent", str(_("in the last 60 days"))),
        ],
    )


class ContactFilter(FormFilter):
    title = _("last contact")
    form_class = ContactForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        since = timezone.now() - RESTED
        if said["contact"] == "never":
            return people.never_contacted()
        return people.last_contacted(**{"before" if said["contact"] == "rested" else "after": since})

    def hidden(self, people: InfluencerQuerySet, said: dict[str, Any]) -> Hidden | None:
        if said["contact"] != "rested":
            return None
        return (
            people.last_contacted(after=timezone.now() - RESTED),
            lambda count, number: (
                ngettext(
                    "%(number)s hidden: contacted in the last 60 days",
                    "%(number)s hidden: contacted in the last 60 days",
                    count,
                )
                % {"number": number}
            ),
        )


class ContactableForm(forms.Form):
    contactable = SelectField(
        label=_("May we write?"),
        offers=lambda: [("yes", str(_("one we may write to"))), ("no", str(_("none we may write to")))],
    )


class ContactableFilter(FormFilter):
    title = _("address")
    form_class = ContactableForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        return people.filter(is_contactable=said["contactable"] == "yes")

    def hidden(self, people: InfluencerQuerySet, said: dict[str, Any]) -> Hidden | None:
        if said["contactable"] != "yes":
            return None
        return (
            people.filter(is_contactable=False),
            lambda count, number: (
                ngettext(
                    "%(number)s hidden: no address we may write to",
                    "%(number)s hidden: no address we may write to",
                    count,
                )
                % {"number": number}
            ),
        )


class KindForm(forms.Form):
    kind = SelectField(label=_("Kind"), offers=lambda: [(code, str(label)) for code, label in Influencer.Kind.choices])


class KindFilter(FormFilter):
    title = _("kind")
    form_class = KindForm

    def narrow(self, people: InfluencerQuerySet, said: dict[str, Any]) -> InfluencerQuerySet:
        return people.filter(kind=said["kind"])


FILTERS: tuple[type[FormFilter], ...] = (
    AccountFilter,
    CountryFilter,
    LanguageFilter,
    TopicFilter,
    AudienceFilter,
    VettingFilter,
    ContactFilter,
    ContactableFilter,
    KindFilter,
)
