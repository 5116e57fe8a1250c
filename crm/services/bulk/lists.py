"""What lists are searched, narrowed and sorted by, kept beside what it is made of.

An import writes it with the people it makes; whatever changes a name, a bio, an account, an address, a "no", an
audience or a representation afterwards calls `refresh` in the same transaction.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from crm.handles import search_text, sort_key
from crm.models import Influencer, Representation, SocialAccount

# One after the other: whoever waits here reads what the other one wrote.
_LOCK = "SELECT id FROM crm_influencer WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"
_PEOPLE = """
UPDATE crm_influencer AS known SET search_text = told.text, sort_name = told.sort_name, size = told.size
FROM (
  SELECT listed.*, coalesce((SELECT max(followers) FROM crm_socialaccount WHERE influencer_id = listed.id), -1) AS size
    FROM unnest(%(ids)s::bigint[], %(texts)s::text[], %(sort_names)s::text[]) AS listed(id, text, sort_name)
) AS told
WHERE told.id = known.id
  AND (known.search_text, known.sort_name, known.size) IS DISTINCT FROM (told.text, told.sort_name, told.size)
"""
# Of these accounts only, named one by one: what the planner believes of a table that was just filled must not matter.
_AUDIENCES = """
UPDATE crm_audienceshare AS share SET is_newest = NOT share.is_newest
FROM (
  SELECT account_id, dimension, max(observed_at) AS observed_at
    FROM crm_audienceshare WHERE account_id = ANY(%(accounts)s) GROUP BY account_id, dimension
) AS newest
WHERE share.account_id = ANY(%(accounts)s) AND share.account_id = newest.account_id
  AND share.dimension = newest.dimension AND share.is_newest <> (share.observed_at = newest.observed_at)
"""
_CHUNK = 5_000


def hold(people: Iterable[int]) -> dict[int, Influencer]:
    """These people as they are now, held in the order of their ids with all that `refresh` will change."""
    ids = set(people)
    held = Influencer.objects.select_for_update().filter(pk__in=_listed(ids)).order_by("pk")
    return {person.pk: person for person in held if person.pk in ids}


@transaction.atomic
def refresh(people: Iterable[int]) -> None:
    """Let lists know these people as they are now, and those they speak for."""
    ordered = sorted(_listed(set(people)))
    for start in range(0, len(ordered), _CHUNK):
        _refresh(ordered[start : start + _CHUNK])


def _listed(people: set[int]) -> set[int]:
    return people.union(Representation.objects.filter(agent__in=people).values_list("influencer", flat=True))


def _refresh(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"ids": ids})
        cursor.execute(_PEOPLE, _told(ids))
        accounts = SocialAccount.objects.filter(influencer__in=ids).values_list("pk", flat=True)
        cursor.execute(_AUDIENCES, {"accounts": list(accounts)})
    listed = Influencer.objects.filter(pk__in=ids)
    contactable = listed.contactable().values("pk")
    listed.filter(is_contactable=False, pk__in=contactable).update(is_contactable=True)
    listed.filter(is_contactable=True).exclude(pk__in=contactable).update(is_contactable=False)


def _told(ids: list[int]) -> dict[str, list[int] | list[str]]:
    handles: dict[int, list[str]] = {}
    accounts = SocialAccount.objects.filter(influencer__in=ids).order_by("pk")
    for pk, handle in accounts.values_list("influencer", "handle"):
        handles.setdefault(pk, []).append(handle)
    people = list(Influencer.objects.filter(pk__in=ids).values_list("pk", "name", "bio"))
    return {
        "ids": [pk for pk, _name, _bio in people],
        "texts": [search_text([name, *handles.get(pk, [])], bio) for pk, name, bio in people],
        "sort_names": [sort_key(name)[:200] for _pk, name, _bio in people],
    }
