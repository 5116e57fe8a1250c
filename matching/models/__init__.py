from matching.models.change import Change, ChangeLog
from matching.models.hashtag import HashtagCount, HashtagFigure
from matching.models.left_out import LeftOut
from matching.models.match import Match, MatchList
from matching.models.ranker import RankerVersion

__all__ = ["Change", "ChangeLog", "HashtagCount", "HashtagFigure", "LeftOut", "Match", "MatchList", "RankerVersion"]
