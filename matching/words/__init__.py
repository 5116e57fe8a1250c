"""What the ranker's features, reasons and lists mean to a person, in the reader's language."""

from matching.words.changes import MOVES, why_changed
from matching.words.errors import CODES, ERRORS
from matching.words.features import FEATURES, PARTS, SIDES
from matching.words.filters import asked
from matching.words.hashtags import ADVICE, proposal
from matching.words.likeness import InCommon, in_common, near
from matching.words.lists import LEFT_OUT, finding, gap, left_out
from matching.words.occasions import OCCASIONS
from matching.words.reasons import Reason, reasons, sentence
from matching.words.telling import Voice, tell, tellable
from matching.words.unknowns import could_stand, could_stand_at_all
from matching.words.verdicts import BARRED, HAPPENED, VERDICTS, judged, scope, why_asked
from matching.words.weights import GROUPS, LOOKS_AT, moved_weights, why_moves

__all__ = [
    "ADVICE",
    "BARRED",
    "CODES",
    "ERRORS",
    "FEATURES",
    "GROUPS",
    "HAPPENED",
    "LEFT_OUT",
    "LOOKS_AT",
    "MOVES",
    "OCCASIONS",
    "PARTS",
    "SIDES",
    "VERDICTS",
    "InCommon",
    "Reason",
    "Voice",
    "asked",
    "could_stand",
    "could_stand_at_all",
    "finding",
    "gap",
    "in_common",
    "judged",
    "left_out",
    "moved_weights",
    "near",
    "proposal",
    "reasons",
    "scope",
    "sentence",
    "tell",
    "tellable",
    "why_asked",
    "why_changed",
    "why_moves",
]
