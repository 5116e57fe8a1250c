"""What somebody said about a cause, in their own words and fit to be quoted to them: the newest of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crm.models import Cause, Influencer, Post, Topic
from crm.portrait.conflicts import Conflicts
from crm.portrait.mentions import Ear, Subject
from crm.portrait.quotations import quote
from crm.selectors.conflicts import conflicts_of
from matching.models import Match

_READ = 200  # posts of somebody


@dataclass(frozen=True)
class Quoted:
    post: Post
    text: str


class Listener:
    """Listens for one cause: built once, asked about everybody who is to be written to."""

    def __init__(self, cause: Cause) -> None:
        topics = Topic.objects.filter(causes=cause).order_by("pk")  # not their parts: these may be far from it
        named = Subject("cause", cause.pk, {"": (cause.name,)}, cause.hashtags)
        self._ear = Ear([named, *(Subject("topic", topic.pk, topic.words) for topic in topics)])
        self._conflicts: Conflicts | None = conflicts_of([cause]).get(cause.pk)

    def newest(self, *, person: Influencer, match: Match | None, at: datetime) -> Quoted | None:
        """Of the posts that the match rests on; where these say nothing of it, of all they published in twelve months.

        Never of an advert, and of none that speaks of what the cause will not be seen with.
        """
        posts = Post.objects.recent(at=at).filter(account__influencer=person).exclude(is_advert=True)
        ordered = posts.select_related("account").order_by("-published_at", "-pk")
        rested_on = match.rows.get("posts", []) if match else []
        return self._first(ordered.filter(pk__in=rested_on)) or self._first(ordered[:_READ])

    def _first(self, posts: Iterable[Post]) -> Quoted | None:
        for post in posts:
            text = quote(self._ear, post.text, language=post.language, hashtags=post.hashtags)
            if text and not (self._conflicts and self._conflicts.are_in(post.text, post.hashtags)):
                return Quoted(post, text)
        return None
