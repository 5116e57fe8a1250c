from matching.models.hashtag import HashtagCount, HashtagFigure
from matching.models.left_out import LeftOut
from matching.models.match import Match, MatchList
from matching.models.ranker import RankerVersion
from matching.models.weights import CauseWeights

__all__ = ["CauseWeights", "HashtagCount", "HashtagFigure", "LeftOut", "Match", "MatchList", "RankerVersion"]
