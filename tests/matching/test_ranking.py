"""Building a list while people come and go."""

import pytest
from django.db import connection

from matching.models import Match, MatchList
from matching.services import match_lists, ranking
from tests.factories import NOW, CauseFactory, InfluencerFactory


@pytest.mark.django_db(transaction=True)
def test_a_list_in_which_somebody_vanished_meanwhile_is_built_again():
    stays, gone = InfluencerFactory(), InfluencerFactory()
    match_list = match_lists.request(cause=CauseFactory(), at=NOW)

    def vanish(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "matching_match"'):
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM crm_influencer WHERE id = %s", [gone.pk])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(vanish):
        ranking.build(match_list=match_list, at=NOW)
    match_list.refresh_from_db()
    assert (match_list.state, match_list.lease_until, Match.objects.count()) == ("requested", None, 0)
    gone.delete()
    for due in MatchList.objects.due(at=NOW):
        ranking.build(match_list=due, at=NOW)
    assert [match.influencer for match in Match.objects.all()] == [stays]
