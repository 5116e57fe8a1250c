"""API routes of crm, put together by config/urls.py."""

from crm.api.causes import CauseViewSet, TopicViewSet
from crm.api.exports import ExportViewSet
from crm.api.imports import ImportViewSet
from crm.api.influencers import InfluencerViewSet
from crm.api.merges import DuplicateViewSet, MergeViewSet
from crm.api.suppressions import SuppressionViewSet
from crm.api.vettings import VettingViewSet

resources = (
    ("influencers", InfluencerViewSet, "influencer"),
    ("influencers", ExportViewSet, "influencer-bundle"),
    ("duplicates", DuplicateViewSet, "duplicate"),
    ("merges", MergeViewSet, "merge"),
    ("causes", CauseViewSet, "cause"),
    ("topics", TopicViewSet, "topic"),
    ("imports", ImportViewSet, "import"),
    ("vettings", VettingViewSet, "vetting"),
    ("suppressions", SuppressionViewSet, "suppression"),
)
