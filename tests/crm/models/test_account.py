"""Accounts as querysets tell them."""

from datetime import timedelta

import pytest

from crm.models import SocialAccount
from tests.factories import NOW, AccountFactory

pytestmark = pytest.mark.django_db


def test_credibility_is_the_newest_that_a_source_told():
    told, silent = AccountFactory(), AccountFactory()
    for days, share in ((60, 0.9), (30, 0.83), (0, None)):
        told.snapshots.create(observed_at=NOW - timedelta(days), source="v", followers=9, credible_share=share)
    told.snapshots.create(observed_at=NOW - timedelta(30), source="w", credible_share=0.8)  # at once: the last wins
    silent.snapshots.create(observed_at=NOW, source="v", followers=9)
    found = SocialAccount.objects.telling_credibility().order_by("pk").values_list("credible_share", "credible_at")
    assert list(found) == [(0.8, NOW - timedelta(30)), (None, None)]
