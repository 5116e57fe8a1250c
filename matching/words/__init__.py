"""What the ranker's features, reasons and lists mean to a person, in the reader's language."""

from matching.words.changes import MOVES, why_changed
from matching.words.errors import ERRORS
from matching.words.features import FEATURES, SIDES
from matching.words.hashtags import ADVICE, proposal
from matching.words.lists import LEFT_OUT, finding, gap, left_out
from matching.words.reasons import Reason, reason_sentence, reasons
from matching.words.verdicts import BARRED, HAPPENED, VERDICTS, judged, scope, why_asked

__all__ = [
    "ADVICE",
    "BARRED",
    "ERRORS",
    "FEATURES",
    "HAPPENED",
    "LEFT_OUT",
    "MOVES",
    "SIDES",
    "VERDICTS",
    "Reason",
    "finding",
    "gap",
    "judged",
    "left_out",
    "proposal",
    "reason_sentence",
    "reasons",
    "scope",
    "why_asked",
    "why_changed",
]
