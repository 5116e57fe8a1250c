"""What the ranker's features, reasons and lists mean to a person, in the reader's language."""

from matching.words.changes import MOVES, why_changed
from matching.words.errors import ERRORS
from matching.words.features import FEATURES, SIDES
from matching.words.hashtags import ADVICE, proposal
from matching.words.lists import LEFT_OUT, finding, gap, left_out
from matching.words.reasons import Reason, reason_sentence, reasons, sentence
from matching.words.unknowns import could_stand, could_stand_at_all

__all__ = [
    "ADVICE",
    "ERRORS",
    "FEATURES",
    "LEFT_OUT",
    "MOVES",
    "SIDES",
    "Reason",
    "could_stand",
    "could_stand_at_all",
    "finding",
    "gap",
    "left_out",
    "proposal",
    "reason_sentence",
    "reasons",
    "sentence",
    "why_changed",
]
