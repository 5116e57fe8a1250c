from matching.models.change import Change, ChangeLog
from matching.models.exclusion import Exclusion
from matching.models.hashtag import HashtagCount, HashtagFigure
from matching.models.label import RelevanceLabel
from matching.models.left_out import LeftOut
from matching.models.match import Match, MatchList
from matching.models.ranker import RankerVersion
from matching.models.served import Served
from matching.models.training import Training
from matching.models.weights import CauseWeights

__all__ = [
    "CauseWeights",
    "Change",
    "ChangeLog",
    "Exclusion",
    "HashtagCount",
    "HashtagFigure",
    "LeftOut",
    "Match",
    "MatchList",
    "RankerVersion",
    "RelevanceLabel",
    "Served",
    "Training",
]
