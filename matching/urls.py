"""API routes of matching, put together by config/urls.py."""

from matching.api.match_lists import MatchListViewSet
from matching.api.rankers import RankerViewSet

resources = (
    ("match-lists", MatchListViewSet, "match-list"),
    ("rankers", RankerViewSet, "ranker"),
)
