"""What rows say of accounts: here, how many of the followers a source holds to be real."""

from datetime import timedelta

import pytest

from crm.models import AccountSnapshot, SocialAccount
from crm.services import undo
from tests.factories import NOW, UserFactory, imported
from tests.rows import rows

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
DATED = "platform,handle,followers,real_followers,observed_at\ninstagram,maia,1000,83 %,2026-11-20\n"
UNDATED = "platform,handle,followers,real_followers\ninstagram,maia,1000,0.83\n"


def readings() -> list[tuple[int | None, float | None]]:
    return list(AccountSnapshot.objects.order_by("pk").values_list("followers", "credible_share"))


def test_a_share_of_real_followers_is_kept_with_its_day_and_source_and_told():
    batch = imported(DATED, filename="vendor.csv")
    kept = AccountSnapshot.objects.get()
    assert (kept.credible_share, kept.followers, kept.source, kept.batch) == (0.83, 1000, "vendor.csv", batch)
    assert kept.observed_at.isoformat() == "2026-11-20T00:00:00+00:00"
    assert not kept.is_estimate  # which speaks of the followers
    assert batch.rows.get().changes["instagram.credible_share"] == [None, 0.83]


@pytest.mark.parametrize("content", [DATED, UNDATED])
def test_the_same_again_changes_nothing(content):
    imported(content)
    before = rows([SocialAccount, AccountSnapshot])
    assert imported(content, at=NOW + DAY).unchanged_count == 1
    assert rows([SocialAccount, AccountSnapshot]) == before


def test_another_share_is_another_reading_and_no_share_says_nothing():
    imported(UNDATED)
    batch = imported(UNDATED.replace("0.83", "0.71"), at=NOW + DAY)
    assert batch.rows.get().changes == {"instagram.snapshot": [None, "2026-11-25"]}
    assert imported(UNDATED.replace("0.83", ""), at=NOW + 2 * DAY).unchanged_count == 1
    assert readings() == [(1000, 0.83), (1000, 0.71)]


def test_a_share_alone_is_a_reading():
    imported("platform,handle\ninstagram,maia\n")
    assert readings() == []
    assert imported("platform,handle,real_followers\ninstagram,maia,0\n").updated_count == 1
    assert readings() == [(None, 0.0)]


def test_an_import_that_is_undone_takes_its_share_along():
    imported(UNDATED)
    before = rows([SocialAccount, AccountSnapshot], blind_to={"updated_at"})
    batch = imported(UNDATED.replace("0.83", "0.71"), at=NOW + DAY)
    undo.undo(batch=batch, by=UserFactory(), at=NOW + DAY)
    assert rows([SocialAccount, AccountSnapshot], blind_to={"updated_at"}) == before


BEFORE = "platform,handle,followers,observed_at\ninstagram,maia,1000,2026-11-20\n"


def test_a_column_added_to_a_file_that_was_brought_before_completes_its_reading():
    first = imported(BEFORE)
    imported(DATED, filename="another.csv")  # another source's word is its own
    assert readings() == [(1000, None), (1000, 0.83)]
    batch = imported(DATED.replace("83 %", "71 %"))
    assert readings() == [(1000, 0.71), (1000, 0.83)]
    assert batch.rows.get().changes == {
        "instagram.credible_share": [None, 0.71],
        "instagram.snapshot": [None, "2026-11-20"],
    }
    assert AccountSnapshot.objects.order_by("pk").first().batch == first
    assert imported(DATED).unchanged_count == 1  # what is known is not changed
    assert readings() == [(1000, 0.71), (1000, 0.83)]


def test_what_an_import_completed_is_blank_again_when_it_is_undone():
    other = "platform,handle,followers,real_followers,observed_at\ninstagram,maia,1000,83 %,2026-10-20\n"
    imported(other + BEFORE.partition("\n")[2].replace("1000,", "1000,,"))
    before = rows([SocialAccount, AccountSnapshot], blind_to={"updated_at"})
    assert readings() == [(1000, 0.83), (1000, None)]
    batch = imported(DATED)
    assert readings() == [(1000, 0.83), (1000, 0.83)]
    undo.undo(batch=batch, by=UserFactory(), at=NOW)
    assert rows([SocialAccount, AccountSnapshot], blind_to={"updated_at"}) == before
