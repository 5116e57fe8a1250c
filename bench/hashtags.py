"""Hashtags over many posts: `python -m bench.hashtags [posts]`. The daily count, and what a page of proposals takes.

Invented posts, three hashtags each: of 20,000, with a long tail as real ones have; and 40 that only one topic's people
use. Twenty posts a person, over a year.
"""

import time
from datetime import UTC, datetime

from bench.database import database, rows_asked

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
EACH = 20
_TELLING = 100_000
_POSTS = """
INSERT INTO crm_post (account_id, platform_id, published_at, format, text, hashtags, language, url, likes, comments,
                      observed_at, source)
SELECT account.id, n::text, %(now)s - random() * interval '364 days', 'image', 'Words of an ordinary length, invented.',
       ARRAY['Tag' || floor(20000 * power(random(), 3)), 'étiquette' || floor(20000 * power(random(), 3)),
             CASE WHEN account.id %% 50 = 0 THEN 'own' || floor(40 * random()) ELSE 'love' END],
       '', '', floor(random() * 900), 3, %(now)s, 'bench'
  FROM crm_socialaccount AS account, generate_series(1, %(each)s) AS n
"""


def fill(posts: int) -> None:
    from django.db import connection

    from crm.models import Influencer, SocialAccount, Topic
    from crm.services import topics

    topics.seed()
    names = (f"Person {n}" for n in range(posts // EACH))
    people = Influencer.objects.bulk_create(
        [Influencer(name=name, sort_name=name, languages=["fr"]) for name in names], batch_size=5000
    )
    SocialAccount.objects.bulk_create(
        [
            SocialAccount(influencer=one, platform="tiktok", handle=f"p{n}", handle_key=f"p{n}", followers=5_000 + n)
            for n, one in enumerate(people)
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, {"now": NOW, "each": EACH})
        cursor.execute(
            "INSERT INTO crm_influencer_topics (influencer_id, topic_id) "
            "SELECT influencer_id, %s FROM crm_socialaccount WHERE id %% 50 = 0",
            [Topic.objects.get(slug="sdg-14").pk],
        )
        cursor.execute("VACUUM ANALYZE")


def main() -> None:
    posts = rows_asked(100_000)
    with database():
        from crm.models import Cause, Topic
        from matching.models import HashtagFigure
        from matching.services import hashtags

        fill(posts)
        begun = time.perf_counter()
        hashtags.count(at=NOW)
        counted = time.perf_counter() - begun
        cause = Cause.objects.create(slug="sea", name="Sea", languages=["fr"])
        cause.topics.set(Topic.objects.filter(slug="sdg-14"))
        took = []
        for _ in range(5):
            begun = time.perf_counter()
            found = hashtags.proposals(cause=cause)
            took.append(time.perf_counter() - begun)
        print(f"{posts:,} posts, {HashtagFigure.objects.count():,} hashtags")
        print(f"  the daily count      {counted:8.2f} s")
        print(f"  a page of proposals  {min(took) * 1000:8.0f} ms (of {found.aligned:,} aligned people)")
        # Of fewer posts no hashtag is any topic's own.
        assert posts < _TELLING or {one.usage.key[:3] for one in found.hashtags[:30]} == {"own"}


if __name__ == "__main__":
    main()
