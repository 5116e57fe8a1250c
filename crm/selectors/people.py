"""Who somebody is to us: whether one may write to them, who listens to them, what was decided about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, Model, OuterRef

from crm import keyring
from crm.models import (
    Address,
    AudienceShare,
    Influencer,
    InfluencerAlias,
    Representation,
    SocialAccount,
    Suppression,
    VettingCheck,
)

_TOP = 5
_DOZEN = 12


# One look into the index for each that there is, whatever the number of rows.
_EACH = """
WITH RECURSIVE found AS (
  (SELECT min({column}) AS code FROM {table} WHERE {column} > '' AND {which})
  UNION ALL
  SELECT (SELECT min({column}) FROM {table} WHERE {column} > found.code AND {which}) FROM found WHERE code IS NOT NULL
)
SELECT code FROM found WHERE code IS NOT NULL
"""


def countries() -> list[str]:
    """Codes of the countries that somebody comes from."""
    return _each(Influencer, "country", "true")


def audience_countries() -> list[str]:
    """Codes of the countries that somebody's audience is known to live in."""
    return _each(AudienceShare, "key", "is_newest AND dimension = 'country'")


def _each(model: type[Model], column: str, which: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_EACH.format(table=model._meta.db_table, column=column, which=which))
        return [code for (code,) in cursor.fetchall()]


def by_size(influencer: Influencer) -> list[SocialAccount]:
    """Their accounts, the one with most followers first."""
    return sorted(influencer.accounts.all(), key=lambda account: (-(account.followers or 0), account.pk))


def ids_elsewhere(influencer: Influencer) -> list[str]:
    """By which ids other places know somebody: their own, and those of profiles that were merged into theirs."""
    former = InfluencerAlias.objects.filter(influencer=influencer).order_by("pk").values_list("external_id", flat=True)
    return [name for name in (influencer.external_id, *former) if name]


def subjects(influencer: Influencer) -> list[str]:
    """What suppressions keep of a person: keyed hashes of their addresses and of their accounts."""
    accounts = influencer.accounts.all()
    named = [f"{a.platform}:{name}" for a in accounts for name in (a.platform_id, a.handle_key) if name]
    return [
        *(address.digest for address in influencer.addresses.all()),
        *(keyring.digest("account", name) for name in named),
    ]


@dataclass(frozen=True)
class AddressStanding:
    """An address, and what speaks against writing to it as a code: said_no, bounced, no_basis, needs_consent,
    no_source.
    """

    address: Address
    objection: str
    suppression: Suppression | None


@dataclass(frozen=True)
class Standing:
    """Whether one may write to somebody: "yes" by mail, "agent" by mail to theirs, "by_hand", "no", "nowhere"."""

    code: str
    addresses: tuple[AddressStanding, ...] = ()
    suppression: Suppression | None = None

    @property
    def objections(self) -> list[str]:
        return list(dict.fromkeys(standing.objection for standing in self.addresses if standing.objection))


def standings(people: Iterable[Influencer], *, at: datetime) -> dict[int, Standing]:
    """May we write to them? Two queries for all of them, beside their addresses and accounts (prefetch those)."""
    people = list(people)
    subjects_of = {person.pk: subjects(person) for person in people}
    with_agents = _with_agents(people, at=at)
    wanted = {subject for those in subjects_of.values() for subject in those}
    said = Suppression.objects.filter(subject__in=wanted, created_at__lte=at).order_by("-created_at")
    no: dict[str, Suppression] = {}  # what somebody said comes before what a mail server did; of each the oldest
    for suppression in sorted(said, key=lambda each: each.reason != Suppression.Reason.BOUNCED):
        no[suppression.subject] = suppression
    return {person.pk: _standing(person, subjects_of[person.pk], no, person.pk in with_agents) for person in people}


def _with_agents(people: Iterable[Influencer], *, at: datetime) -> set[int]:
    """Those whose agent has an address one may write to."""
    usable = Address.objects.usable(at=at).filter(influencer=OuterRef("agent"))
    spoken_for = Representation.objects.current().filter(Exists(usable), influencer__in=people)
    return set(spoken_for.values_list("influencer", flat=True))


def _standing(person: Influencer, named: list[str], no: dict[str, Suppression], has_agent: bool) -> Standing:
    addresses = tuple(_address(address, no.get(address.digest)) for address in person.addresses.all())
    said = (no[subject] for subject in named if subject in no)
    if refusal := next((each for each in said if each.reason in Suppression.SAID), None):
        return Standing("no", addresses, refusal)
    if any(not standing.objection for standing in addresses):
        return Standing("yes", addresses)
    if has_agent:
        return Standing("agent", addresses)
    return Standing("by_hand" if person.accounts.all() else "nowhere", addresses)


def _address(address: Address, suppression: Suppression | None) -> AddressStanding:
    """The same conditions, one by one, as AddressQuerySet.usable has in SQL."""
    objection = ""
    if suppression:
        objection = "said_no" if suppression.reason in Suppression.SAID else "bounced"
    elif not address.basis:
        objection = "no_basis"
    elif address.basis != Address.Basis.CONSENT and address.kind != Address.Kind.PROFESSIONAL:
        objection = "needs_consent"
    elif not address.source:
        objection = "no_source"
    return AddressStanding(address, objection, suppression)


@dataclass(frozen=True)
class Audience:
    """Who listens, in one respect: the largest parts, as one source saw them on one account."""

    dimension: str
    account: SocialAccount
    observed_at: datetime
    source: str
    shares: Sequence[AudienceShare]


def audience(influencer: Influencer) -> list[Audience]:
    """The newest reading of each dimension, of the account with most followers that has one."""
    accounts = by_size(influencer)
    rows = AudienceShare.objects.filter(account__in=accounts).order_by("-observed_at")
    readings: dict[tuple[str, int], list[AudienceShare]] = {}
    for row in rows:
        kept = readings.setdefault((row.dimension, row.account_id), [])
        if not kept or kept[0].observed_at == row.observed_at:
            kept.append(row)
    return [
        _audience(account, readings[dimension, account.pk])
        for dimension in ("country", "age", "gender", "language")
        if (account := next((a for a in accounts if (dimension, a.pk) in readings), None))
    ]


def _audience(account: SocialAccount, rows: list[AudienceShare]) -> Audience:
    largest = sorted(rows, key=lambda row: (row.share is None, -(row.share or 0), row.key))[:_TOP]
    if rows[0].dimension == AudienceShare.Dimension.AGE:
        largest.sort(key=lambda row: row.key)
    return Audience(rows[0].dimension, account, rows[0].observed_at, rows[0].source, largest)


def representation(influencer: Influencer) -> dict[str, Any]:
    """Who speaks for them, and for whom they speak: a dozen of those, and how many more there are."""
    represents = influencer.represents.current()
    shown = list(represents.select_related("influencer").order_by("influencer__sort_name", "pk")[:_DOZEN])
    return {
        "represented_by": influencer.representations.current().select_related("agent").order_by("pk"),
        "represents": shown,
        "represents_more": represents.count() - len(shown) if len(shown) == _DOZEN else 0,
    }


def vettings(influencer: Influencer) -> list[VettingCheck]:
    """The verdict that holds for each cause, by the name of the cause."""
    checks = influencer.vettings.order_by("cause", "-at", "-pk").distinct("cause").select_related("cause", "by")
    return sorted(checks, key=lambda check: (check.cause.name, check.cause_id))


def next_step(standing: Standing, verdicts: Sequence[VettingCheck], *, has_causes: bool) -> str:
    """What to do about somebody, as a code: nothing, find_address, add_cause, vet, start, another_cause (refused)."""
    if standing.code in {"no", "nowhere"}:
        return "nothing" if standing.code == "no" else "find_address"
    if not has_causes:
        return "add_cause"
    if any(check.verdict == VettingCheck.Verdict.CLEARED for check in verdicts):
        return "start"
    return "another_cause" if verdicts else "vet"
