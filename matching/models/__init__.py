from matching.models.match import Match, MatchList
from matching.models.ranker import RankerVersion

__all__ = ["Match", "MatchList", "RankerVersion"]
