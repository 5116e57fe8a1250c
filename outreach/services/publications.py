"""What partners published for a campaign: noted, corrected, found among the posts that files bring, and its figures.

Whatever speaks of a publication holds its row, so that two who note the same thing at once note it once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from crm.errors import DomainError
from crm.handles import code_of_id, fold, post_code, post_id, post_mark, post_platform, safe_url
from crm.models import Platform, Post, User
from outreach import signing
from outreach.models import Link, Outreach, Publication, PublicationMetric
from outreach.models.publication import FIGURES

BY_HAND: Final = "hand"  # the source of a reading that somebody typed
_SLACK: Final = timedelta(minutes=5)  # clocks differ
_BACK: Final = timedelta(days=7305)  # twenty years; what lies further back is a mistyped year
_AROUND: Final = timedelta(days=2)  # a day typed by hand, and its time zone
_LOOKED_AT: Final = 500  # posts of one person, at most
_MOST: Final = 2**53  # as far as JSON counts
_NAMING: Final = ("platform", "platform_id", "url", "post_code")
_ONCE: Final = ("publication_id_once", "publication_post_once", "publication_link_once")
_OF_POSTS: Final = tuple(name for name in FIGURES if name != "link_clicks")


@dataclass(frozen=True)
class Said:
    """What somebody says of a publication. A platform left blank is read from the link."""

    published_at: datetime
    platform: str = ""
    url: str = ""
    platform_id: str = ""
    format: str = Publication.Format.OTHER
    note: str = ""


@transaction.atomic
def record(
    *,
    outreach: Outreach,
    said: Said,
    by: User | None,
    at: datetime,
    source: str = Publication.Source.HAND,
    post: Post | None = None,
) -> Publication:
    """Note a publication; if its post was imported already, the figures come with it.

    Raises DomainError: person_erased, publication_known, publication_unnamed, publication_platform_missing,
    publication_platform_other (platform), published_in_future, published_too_early (years),
    format_of_publication_unknown, url_invalid, url_scheme, url_too_long, platform_unknown.
    """
    outreach = Outreach.objects.select_for_update().get(pk=outreach.pk)
    if outreach.influencer_id is None:
        raise DomainError("person_erased")
    given = Publication(outreach=outreach, post=post, source=source, entered_by=by, **_checked(said, at=at))
    _save(given)
    _check_post(given)
    read_posts(publications=[given], at=at)
    return given


@transaction.atomic
def change(*, publication: Publication, said: Said, at: datetime) -> Publication:
    """Say it anew. Its readings stay. Raises DomainError: what `record` raises."""
    held = _held(publication)
    if held.outreach.influencer_id is None:  # its link was taken away, and stays away
        raise DomainError("person_erased")
    checked = _checked(said, at=at)
    if any(checked[name] != getattr(held, name) for name in _NAMING):
        held.post = None  # perhaps another post altogether
    for name, value in checked.items():
        setattr(held, name, value)
    _save(held)
    _check_post(held)
    read_posts(publications=[held], at=at)
    return held


@transaction.atomic
def remove(*, publication: Publication) -> None:
    """It was none of the campaign's: it goes, and its readings with it."""
    _held(publication).delete()


@transaction.atomic
def adopt(*, outreach: Outreach, post: Post, by: User | None, at: datetime) -> Publication:
    """Make a publication of a post that was imported. Raises DomainError: post_of_another, and what `record` raises."""
    if outreach.influencer_id is None or post.account.influencer_id != outreach.influencer_id:
        raise DomainError("post_of_another")
    said = Said(
        platform=post.account.platform,
        platform_id=post.platform_id,
        url=post.url,
        format=_FORMATS.get(post.format, Publication.Format.OTHER),
        published_at=post.published_at,
    )
    return record(outreach=outreach, said=said, by=by, at=at, source=Publication.Source.POST, post=post)


_FORMATS: Final[Mapping[str, str]] = {
    Post.Format.IMAGE: Publication.Format.VISUAL,
    Post.Format.CAROUSEL: Publication.Format.SERIES,
    Post.Format.SHORT_VIDEO: Publication.Format.SHORT_VIDEO,
    Post.Format.STORY: Publication.Format.STORY,
    Post.Format.LIVE: Publication.Format.LIVE,
}


@transaction.atomic
def note(
    *,
    publication: Publication,
    figures: Mapping[str, int | None],
    observed_at: datetime,
    at: datetime,
    by: User | None,
    is_estimate: bool = False,
    source: str = BY_HAND,
) -> PublicationMetric:
    """Keep a reading. What is not said is unknown, not 0. The same once more changes nothing.

    Raises DomainError: figures_missing, figure_invalid (field), observed_in_future, observed_too_early,
    reading_conflict: this source told other figures for this very instant.
    """
    held = _held(publication)
    told = {name: figures.get(name) for name in FIGURES}
    _check_figures(told)
    if observed_at > at + _SLACK:
        raise DomainError("observed_in_future")
    if observed_at < held.published_at - _SLACK:
        raise DomainError("observed_too_early")
    told |= {"is_estimate": is_estimate}
    row, is_new = PublicationMetric.objects.get_or_create(
        publication=held,
        observed_at=observed_at,
        source=source.strip()[:200] or BY_HAND,
        defaults=told | {"entered_by": by, "noted_at": at},
    )
    if not is_new and any(getattr(row, name) != value for name, value in told.items()):
        raise DomainError("reading_conflict")
    return row


def match(*, at: datetime) -> int:
    """Find the posts of publications among what files brought, and keep their figures. How many readings are new."""
    known = PublicationMetric.objects.filter(
        publication=OuterRef("pk"), observed_at=OuterRef("post__observed_at"), source=OuterRef("post__source")
    )
    unread = Q(post__isnull=False) & ~Exists(known)
    rows = Publication.objects.filter(Q(post=None) | unread, outreach__influencer__isnull=False)
    return sum(_match_one(pk, at=at) for pk in rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _match_one(pk: int, *, at: datetime) -> int:
    held = Publication.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    return read_posts(publications=[held], at=at) if held else 0


def read_posts(*, publications: Iterable[Publication], at: datetime) -> int:
    """The figures of each publication's post, as the newest file told them. The caller holds the publications."""
    new = 0
    for row in publications:
        if row.post is None and (found := _post_of(row)) and not _is_taken(found, row):
            row.post = found
            row.platform_id = row.platform_id or _free(row, "platform_id", found.platform_id)
            row.post_code = row.post_code or _free(row, "post_code", post_code(found.url))
            row.save(update_fields=["post", "platform_id", "post_code", "updated_at"])
        if row.post is not None:
            new += _read(row, row.post, at=at)
    return new


def _free(row: Publication, name: str, value: str) -> str:
    """The value, unless another publication goes by it."""
    others = Publication.objects.filter(platform=row.platform, **{name: value}).exclude(pk=row.pk)
    return "" if others.exists() else value


def _read(row: Publication, post: Post, *, at: datetime) -> int:
    told = {name: getattr(post, name) for name in _OF_POSTS}
    if all(value is None for value in told.values()):
        return 0
    _reading, is_new = PublicationMetric.objects.get_or_create(
        publication=row, observed_at=post.observed_at, source=post.source, defaults=told | {"noted_at": at}
    )
    return int(is_new)


def _post_of(row: Publication) -> Post | None:
    """The post of this person's with the same id, or the same link; none where two could be meant."""
    theirs = Post.objects.filter(account__influencer__outreaches=row.outreach_id, account__platform=row.platform)
    ids = {row.platform_id, post_id(row.url)} - {""}
    found = list(theirs.filter(platform_id__in=ids).order_by("pk")[:2])
    if not found and (mark := post_mark(row.url)):
        around = theirs.filter(
            published_at__range=(row.published_at - _AROUND, row.published_at + _AROUND), url__startswith="http"
        )
        found = [post for post in around.order_by("pk") if post_mark(post.url) == mark]
    return found[0] if len(found) == 1 else None


def _checked(said: Said, *, at: datetime) -> dict[str, Any]:
    """The columns of a publication, or a DomainError."""
    url = safe_url(said.url) if said.url.strip() else ""
    led = post_platform(url) if url else ""
    platform = said.platform or led
    if not platform:
        raise DomainError("publication_platform_missing")
    if platform not in Platform.values:
        raise DomainError("platform_unknown", known=Platform.values)
    if led and led != platform:
        raise DomainError("publication_platform_other", platform=Platform(led).label)
    if said.format not in Publication.Format.values:
        raise DomainError("format_of_publication_unknown", known=Publication.Format.values)
    named = said.platform_id.strip()[:100] or post_id(url)
    if not url and not named and said.format != Publication.Format.STORY:  # a story is gone in a day, with its link
        raise DomainError("publication_unnamed")
    if said.published_at > at + _SLACK:
        raise DomainError("published_in_future")
    if said.published_at < at - _BACK:
        raise DomainError("published_too_early", years=_BACK.days // 365)
    return {
        "platform": platform,
        "platform_id": named,
        "url": url,
        "post_code": post_code(url) or code_of_id(platform, named),
        "format": said.format,
        "published_at": said.published_at,
        "note": said.note.strip()[:200],
    }


def _check_figures(told: Mapping[str, int | None]) -> None:
    if all(value is None for value in told.values()):
        raise DomainError("figures_missing")
    for name, value in told.items():
        if value is not None and not 0 <= value <= _MOST:
            raise DomainError("figure_invalid", field=name)


def _save(row: Publication) -> None:
    """However its link was copied, a post is noted once. Where a link names no post, only that very link is refused."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if any(name in str(error) for name in _ONCE):
            raise DomainError("publication_known") from None
        raise


def _check_post(row: Publication) -> None:
    """One may be noted by its link and once more by its id: that both are one post, a file tells that names both."""
    found = row.post or _post_of(row)
    if found and _is_taken(found, row):
        raise DomainError("publication_known")


def _is_taken(post: Post, row: Publication) -> bool:
    return Publication.objects.filter(post=post).exclude(pk=row.pk).exists()


def _held(publication: Publication) -> Publication:
    return Publication.objects.select_for_update(of=("self",)).get(pk=publication.pk)


@dataclass(frozen=True)
class Offer:
    """A post that may be one of the campaign's, and whether its text speaks of it."""

    post: Post
    speaks_of_it: bool


def offers(*, outreach: Outreach, most: int = 20) -> list[Offer]:
    """The partner's imported posts within the campaign's dates that are no publication yet.

    Those whose text or hashtags carry the campaign's link, code or hashtags come first, then the newest.
    """
    campaign = outreach.campaign
    taken = Publication.objects.filter(platform=OuterRef("account__platform"), platform_id=OuterRef("platform_id"))
    posts = Post.objects.filter(
        ~Exists(taken),
        ~Exists(Publication.objects.filter(post=OuterRef("pk"))),
        account__influencer__outreaches=outreach,
        published_at__date__gte=campaign.starts_date,
    ).select_related("account")
    if campaign.ends_date:
        posts = posts.filter(published_at__date__lte=campaign.ends_date)
    newest = posts.order_by("-published_at", "-pk")[:_LOOKED_AT]
    speaks = _speaks_of(outreach)
    found = [Offer(post, speaks_of_it=speaks(post)) for post in newest]
    return sorted(found, key=lambda offer: not offer.speaks_of_it)[:most]


def _speaks_of(outreach: Outreach) -> Callable[[Post], bool]:
    """Whether a text carries this conversation's code or link, or a hashtag of the cause's."""
    link = Link.objects.filter(outreach=outreach).first()
    codes = (link.code, signing.spoken(link.code)) if link else ()
    wanted = {fold(tag.lstrip("#")) for tag in outreach.campaign.cause.hashtags}

    def speaks(post: Post) -> bool:
        text = post.text.lower()
        return any(code in text for code in codes) or any(fold(tag.lstrip("#")) in wanted for tag in post.hashtags)

    return speaks
