"""API routes of matching, put together by config/urls.py."""

from matching.api.cause_hashtags import CauseHashtagsViewSet
from matching.api.cause_weights import CauseWeightsViewSet
from matching.api.exclusions import ExclusionViewSet
from matching.api.match_lists import MatchListViewSet
from matching.api.rankers import RankerViewSet, TrainingViewSet
from matching.api.similar import SimilarViewSet
from matching.api.verdicts import VerdictViewSet

resources = (
    ("causes", CauseHashtagsViewSet, "cause-hashtags"),  # routes of crm's causes that take the ranking to answer
    ("causes", CauseWeightsViewSet, "cause-weights"),
    ("influencers", SimilarViewSet, "influencer-similar"),  # and one of its influencers
    ("match-lists", MatchListViewSet, "match-list"),
    ("verdicts", VerdictViewSet, "verdict"),
    ("exclusions", ExclusionViewSet, "exclusion"),
    ("rankers", RankerViewSet, "ranker"),
    ("trainings", TrainingViewSet, "training"),
)
