"""Which stored rows the reasons of a match rest on: what was posted, seen and sent, with its date and its source.

A list is a dated fact: it remembers its rows, and what came later is none of them. What is gone since is named as gone.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from crm import keyring
from crm.handles import fold
from crm.models import Cause, Post, Topic
from crm.portrait.mentions import Ear
from matching.columns import figures
from matching.models import Match, MatchList
from matching.ranking import lexicon, shared
from matching.ranking.shared import Quotation
from matching.services.evidence_rows import Evidence, Kind, Witness, said
from matching.services.stored import Ground, grounds
from matching.words import evidence as words

_SHOWN = 3  # rows of a kind for a reason
_PARTS = 8  # parts of audiences
_SEASON = timedelta(days=90)
_TAG = re.compile(r"#(\w+)")

Found = dict[str, tuple[Evidence, ...]]  # by feature


def of(match_list: MatchList, matches: Sequence[Match], *, only: str = "") -> dict[int, Found]:
    """By match of this list and feature that has a value; `only` of this feature, where one is named. As many questions
    for many matches as for one.
    """
    wanted, witness = _Wanted(match_list.cause), Witness(keyring.digester("evidence"))
    found: dict[int, Found] = {match.pk: {} for match in matches}
    for ground in grounds(match_list, matches):
        known = [name for name, value in ground.match.values.items() if value["value"] is not None]
        teller = _Teller(match_list, ground, wanted, witness)
        for name in known:
            if name in _TELLING and only in ("", name):
                found[ground.match.pk][name] = tuple(_TELLING[name](teller))
    return found


@dataclass(frozen=True)
class _Wanted:
    """What a cause asks for, as texts are searched for it; looked up once, and only what is asked."""

    cause: Cause

    @cached_property
    def topics(self) -> list[Topic]:
        return list(self.cause.topics.order_by("slug").select_related("parent"))

    @cached_property
    def topic_slugs(self) -> set[str]:
        return {topic.slug for topic in self.topics} | {topic.parent.slug for topic in self.topics if topic.parent}

    @cached_property
    def hashtags(self) -> set[str]:
        return {fold(tag) for tag in self.cause.hashtags}

    @cached_property
    def senses(self) -> Mapping[str, float]:
        cause, words_of = self.cause, [word for topic in self.topics for said in topic.words.values() for word in said]
        subject = " ".join([*(f"#{tag}" for tag in cause.hashtags), *words_of])
        return shared.wanted(lexicon.shipped(), subject=subject, name=cause.name, brief=cause.description)

    @cached_property
    def ear(self) -> Ear:
        """Listens for every cause, whichever."""
        return figures.ear()

    def quote(self, text: str) -> Quotation:
        return shared.quote(lexicon.shipped(), text, self.senses)


@dataclass(frozen=True)
class _Teller:
    """Tells of one match which rows each feature rests on."""

    match_list: MatchList
    ground: Ground
    wanted: _Wanted
    witness: Witness

    def topic_fit(self) -> Iterable[Evidence]:
        """What they have of the cause's topics, the bio where it speaks of them, and the posts that do most."""
        if topics := self._topics():
            yield self._profile(words.topics(topics))
        bio = self.wanted.quote(self.ground.person.bio)
        if bio.weight:
            yield self._profile(bio.text, parts=bio.parts, place="#about")
        posts = self.ground.posts("posts")
        quoted = [(self.wanted.quote(said(post)), post) for post in posts]
        most = sorted(quoted, key=lambda pair: -pair[0].weight)[:_SHOWN]  # of equals the newest, as they come
        yield from (self._post(post, quotation.parts) for quotation, post in most)
        yield from self._gone("post", "posts", posts)

    def hashtag_overlap(self) -> Iterable[Evidence]:
        """Those in common and the posts that use them; where there are none, which ones they use instead."""
        own, ours = self.ground.person.hashtags, self.wanted.hashtags
        common = [tag for tag in own if fold(tag) in ours]
        if common or own:
            yield self._profile(words.hashtags(common or own[:_PARTS], in_common=bool(common)), place="#about")
        posts = self.ground.posts("posts")
        using = [post for post in posts if ours & set(map(fold, post.hashtags))]
        others = [post for post in posts if post.hashtags and not common]
        yield from (self._post(post, _marked(said(post), ours)) for post in (using or others)[:_SHOWN])
        yield from self._gone("post", "posts", posts)

    def cause_share(self) -> Iterable[Evidence]:
        """Posts that speak of a cause, by the sentence that does; where none does, the newest."""
        posts = self.ground.posts("posts")
        spoken = [
            self._post(post, heard.parts)
            for post in posts
            if (heard := self.wanted.ear.hear(post.text, language=post.language, hashtags=post.hashtags))
        ]
        yield from spoken[:_SHOWN] or self._newest(posts)
        yield from self._gone("post", "posts", posts)

    def sponsorship_load(self) -> Iterable[Evidence]:
        """Declared adverts; where there are none, the newest posts, which are none."""
        adverts = self.ground.posts("adverts")
        yield from map(self._post, adverts) if adverts else self._newest(self.ground.posts("posts"))
        yield from self._gone("post", "adverts", adverts)

    def days_since_last_post(self) -> Iterable[Evidence]:
        newest = self.ground.rows.get("posts", [])[:1]
        posts = [post for post in self.ground.posts("posts") if post.pk in newest]
        yield from map(self._post, posts)
        if newest and not posts:
            yield self.witness.gone("post", newest)

    def language_reach(self) -> Iterable[Evidence]:
        if self._is_estimated("language_reach"):
            return [self._profile(words.languages(self.ground.person.languages))]
        return self.audience("languages")

    def audience_geo(self) -> Iterable[Evidence]:
        return self.audience("mains" if self._is_estimated("audience_geo") else "countries")

    def audience(self, name: str) -> Iterable[Evidence]:
        """Parts of the audience, those of the largest account first."""
        shares = self.ground.shares(name)
        largest = sorted(shares, key=lambda share: (-(share.account.followers or 0), share.account_id))
        yield from map(self.witness.share, largest[:_PARTS])
        yield from self._gone("audience", name, shares)

    def platform_fit(self) -> Iterable[Evidence]:
        """Each account with the followers that it had been seen with."""
        accounts = self.ground.accounts()
        sizes = {seen.account_id: seen for seen in self.ground.snapshots("sizes")}
        yield from (self.witness.account(account, sizes.get(account.pk)) for account in accounts)
        yield from self._gone("account", "accounts", accounts)

    def engagement_rate(self) -> Iterable[Evidence]:
        """Readings of the account that it is told of; where no source tells it, posts with their reactions."""
        seen = self.ground.snapshots("engagement")
        yield from (self.witness.snapshot(one, words.engagement(one)) for one in seen[:_SHOWN])
        yield from self._gone("snapshot", "engagement", seen)
        if not self.ground.rows.get("engagement"):
            posts = self.ground.posts("reactions")
            yield from (self._post(post, note=words.reactions(post)) for post in posts)
            yield from self._gone("post", "reactions", posts)

    def growth_rate(self) -> Iterable[Evidence]:
        seen = self.ground.snapshots("growth")
        for one in seen:
            yield self.witness.snapshot(one, words.followers(one.followers, is_estimate=one.is_estimate))
        yield from self._gone("snapshot", "growth", seen)

    def authenticity(self) -> Iterable[Evidence]:
        """What a source held of each account's followers; nobody counts it."""
        seen = self.ground.snapshots("credible")
        yield from (replace(self.witness.snapshot(one, words.credible(one)), is_estimate=True) for one in seen)
        yield from self._gone("snapshot", "credible", seen)

    def action_rate(self) -> Iterable[Evidence]:
        """What came of it, and the messages that have had their time."""
        acts = self.ground.labels("actions")
        yield from map(self.witness.outcome, acts[:_SHOWN])
        yield from self._gone("outcome", "actions", acts)
        yield from self._activities("sent", until=self.match_list.as_of - _SEASON)

    def reply_rate(self) -> Iterable[Evidence]:
        yield from self._activities("answered")
        yield from self._activities("sent")

    def contacts_last_90d(self) -> Iterable[Evidence]:
        return self._activities("sent", since=self.match_list.as_of - _SEASON)

    # -----------------------------------------------------------------------------------------------------------------

    def _is_estimated(self, feature: str) -> bool:
        return str(self.ground.match.values[feature]["basis"]) == "estimated"

    def _topics(self) -> list[str]:
        return sorted(
            str(topic)
            for topic in self.ground.person.topics.all()
            if {topic.slug, topic.parent.slug if topic.parent else ""} & self.wanted.topic_slugs
        )

    def _newest(self, posts: Sequence[Post]) -> Iterable[Evidence]:
        return map(self._post, posts[:_SHOWN])

    def _activities(
        self, name: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterable[Evidence]:
        found = self.ground.activities(name)
        told = [one for one in found if (since is None or one.at > since) and (until is None or one.at <= until)]
        yield from map(self.witness.activity, told[:_SHOWN])
        yield from self._gone("activity", name, found)

    def _gone(self, kind: Kind, name: str, left: Sequence[Any]) -> Iterable[Evidence]:
        kept = {one.pk for one in left}
        if gone := [pk for pk in self.ground.rows.get(name, []) if pk not in kept]:
            yield self.witness.gone(kind, gone)

    def _profile(self, text: str, *, parts: tuple[str, ...] = (), place: str = "") -> Evidence:
        note = words.profile_is_new() if self.ground.is_profile_new else ""
        return self.witness.profile(self.ground.person, text, parts=parts, place=place, note=note)

    def _post(self, post: Post, parts: tuple[str, ...] = (), *, note: str = "") -> Evidence:
        rewritten = words.is_rewritten() if self.ground.is_rewritten(post) else ""
        return self.witness.post(post, parts, note=note or rewritten)


def _marked(text: str, tags: Collection[str]) -> tuple[str, ...]:
    """The text with these folded hashtags marked."""
    return shared.cut(text, [found.span() for found in _TAG.finditer(text) if fold(found[1]) in tags])


_TELLING: Mapping[str, Callable[[_Teller], Iterable[Evidence]]] = {
    "topic_fit": _Teller.topic_fit,
    "hashtag_overlap": _Teller.hashtag_overlap,
    "language_reach": _Teller.language_reach,
    "audience_geo": _Teller.audience_geo,
    "audience_age": lambda teller: teller.audience("ages"),
    "audience_gender": lambda teller: teller.audience("genders"),
    "audience_interest": lambda teller: teller.audience("interests"),
    "platform_fit": _Teller.platform_fit,
    "engagement_rate": _Teller.engagement_rate,
    "cause_share": _Teller.cause_share,
    "reply_rate": _Teller.reply_rate,
    "contacts_last_90d": _Teller.contacts_last_90d,
    "days_since_last_post": _Teller.days_since_last_post,
    "growth_rate": _Teller.growth_rate,
    "authenticity": _Teller.authenticity,
    "action_rate": _Teller.action_rate,
    "sponsorship_load": _Teller.sponsorship_load,
}
