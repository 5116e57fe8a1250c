"""Which clicks were made by people: read again in the company they keep, and by whatever the rules say now.

Every click has a verdict from its first instant, on itself alone (click_rows). What several requests tell together is
known a little later: the tick reads a link's clicks again until their company cannot change any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from outreach.models import PEOPLE, Click, ClickVerdict, Link, Message
from outreach.robots.classifying import classify
from outreach.robots.clicks import VERSION, Headers, RawClick, Verdict
from outreach.services import conversions

SETTLED: Final = timedelta(minutes=5)  # no rule looks further on, but the one that sees a clock
_AT_ONCE: Final = 5_000
_OF_LINK: Final = 5_000  # of one that is asked for more often, the latest
_AROUND: Final = timedelta(minutes=2)  # the longest that a rule over several links looks about
_DELIVERY: Final = timedelta(seconds=30)  # a gateway looks before it says that it took the message


def classify_due(*, at: datetime) -> int:
    """Read again what was asked for lately; how many verdicts changed."""
    waiting, changed = Click.objects.unsettled(), 0
    while old := list(waiting.filter(at__lte=at - SETTLED).order_by("at", "pk")[:_AT_ONCE]):
        changed += _judge(old, is_settled=True)
    fresh = list(waiting.filter(at__gt=at - SETTLED, at__lte=at).order_by("-at", "-pk")[:_AT_ONCE])
    return changed + (_judge(fresh, is_settled=False) if fresh else 0)


def _judge(due: Sequence[Click], *, is_settled: bool) -> int:
    company = {click.pk: click for click in (*_of_links(due), *_of_networks(due), *due)}
    asked = {click.pk for click in due}
    return _write(_read(list(company.values())), due=asked, settled=asked if is_settled else set())


def classify_again(*, at: datetime, all_of_them: bool = False) -> tuple[int, int]:
    """Read old clicks by the rules of now: those that an older version judged, or all; how many were read, and how many
    verdicts changed. Day by day: a network is known for one.
    """
    wanted = Click.objects.all()
    if not all_of_them:
        wanted = wanted.filter(Q(verdict=None) | Q(verdict__version__lt=VERSION))
    seen = changed = 0
    for day in wanted.datetimes("at", "day", tzinfo=UTC):
        clicks = list(Click.objects.filter(at__gte=day, at__lt=day + timedelta(days=1)).order_by("at", "pk"))
        read = _read([*clicks, *_first_of({click.link_id for click in clicks}, before=day)])
        seen += len(clicks)
        due = {click.pk for click in clicks}
        settled = {click.pk for click in clicks if click.at <= at - SETTLED}
        changed += _write({pk: read[pk] for pk in due}, due=due, settled=settled)
    return seen, changed


def _of_links(due: Sequence[Click]) -> Iterable[Click]:
    """All that was asked of the same links, and of the other links of the same messages, that day; and the first ever:
    a link that somebody had before was passed on.
    """
    since = datetime.combine(min(click.at for click in due).astimezone(UTC).date(), time(), UTC) - _AROUND
    until = max(click.at for click in due) + _AROUND
    asked = {click.link_id for click in due}
    links = set(Link.objects.filter(outreach__links__in=asked).values_list("pk", flat=True))
    place = Window(RowNumber(), partition_by="link", order_by=[F("at").desc(), F("pk").desc()])
    around = Click.objects.filter(link__in=links, at__range=(since, until)).annotate(place=place)
    yield from around.filter(place__lte=_OF_LINK)
    yield from _first_of(links, before=since)


def _of_networks(due: Sequence[Click]) -> QuerySet[Click]:
    """What came from the same networks about then, whatever was asked for."""
    times = [click.at for click in due]
    networks = {click.network for click in due if click.network}
    return Click.objects.filter(network__in=networks, at__range=(min(times) - _AROUND, max(times) + _AROUND))


def _first_of(links: Iterable[int], *, before: datetime) -> list[Click]:
    """Of each link the first that a person made before then, as far as is known."""
    people = Click.objects.filter(link__in=list(links), at__lt=before, verdict__click_class__in=PEOPLE)
    return list(people.order_by("link", "at", "pk").distinct("link"))


def _read(clicks: Sequence[Click]) -> dict[int, Verdict]:
    carried = _messages({click.link_id for click in clicks})
    raw = [_raw(click, carried.get(click.link_id, ())) for click in clicks]
    return {click.pk: verdict for click, verdict in zip(clicks, classify(raw), strict=True)}


def _messages(links: Iterable[int]) -> Mapping[int, Sequence[tuple[datetime, int]]]:
    """Of each link, the messages that carried it: when each was taken over by the other side's server, and its id."""
    found: dict[int, list[tuple[datetime, int]]] = {}
    codes = dict(Link.objects.filter(pk__in=list(links)).values_list("code", "pk"))
    sent = Message.objects.filter(outreach__links__in=list(links), state=Message.State.SENT, is_captured=False)
    taken = sent.exclude(dispatched_at=None).annotate(taken_at=Coalesce("finished_at", "dispatched_at")).distinct()
    for pk, when, text in taken.values_list("pk", "taken_at", "text"):
        for code, link in codes.items():
            if f"/r/{code}" in text:
                found.setdefault(link, []).append((when, pk))
    return {link: sorted(messages) for link, messages in found.items()}


def _raw(click: Click, messages: Sequence[tuple[datetime, int]]) -> RawClick:
    """With the latest message that carried its link before it."""
    carrying = [message for message in messages if message[0] <= click.at + _DELIVERY]
    delivered_at, message = carrying[-1] if carrying else (None, None)
    headers = Headers(
        purpose=click.purpose,
        fetch_mode=click.fetch_mode,
        fetch_dest=click.fetch_dest,
        accept=click.accept,
        has_language=click.has_language,
        has_range=click.has_range,
    )
    return RawClick(
        id=f"{click.pk:020}",
        at=click.at,
        link=click.link_id,
        method=click.method,
        user_agent=click.user_agent,
        headers=headers if click.headers_kept else None,
        network=click.network,
        referrer_host=click.referrer_host,
        message=message,
        delivered_at=delivered_at,
    )


@transaction.atomic
def _write(read: Mapping[int, Verdict], *, due: set[int], settled: set[int]) -> int:
    """What is said of those that are due; of their company, only that it was a program's after all: part of its own
    company may be missing here, and no rule over several requests makes a person of a program.
    """
    locked = ClickVerdict.objects.select_for_update().filter(pk__in=list(read)).order_by("pk")
    known = {verdict.pk: verdict for verdict in locked}
    changed = 0
    rows, turned = [], []
    for pk, verdict in read.items():
        before = known.get(pk)
        was_person = before is None or before.click_class in PEOPLE
        if pk not in due and not (was_person and not verdict.click_class.is_person):
            continue
        row = ClickVerdict(
            click_id=pk,
            click_class=verdict.click_class.value,
            rule=verdict.rule,
            version=verdict.version,
            is_settled=pk in settled or (before is not None and before.is_settled),
        )
        if before and _said(before) == _said(row):
            continue
        changed += before is None or (before.click_class, before.rule) != (row.click_class, row.rule)
        rows.append(row)
        if was_person != verdict.click_class.is_person:
            turned.append(pk)
    ClickVerdict.objects.bulk_create(
        rows,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["click"],
        update_fields=["click_class", "rule", "version", "is_settled"],
    )
    # What was credited by a click that nobody made is credited anew, and so is what a person's click led to after all.
    conversions.credit_named(click_ids=Click.objects.filter(pk__in=turned).values_list("click_id", flat=True))
    return changed


def _said(verdict: ClickVerdict) -> tuple[str, str, int, bool]:
    return verdict.click_class, verdict.rule, verdict.version, verdict.is_settled
