"""What somebody published: their posts, when these do best, and what they said about what concerns us."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.models import Cause, Influencer, Post, SocialAccount, Topic
from crm.models.post import RECENT
from crm.portrait.conflicts import Conflicts
from crm.portrait.hours import Reading, Week, week
from crm.portrait.mentions import Ear, Kind, Said, Subject
from crm.portrait.zones import AudienceZone, audience_zone
from crm.selectors.conflicts import conflicts_of
from crm.selectors.people import Audience, by_size

_MOST_POSTS = 1000
_MOST_CAUSES = 50
_RIPE = timedelta(days=1)  # what was read earlier after publication had not met its public yet


def posts(influencer: Influencer) -> list[Post]:
    """The newest of all their accounts; each knows its account."""
    accounts = {account.pk: account for account in influencer.accounts.all()}
    found = list(Post.objects.filter(account__in=accounts).order_by("-published_at", "-pk")[:_MOST_POSTS])
    for post in found:
        post.account = accounts[post.account_id]
    return found


def reading(post: Post, *, followers: int | None) -> Reading | None:
    """The part of the followers that liked, commented or shared; None where that is not known, or not known yet."""
    if not followers or post.likes is None or post.observed_at - post.published_at < _RIPE:
        return None
    reactions = post.likes + (post.comments or 0) + (post.shares or 0)
    return Reading(post.published_at, reactions / followers)


@dataclass(frozen=True)
class Hours:
    """When the posts of one account do best, by the clock its audience lives by."""

    account: SocialAccount
    zone: AudienceZone
    week: Week


def hours(
    influencer: Influencer, *, published: Sequence[Post], audience: Sequence[Audience], at: datetime
) -> list[Hours]:
    """Of every account with posts of the last twelve months, the one with most of them first.

    `published`: their posts; `audience`: who listens, for the time zone where the person's own is not known.
    """
    listeners = next((part for part in audience if part.dimension == "country"), None)
    zone = audience_zone(
        own=influencer.timezone, countries=[share.key for share in listeners.shares] if listeners else []
    )
    readings: dict[int, list[Reading]] = {}
    for post in published:
        if at - RECENT < post.published_at <= at and (told := reading(post, followers=post.account.followers)):
            readings.setdefault(post.account_id, []).append(told)
    found = [Hours(a, zone, week(readings[a.pk], zone=zone.name)) for a in by_size(influencer) if a.pk in readings]
    return sorted(found, key=lambda one: -one.week.posts)


@dataclass(frozen=True)
class Mention:
    """A post that speaks of something that concerns us: the sentence, and of what."""

    post: Post
    said: Said
    causes: tuple[Cause, ...]
    topics: tuple[Topic, ...]
    conflicts: tuple[Cause, ...]  # that this does not go with


@dataclass(frozen=True)
class Spoken:
    """Of `posts` read: those that speak of a cause or a topic, the newest first; and how often of each."""

    posts: int
    mentions: tuple[Mention, ...]
    causes: tuple[tuple[Cause, int], ...]
    topics: tuple[tuple[Topic, int], ...]


def spoken(published: Sequence[Post]) -> Spoken:
    """What these posts say of our causes (by name and hashtags), of what does not go with them, and of topics."""
    causes = {cause.pk: cause for cause in Cause.objects.order_by("-created_at", "-pk")[:_MOST_CAUSES]}
    topics = {topic.pk: topic for topic in Topic.objects.all()}
    conflicts = conflicts_of(causes.values())
    ear = Ear([*_of_causes(causes.values(), conflicts), *_of_topics(topics.values())])
    mentions = []
    for post in published:
        if said := ear.hear(post.text, language=post.language, hashtags=post.hashtags):
            named: dict[Kind, list[int]] = {"cause": [], "topic": [], "conflict": []}
            for kind, key in said.subjects:
                # The ear hears the words; whether they are meant so is judged as for match lists.
                if kind != "conflict" or conflicts[key].are_in(post.text, post.hashtags):
                    named[kind].append(key)
            if not any(named.values()):
                continue
            mentions.append(
                Mention(
                    post,
                    said,
                    tuple(causes[key] for key in named["cause"]),
                    tuple(topics[key] for key in named["topic"]),
                    tuple(causes[key] for key in named["conflict"]),
                )
            )
    by_cause = Counter(cause.pk for mention in mentions for cause in mention.causes)
    by_topic = Counter(topic.pk for mention in mentions for topic in mention.topics)
    return Spoken(
        len(published),
        tuple(mentions),
        tuple((causes[key], number) for key, number in by_cause.most_common()),
        tuple((topics[key], number) for key, number in by_topic.most_common()),
    )


def _of_causes(causes: Iterable[Cause], conflicts: Mapping[int, Conflicts]) -> list[Subject]:
    found = [Subject("cause", cause.pk, {"": (cause.name,)}, cause.hashtags) for cause in causes]
    for key, those in conflicts.items():
        words = [word for subject in those.subjects for word in subject.words]
        tags = [tag for subject in those.subjects for tag in sorted(subject.hashtags)]
        found.append(Subject("conflict", key, {"": words}, tags))
    return found


def _of_topics(topics: Iterable[Topic]) -> list[Subject]:
    return [Subject("topic", topic.pk, topic.words) for topic in topics]
