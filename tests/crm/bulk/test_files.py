"""Every file we know, brought as it is: stored, told row by row, and the same again changes nothing."""

from pathlib import Path

import pytest

from crm.models import AccountDay, AccountSnapshot, Influencer, Post, SocialAccount, StagedAccount, StagedRow
from tests.factories import AccountFactory, analysed, committed

pytestmark = pytest.mark.django_db

FILES = sorted((Path(__file__).parents[1] / "formats" / "files").iterdir())
OWNERS = {
    "youtube_studio": ("youtube", "https://www.youtube.com/@owner"),
    "x_days": ("x", "https://x.com/owner"),
    "linkedin_posts": ("linkedin", "https://www.linkedin.com/company/owner"),
    "linkedin_metrics": ("linkedin", "https://www.linkedin.com/company/owner"),
    "linkedin_followers": ("linkedin", "https://www.linkedin.com/company/owner"),
}


def bring(path: Path, *, owner: str = ""):
    batch = analysed(path.read_bytes(), filename=path.name, owner=owner)
    assert batch.state == "analysed", batch.error
    seen = {name: getattr(batch, f"{name}_count") for name in ("created", "updated", "unchanged", "rejected")}
    committed(batch)
    assert {name: getattr(batch, f"{name}_count") for name in seen} == seen
    return batch


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_stored_as_it_was_shown_and_again_changes_nothing(path):
    owner = ""
    if path.stem in OWNERS:
        platform, owner = OWNERS[path.stem]
        handle = "company/owner" if platform == "linkedin" else "owner"
        AccountFactory(platform=platform, handle=handle, handle_key=handle)
    first = bring(path, owner=owner)
    assert first.created_count + first.updated_count > 0
    told = (
        Post.objects.count(),
        AccountDay.objects.count(),
        AccountSnapshot.objects.count(),
        Influencer.objects.count(),
    )
    again = bring(path, owner=owner)
    assert (again.created_count, again.updated_count) == (0, 0), list(again.rows.values("line", "verdict", "changes"))
    assert again.rejected_count == first.rejected_count
    assert told == (
        *(
            Post.objects.count(),
            AccountDay.objects.count(),
            AccountSnapshot.objects.count(),
            Influencer.objects.count(),
        ),
    )
    assert not StagedRow.objects.exists()
    assert not StagedAccount.objects.exists()


@pytest.mark.parametrize("stem", sorted(OWNERS))
def test_a_file_that_does_not_say_whose_it_is_asks(stem):
    path = next(path for path in FILES if path.stem == stem)
    batch = analysed(path.read_bytes(), filename=path.name)
    assert (batch.state, batch.error["code"]) == ("failed", "owner_missing")
    assert not SocialAccount.objects.exists()
