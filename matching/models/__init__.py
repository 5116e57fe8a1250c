from matching.models.exclusion import Exclusion
from matching.models.hashtag import HashtagCount, HashtagFigure
from matching.models.label import RelevanceLabel
from matching.models.left_out import LeftOut
from matching.models.match import Match, MatchList
from matching.models.ranker import RankerVersion

__all__ = [
    "Exclusion",
    "HashtagCount",
    "HashtagFigure",
    "LeftOut",
    "Match",
    "MatchList",
    "RankerVersion",
    "RelevanceLabel",
]
