from crm.models.account import AccountDay, AccountHandle, AccountSnapshot, AudienceShare, Platform, SocialAccount
from crm.models.activity import Activity
from crm.models.address import Address, Suppression
from crm.models.audit import AuditEvent
from crm.models.cause import ActionKind, AudienceTarget, Cause, Goal, HashtagPick, OwnProfile
from crm.models.column_mapping import ColumnMapping
from crm.models.erasure import ErasureReceipt
from crm.models.identity import DuplicateCandidate, DuplicateSearch, IdentityMark, InfluencerAlias, Merge
from crm.models.importing import ImportBatch, ImportPiece, ImportRow
from crm.models.influencer import Influencer
from crm.models.instance import Instance
from crm.models.post import Post
from crm.models.representation import Representation
from crm.models.staging import StagedAccount, StagedRow
from crm.models.token import ApiToken, IdempotencyKey
from crm.models.topic import Topic
from crm.models.user import User
from crm.models.vetting import VettingCheck
from crm.models.view import SavedView

__all__ = [
    "AccountDay",
    "AccountHandle",
    "AccountSnapshot",
    "ActionKind",
    "Activity",
    "Address",
    "ApiToken",
    "AudienceShare",
    "AudienceTarget",
    "AuditEvent",
    "Cause",
    "ColumnMapping",
    "DuplicateCandidate",
    "DuplicateSearch",
    "ErasureReceipt",
    "Goal",
    "HashtagPick",
    "IdempotencyKey",
    "IdentityMark",
    "ImportBatch",
    "ImportPiece",
    "ImportRow",
    "Influencer",
    "InfluencerAlias",
    "Instance",
    "Merge",
    "OwnProfile",
    "Platform",
    "Post",
    "Representation",
    "SavedView",
    "SocialAccount",
    "StagedAccount",
    "StagedRow",
    "Suppression",
    "Topic",
    "User",
    "VettingCheck",
]
