"""Whose accounts are a cause's own, for tools."""

import pytest

from tests.factories import CauseFactory, InfluencerFactory, UserFactory, tool_of

pytestmark = pytest.mark.django_db


def test_a_tool_says_whose_accounts_are_the_cause_s_own():
    cause, people = CauseFactory(), [InfluencerFactory() for _ in range(2)]
    ids, where = [str(one.public_id) for one in people], f"/api/v1/causes/{cause.public_id}/own-profiles/"
    tool = tool_of(UserFactory(role="officer"), "causes:read", "causes:write")
    assert tool.get(where).json() == {"influencers": []}
    for wanted in (ids, ids[1:], ids[1:], []):
        answer = tool.post(where, {"influencers": wanted}, content_type="application/json")
        assert (answer.status_code, answer.json()) == (200, {"influencers": wanted})
    reader = tool_of(UserFactory(role="analyst"), "causes:read", "causes:write")
    assert reader.get(where).status_code == 200
    assert reader.post(where, {"influencers": ids}, content_type="application/json").status_code == 403
