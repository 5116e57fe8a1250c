"""What lists of people are searched, narrowed and sorted by. Every question here is answered by an index.

Questions about other tables are EXISTS, never joins: nobody stands in a list twice, and the order of the list is kept.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Coalesce

from crm.handles import search_query, sort_key, words

if TYPE_CHECKING:
    from crm.models.cause import Cause

_Person = TypeVar("_Person", bound=models.Model)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
UNKNOWN_SIZE = -1
_BY_MAIL = 200  # people whom the beginning of an address may find beside those of that name
_WORDS = 8  # of a name that are looked at
_SHORTEST = 3  # letters of an address before it is looked for


def last_contact() -> Coalesce:
    """When somebody was last written to, as a key to sort and narrow by: a long time ago where that was never."""
    return Coalesce("last_contacted_at", models.Value(NEVER, output_field=models.DateTimeField()))


def search_column() -> models.GeneratedField:
    """The words of search_text: of its first line with weight A, of its second with D."""
    lines = [
        models.Func(models.F("search_text"), models.Value("\n"), models.Value(n), function="split_part",
                    output_field=models.TextField()) for n in (1, 2)
    ]  # fmt: skip
    named, said = (
        SearchVector(line, config="simple", weight=weight) for line, weight in zip(lines, ("A", "D"), strict=True)
    )
    return models.GeneratedField(expression=named + said, output_field=SearchVectorField(), db_persist=True)


class SearchableQuerySet(models.QuerySet[_Person]):
    def matching(self, text: str, *, with_addresses: bool, weights: str = "") -> Self:
        """Those who have words that begin like the words typed, in their name, handles or bio; blank finds everybody.

        `with_addresses`: for somebody who may see addresses, also those who have one that begins like this.
        """
        if not text.strip():
            return self
        query = search_query(text, weights=weights)
        found = models.Q(search=SearchQuery(query, config="simple", search_type="raw")) if query else models.Q(pk=None)
        if with_addresses and (ids := _with_address_like(text)):
            found |= models.Q(pk__in=ids)
        return self.filter(found)

    def suggested(self, text: str, *, with_addresses: bool, number: int) -> Self:
        """A few of those whose name begins like this, and its further words too; where there are not enough, also
        others who have such words in name or handles, or such an address. At once, while somebody types, however many
        there are.
        """
        begun = _name_begins_like(text)
        first = self.filter(begun).order_by("sort_name", "pk").values("pk")[:number]
        others = self.exclude(begun)._named_like(text)
        if with_addresses:
            others |= self.exclude(begun).filter(pk__in=_with_address_like(text))
        ids = first.union(others.order_by().values("pk")[:number], all=True)[:number]  # the others where there is room
        is_begun = models.ExpressionWrapper(begun, output_field=models.BooleanField())
        return self.filter(pk__in=[row["pk"] for row in ids]).order_by(is_begun.desc(), "sort_name", "pk")

    def _named_like(self, text: str) -> Self:
        long, short = (" ".join(w for w in words(text) if (len(w) > 1) is is_long) for is_long in (True, False))
        found = self.matching(long or short, with_addresses=False, weights="A") if long or short else self.none()
        if not (long and short):
            return found
        # With one letter the name of every tenth begins: the index would find them all, so it is not asked.
        name = models.Func("search", models.Value("{a}"), function="ts_filter", output_field=SearchVectorField())
        query = SearchQuery(search_query(short), config="simple", search_type="raw")
        return found.alias(name_only=name).filter(name_only=query)

    def with_account(
        self,
        *,
        platform: str = "",
        followers_gte: int | None = None,
        followers_lte: int | None = None,
        engagement_gte: float | None = None,
    ) -> Self:
        """Those who have one account that is all this."""
        from crm.models.account import SocialAccount

        asked = {
            "platform": platform or None,
            "followers__gte": followers_gte,
            "followers__lte": followers_lte,
            "engagement_rate__gte": engagement_gte,
        }
        said = {name: value for name, value in asked.items() if value is not None}
        accounts = SocialAccount.objects.filter(influencer=models.OuterRef("pk"), **said)
        return self.filter(models.Exists(accounts)) if said else self

    def heard_by(self, *, dimension: str, key: str, share: float | None = None) -> Self:
        """Those who have an account whose audience is of this kind, by at least this share as it was last seen."""
        from crm.models.account import AudienceShare

        heard = AudienceShare.objects.filter(
            account__influencer=models.OuterRef("pk"), is_newest=True, dimension=dimension, key=key
        )
        return self.filter(models.Exists(heard if share is None else heard.filter(share__gte=share)))

    def on_topic(self, slug: str) -> Self:
        """Those on this topic or on a part of it."""
        from crm.models.influencer import Influencer
        from crm.models.topic import Topic

        meant = Topic.objects.filter(models.Q(slug=slug) | models.Q(parent__slug=slug)).values_list("pk", flat=True)
        # As numbers, not as a subquery: Postgres knows how frequent each is, and where to begin.
        given = Influencer.topics.through.objects.filter(influencer=models.OuterRef("pk"), topic__in=list(meant))
        return self.filter(models.Exists(given))

    def vetted(self, *, verdict: str = "", cause: Cause | None = None) -> Self:
        """Those whose newest verdict, for this cause or for any, is this one, or whatever it is."""
        from crm.models.vetting import VettingCheck

        checks = VettingCheck.objects.filter(cause=cause) if cause else VettingCheck.objects.all()
        newer = VettingCheck.objects.filter(
            models.Q(at__gt=models.OuterRef("at")) | models.Q(at=models.OuterRef("at"), pk__gt=models.OuterRef("pk")),
            influencer=models.OuterRef("influencer"),
            cause=models.OuterRef("cause"),
        )
        if verdict:
            checks = checks.filter(~models.Exists(newer), verdict=verdict)
        return self.filter(pk__in=checks.values("influencer"))

    def not_vetted(self, *, cause: Cause | None = None) -> Self:
        """Those at whom nobody has looked, for this cause or at all."""
        from crm.models.vetting import VettingCheck

        checks = VettingCheck.objects.filter(influencer=models.OuterRef("pk"))
        return self.filter(~models.Exists(checks.filter(cause=cause) if cause else checks))

    def last_contacted(self, *, after: datetime | None = None, before: datetime | None = None) -> Self:
        """Those last written to after this instant; or before it, which holds for whoever never was."""
        found = self.alias(contact=last_contact())
        if after:
            found = found.filter(contact__gt=after)
        return found.filter(contact__lte=before) if before else found

    def never_contacted(self) -> Self:
        return self.alias(contact=last_contact()).filter(contact=NEVER)


def _name_begins_like(text: str) -> models.Q:
    """Told by the index of names alone: "mar dup" is Marie Dupont. After one letter the words must follow at once."""
    start = sort_key(text)
    first, *others = start.split()[:_WORDS] or [""]
    if len(first) == 1:
        return models.Q(sort_name__startswith=start)
    begun = models.Q(sort_name__startswith=first) if first else models.Q(pk=None)
    for word in others:
        begun &= models.Q(sort_name__contains=f" {word}")
    return begun


def _with_address_like(text: str) -> list[int]:
    """People by the beginning of an address as a mailbox is compared: small letters, and no space within."""
    from crm.models.address import Address

    start = text.strip().casefold()
    if len(start) < _SHORTEST or " " in start or not words(start):
        return []
    local, at, domain = start.partition("@")
    starts = {start}
    if at and "gmail.com".startswith(domain.replace("googlemail", "gmail")):
        starts.add(f"{local.partition('+')[0].replace('.', '')}@{domain.replace('googlemail', 'gmail')}")
    like = models.Q()
    for each in starts:
        like |= models.Q(email_key__startswith=each)
    return list(Address.objects.filter(like).order_by("email_key").values_list("influencer", flat=True)[:_BY_MAIL])
