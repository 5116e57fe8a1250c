"""What a list costs with 1, 1,000 and 1,000,000 influencers: `python -m bench.lists [rows]`.

Every list of the staff pages and of the API, with each of its filters, orders and searches: how many queries, and the
least time of several requests, with one size after the other. A list holds when it asks the same number of queries
however many rows there are (one that shows nobody need not ask about them, so it may ask fewer), and takes at most
three times what it takes with a thousand; where a thousand leave the page emptier, at most three times what a full page
of that list takes then. What people write by hand grows with people's days, not with the table: of conversations,
messages and actions there are at most ten thousand (50 messages may leave a day).
"""

import random
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

from bench.database import copies, database, rows_asked, use

MIDDLE = 1_000
BY_HAND = 10_000
ROUNDS = 3
BAR = 3.0

# Words as frequent as words are: of first names the commonest has every sixtieth person, and half of the bios have one.
_FIRST = ["marie", "amina", "lea", "tom", "ines", "paul", "zoe", "hugo", "nora", "liam"]
_LAST = ["dupont", "diallo", "martin", "smith", "weber", "rossi", "silva", "novak"]
_SAID = ["the", "and", "with", "for", "films", "cooks", "of", "walks", "ocean", "mountains", "reads", "life"]
# Person 1 has most of what is asked for. What is rare ten others have, of however many.
_PEOPLE = """
INSERT INTO crm_influencer (id, public_id, created_at, updated_at, name, sort_name, search_text, kind, languages,
  country, city, timezone, bio, notes, hashtags, interests, is_demo, size, is_contactable, last_contacted_at)
SELECT g, gen_random_uuid(), now(), now(), initcap(named), named,
  named || ' ' || replace(named, ' ', '') || g || E'\n' || bio,
  CASE WHEN g %% 50 = 2 THEN 'brand' ELSE 'person' END,
  CASE WHEN is_rare THEN '{{br,fr}}' WHEN g %% 10 = 1 THEN '{{fr}}' ELSE '{{en}}' END::varchar[],
  CASE WHEN is_rare THEN 'IS' WHEN g %% 10 = 1 THEN 'FR' ELSE 'GB' END, '', '', initcap(bio), '', '{{}}', '{{}}',
  false, {followers}, g %% 10 < 6, CASE WHEN g %% 20 = 1 THEN now() - make_interval(days => (g %% 400)::int) END
  FROM (SELECT id::bigint AS g, named, bio || CASE WHEN id %% greatest(%(rows)s / 10, 2) = 2 THEN ' axolotl' ELSE '' END
    AS bio, id %% greatest(%(rows)s / 10, 2) = 2 AS is_rare FROM bench_said) AS said
"""
_FOLLOWERS = "(1000 * exp(((g::bigint * 2654435761) %% 1000003) / 1000003.0 * 8))::bigint"  # 1,000 to 3,000,000
_REST = (
    """
INSERT INTO crm_socialaccount (id, created_at, updated_at, influencer_id, platform, handle, handle_key, url, followers,
  engagement_rate, observed_at, source)
SELECT g, now(), now(), g, (ARRAY['instagram','youtube','tiktok'])[1 + (g - 1) %% 3], 'her.' || g, 'her' || g, '',
  {followers}, ((g::bigint * 40503) %% 1000) / 10000.0, now(), 'bench' FROM generate_series(1, %(rows)s) AS g
""",
    """
INSERT INTO crm_address (public_id, created_at, updated_at, influencer_id, email, email_key, digest, kind, basis,
  source, source_url)
SELECT gen_random_uuid(), now(), now(), g, 'p' || g || '@studio.example', 'p' || g || '@studio.example', 'd' || g,
  CASE WHEN g %% 10 < 6 THEN 'professional' ELSE 'personal' END, 'legitimate_interest', 'their page', ''
  FROM generate_series(1, %(rows)s) AS g WHERE g %% 10 < 7
""",
    """
INSERT INTO crm_audienceshare (account_id, dimension, key, share, observed_at, source)
SELECT g, told.dimension, told.key, ((g * told.step) %% 100) / 100.0, now(), 'bench'
  FROM generate_series(1, %(rows)s, 3) AS g
  CROSS JOIN (VALUES
    ('age', '18-24', 37), ('country', 'FR', 53), ('gender', 'female', 71)) AS told(dimension, key, step)
""",
    """
INSERT INTO crm_influencer_topics (influencer_id, topic_id)
SELECT g, (SELECT min(id) FROM crm_topic) + g %% 10 FROM generate_series(1, %(rows)s, 2) AS g
""",
    """
INSERT INTO crm_vettingcheck (public_id, influencer_id, cause_id, verdict, reason, by_id, at)
SELECT gen_random_uuid(), 1 + (g - 1) * greatest(%(rows)s / %(by_hand)s, 1), %(cause)s,
  CASE WHEN g %% 4 = 3 THEN 'refused' ELSE 'cleared' END, 'read', %(user)s, now()
  FROM generate_series(1, %(by_hand)s, 2) AS g
""",
)
_INFLUENCERS = "/admin/crm/influencer/"
_ASKED = (
    *("", "o=2", "o=-2", "o=3", "o=-3", "o=5", "o=-5", "o=-1", "p={last}"),
    *("q=mar+dup", "q=m", "q=marie", "q=films+oce", "q=axolotl", "q=nobody", "q=p1%40studio", "q=p1"),
    *("platform=instagram", "followers__gte=1000000", "platform=youtube&followers__gte=2900000"),
    *("followers__gte=10k&followers__lte=20k&engagement_percent=5", "engagement_percent=9.9"),
    *("country=FR", "country=IS", "language=fr", "language=br", "topic={topic}", "kind=brand"),
    *("audience_age=18-24&audience_age_percent=30", "audience_country=FR&audience_country_percent=20"),
    "audience_gender=female&audience_gender_percent=98",
    *("vetting=cleared", "vetting=refused&cause={cause}", "vetting=none", "vetting=none&cause={cause}"),
    *("contact=never", "contact=rested", "contact=recent", "contactable=yes", "contactable=no"),
    "country=FR&platform=instagram&contactable=yes&contact=rested&audience_age=18-24&audience_age_percent=50&q=mar",
    "country=FR&o=-2",
)
_PAGES = (
    *(f"/admin/crm/{name}/" for name in ("cause", "importbatch", "user", "apitoken")),
    *("/admin/crm/importbatch/?q=people", "/admin/crm/influencer/views/", "/admin/crm/influencer/find/?q=mar+d"),
    *("/admin/crm/influencer/find/?q=p1%40", "/admin/matching/matchlist/"),
    *(f"/admin/outreach/{name}/" for name in ("campaign", "outreach", "message", "messagetemplate")),
    "/admin/outreach/outreach/?q=marie",
    "/admin/outreach/message/?q=marie",
)
_API = (
    *("", "ordering=name", "ordering=-followers", "ordering=last_contacted_at", "count=true", "search=mar+dup"),
    *("search=axolotl", "search=p1%40studio", "country=FR", "country__in=IS,FR", "language=br", "topic={topic}"),
    *("platform=instagram&followers__gte=100000&count=true", "audience_age=18-24&audience_age__gte=0.3&ordering=name"),
    *("vetting=cleared&cause={cause}", "never_contacted=true", "last_contacted_at__lte=2026-06-01&ordering=-followers"),
    *("contactable=false", "engagement_rate__gte=0.099&ordering=name"),
)
_OTHERS = """
causes imports vettings match-lists campaigns
templates outreaches messages links clicks conversions credits
"""


def requests() -> Iterator[tuple[str, str]]:
    """What is asked: ("staff" or "api", an address)."""
    for query in _ASKED:
        yield "staff", f"{_INFLUENCERS}?{query}".removesuffix("?")
    for page in _PAGES:
        yield "staff", page
    for query in _API:
        yield "api", f"/api/v1/influencers/?{query}".removesuffix("?")
    yield "api", "deep"
    for name in _OTHERS.split():
        yield "api", f"/api/v1/{name}/"


def told_of(rows: int) -> Iterator[tuple[int, str, str]]:
    """Number, name and bio of each."""
    draw = random.Random(7)
    firsts, lasts, words = (
        partial(draw.choices, known + _made_up(draw, number), cum_weights=_falling(len(known) + number, flat))
        for known, number, flat in ((_FIRST, 400, 20), (_LAST, 5_000, 50), (_SAID, 5_000, 2))
    )
    for row in range(1, rows + 1):
        name = f"{_FIRST[0]} {_LAST[0]}" if row == 1 else f"{firsts()[0]} {lasts()[0]}"
        yield row, name, "films ocean" if row == 1 else " ".join(words(k=9))


def _made_up(draw: random.Random, number: int) -> list[str]:
    syllables = [f"{one}{other}" for one in "bcdfglmnprstvz" for other in "aeiou"]
    return ["".join(draw.choices(syllables, k=draw.choice((2, 3, 3, 4)))) for _each in range(number)]


def _falling(number: int, flat: int) -> list[float]:
    """Each word is the rarer the later it stands, as 1 / (rank + flat); summed up."""
    return list(accumulate(1 / (rank + flat) for rank in range(1, number + 1)))


class Scene:
    """Staff with every right, a token with every scope, and as many people as asked."""

    def __init__(self) -> None:
        from django.contrib.auth.models import Group
        from django.test import Client
        from django.utils import timezone

        from crm.models import Cause, Topic, User
        from crm.services import tokens

        user = User.objects.create(username="bench", is_staff=True)
        user.groups.add(Group.objects.get(name="administrator"))
        self.user = user
        self.cause = Cause.objects.create(slug="beaches", name="Clean beaches", description="We clear beaches.")
        self.words = {"cause": self.cause.slug, "topic": Topic.objects.order_by("pk")[0].slug}
        # Of ten topics one is as frequent as another: that of every tenth other person.
        self.words["topic"] = Topic.objects.get(pk=Topic.objects.order_by("pk")[0].pk + 1).slug
        self.staff = Client()
        self.staff.force_login(user)
        _token, text = tokens.create(user=user, name="bench", scopes=tokens.SCOPES, at=timezone.now())
        self.api = Client(headers={"Authorization": f"Bearer {text}"})

    def fill(self, rows: int) -> None:
        from django.db import connection

        by_hand = min(rows, BY_HAND)
        self.words["last"] = str(min(max(rows // 50, 1), 100))
        given = {"rows": rows, "by_hand": by_hand, "cause": self.cause.pk, "user": self.user.pk}
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE bench_said (id int, named text, bio text)")
            with cursor.copy("COPY bench_said FROM STDIN") as copy:
                for row in told_of(rows):
                    copy.write_row(row)
            for statement in (_PEOPLE, *_REST):
                cursor.execute(statement.format(followers=_FOLLOWERS), given)
            cursor.execute("DROP TABLE bench_said")
        self._write_by_hand(by_hand)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _write_by_hand(self, rows: int) -> None:
        """One of each, made as the product makes it, and as many again."""
        from django.utils import timezone

        from crm.models import ImportBatch, Influencer
        from matching.models import Match, MatchList
        from outreach.models import Campaign, Click, Link, Message, MessageTemplate, Outreach

        at, person = timezone.now(), Influencer.objects.get(pk=1)
        ImportBatch.objects.create(
            subject="influencers", filename="people.csv", format="own", uploaded_at=at, state="committed"
        )
        shortlist = MatchList.objects.create(cause=self.cause, requested_at=at, as_of=at)
        Match.objects.create(
            match_list=shortlist, influencer=person, rank=1, score=0.5, percentile=0.5, sides={}, values={}
        )
        campaign = Campaign.objects.create(
            slug="spring", name="Spring", cause=self.cause, starts_date=at.date(), organisation="Clear Shores",
            destination_url="https://give.example/",
        )  # fmt: skip
        MessageTemplate.objects.create(name="First", language="en", subject="s", body="b")
        outreach = Outreach.objects.create(campaign=campaign, influencer=person, stage_at=at)
        link = Link.objects.create(
            outreach=outreach, code="bcdfghjk", destination_url="https://give.example/", created_at=at
        )
        Click.objects.create(link=link, click_id="c1", at=at, method="GET")
        Message.objects.create(outreach=outreach, reference="outreach:1:first", language="en", subject="s", body="b")
        step = f"1 + (g - 1) * greatest((SELECT max(id) FROM crm_influencer) / {rows}, 1)"
        multiply(Outreach, rows, influencer_id=step)
        multiply(Link, rows, outreach_id="g", code="'code' || to_char(g, 'FM00000000')")
        multiply(Click, rows, click_id="'c' || g", link_id="g")
        multiply(Message, rows, outreach_id="g", reference="'outreach:' || g || ':first'", state="'cancelled'")
        multiply(Match, min(rows, 1_000), influencer_id=step, rank="g")
        multiply(MatchList, min(rows, 200))
        multiply(ImportBatch, min(rows, 1_000))


def multiply(model: Any, rows: int, **given: str) -> None:
    """The one row of a table as often again, with what must differ as expressions in `g`, the number of the row."""
    from django.db import connection

    given |= {"public_id": "gen_random_uuid()"} if any(f.name == "public_id" for f in model._meta.fields) else {}
    columns = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    values = ", ".join(given.get(column, f'one."{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({named}) SELECT {values} "
            f"FROM {model._meta.db_table} AS one CROSS JOIN generate_series(2, {rows}) AS g WHERE one.id = 1"
        )


class Measured(NamedTuple):
    queries: int
    shown: int  # rows
    ms: float  # the least


def measure(scene: Scene, door: str, address: str) -> Measured:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = scene.staff if door == "staff" else scene.api
    if address == "deep":
        address = deep(client)
    address = address.format(**scene.words)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    count = len(queries)  # the next request forgets them
    assert response.status_code == 200, (address, response.status_code)
    least = min(timed(client, address) for _round in range(ROUNDS))
    return Measured(count, shown(door, response), least * 1000)


def shown(door: str, response: Any) -> int:
    if door == "api":
        return len(response.json()["results"])
    changelist = (response.context or {}).get("cl")
    return len(changelist.result_list) if changelist is not None else 1


def deep(client: Any) -> str:
    """A page from the middle of the table, of those in the order of their size."""
    import json
    from base64 import b64encode

    from crm.models import Influencer

    middle = Influencer.objects.order_by("size", "pk")[Influencer.objects.count() // 2]
    key = json.dumps(["-followers", False, [middle.size + 1, middle.pk]]).encode()
    return f"/api/v1/influencers/?ordering=-followers&cursor={b64encode(key, altchars=b'-_').decode()}"


def timed(client: Any, address: str) -> float:
    start = time.perf_counter()
    client.get(address)
    return time.perf_counter() - start


def main() -> int:
    """How many of the addresses do not hold."""
    sizes = (1, MIDDLE, rows_asked(1_000_000))
    found: dict[tuple[str, str], list[Measured]] = {}
    with database(), copies(len(sizes)) as names:
        scenes = []
        for rows, name in zip(sizes, names, strict=True):
            start = time.perf_counter()
            use(name)
            scenes.append(Scene())
            scenes[-1].fill(rows)
            print(f"# {rows} influencers made in {time.perf_counter() - start:.0f} s", flush=True)
        # One after the other with each size: the machine is not as quick at every hour.
        for asked in requests():
            found[asked] = []
            for name, scene in zip(names, scenes, strict=True):
                use(name)
                found[asked].append(measure(scene, *asked))
    print(f"{'queries':>16} {'rows shown':>12} {'ms':>8} {'ms':>8} {'ms':>8} {'x 1k':>6}   address, with {sizes}")
    broken = 0
    for (door, address), (one, middle, many) in found.items():
        whole = found.get((door, address.partition("?")[0]), [one, middle])[1]
        ratio = many.ms / (middle.ms if middle.shown >= many.shown else max(middle.ms, whole.ms))
        full = {each.queries for each in (one, middle, many) if each.shown}
        differs = len(full) > 1 or max(one.queries, middle.queries, many.queries) > max(full, default=99)
        verdict = [*(["queries differ"] if differs else []), *(["slow"] if ratio > BAR else [])]
        broken += bool(verdict)
        print(
            f"{one.queries:>8}/{middle.queries}/{many.queries} {one.shown:>4}/{middle.shown}/{many.shown}"
            f"{one.ms:8.1f} {middle.ms:8.1f} {many.ms:8.1f} {ratio:6.2f}   {door} {address} {', '.join(verdict)}"
        )
    print(
        f"{len(found) - broken} of {len(found)} hold: equal queries, and at most {BAR} times the time of {MIDDLE} rows"
    )
    return broken


if __name__ == "__main__":
    sys.exit(main() > 0)
