"""One stored row that a reason rests on: what it says, when, by whose word, and where it is to be found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from crm import words as crm_words
from crm.models import AccountSnapshot, Activity, AudienceShare, Influencer, Post, SocialAccount
from matching.models import RelevanceLabel
from matching.ranking import shared
from matching.words import evidence as words

Kind = Literal["post", "audience", "snapshot", "account", "activity", "outcome", "profile"]


@dataclass(frozen=True)
class Evidence:
    """One stored row. `id`: opaque, the same wherever the row is named. `date`: when it was posted, seen or done; None
    of a profile, which has none, and of what is gone. `text`: what it says; `parts`: that in turn plain and telling,
    where the cause says it, too. `where`: which account. `url`: on the platform. `place`: on the person's page, behind
    its address. `note`: what became of the row since.
    """

    kind: Kind
    id: str
    date: datetime | None
    text: str
    source: str = ""
    where: str = ""
    url: str = ""
    parts: tuple[str, ...] = ()
    place: str = ""
    note: str = ""
    is_estimate: bool = False
    is_gone: bool = False

    def as_dict(self, *, is_quoted: bool) -> dict[str, Any]:
        """For programs. `is_quoted`: with what the row says and where on the platform it is, which names the person."""
        date = self.date.isoformat() if self.date else None
        told = {"kind": self.kind, "id": self.id, "date": date, "source": self.source}
        quoted = {"text": self.text, "url": self.url} if is_quoted else {}
        return told | {"is_estimate": self.is_estimate, "is_gone": self.is_gone} | quoted


@dataclass(frozen=True)
class Witness:
    """Tells of rows. `name`: the keyed hash that ids are made of."""

    name: Callable[[str], str]

    def post(self, post: Post, parts: tuple[str, ...] = (), *, note: str = "") -> Evidence:
        parts = parts or shared.cut(said(post))
        return Evidence(
            kind="post",
            id=self._id("post", post.pk),
            date=post.published_at,
            text="".join(parts),
            source=post.source,
            where=words.where(post.account),
            url=post.url,
            parts=parts,
            place=f"?post={post.pk}#post-{post.pk}",
            note=note,
        )

    def share(self, share: AudienceShare) -> Evidence:
        return Evidence(
            kind="audience",
            id=self._id("audience", share.pk),
            date=share.observed_at,
            text=words.part(share),
            source=share.source,
            where=words.where(share.account),
            place="#audience",
            note="" if share.is_newest else words.replaced(),
        )

    def snapshot(self, seen: AccountSnapshot, text: str) -> Evidence:
        return Evidence(
            kind="snapshot",
            id=self._id("snapshot", seen.pk),
            date=seen.observed_at,
            text=text,
            source=seen.source,
            where=words.where(seen.account),
            place="#growth",
            is_estimate=seen.is_estimate,
        )

    def account(self, account: SocialAccount, seen: AccountSnapshot | None) -> Evidence:
        told: Any = seen or account
        is_estimate = bool(seen and seen.is_estimate)
        return Evidence(
            kind="account",
            id=self._id("account", account.pk),
            date=told.observed_at,
            text=words.followers(told.followers, is_estimate=is_estimate),
            source=told.source,
            where=words.where(account),
            url=account.url,
            place="#accounts",
            is_estimate=is_estimate,
        )

    def activity(self, activity: Activity) -> Evidence:
        return Evidence(
            kind="activity",
            id=self._id("activity", activity.pk),
            date=activity.at,
            text=crm_words.happened(activity, with_addresses=False),
            place="#happened",
        )

    def outcome(self, label: RelevanceLabel) -> Evidence:
        return Evidence(
            kind="outcome",
            id=self._id("outcome", label.pk),
            date=label.at,
            text=words.actions(label),
            place="#happened",
        )

    def profile(
        self, person: Influencer, text: str, *, parts: tuple[str, ...] = (), place: str = "", note: str = ""
    ) -> Evidence:
        return Evidence(
            kind="profile",
            id=str(person.public_id),
            date=None,
            text=text,
            parts=parts,
            place=place,
            note=note,
        )

    def gone(self, kind: Kind, keys: Sequence[int]) -> Evidence:
        return Evidence(kind, self._id(kind, keys[0]), None, words.gone(kind, len(keys)), is_gone=True)

    def _id(self, kind: Kind, key: int) -> str:
        """What stays the same and tells nobody how many there are."""
        return self.name(f"{kind}:{key}").partition(":")[2][:32]


def said(post: Post) -> str:
    """The text, with those hashtags that do not stand in it."""
    text = post.text.casefold()
    return " ".join([post.text, *(f"#{tag}" for tag in post.hashtags if f"#{tag.casefold()}" not in text)]).strip()
