"""What outreach's codes mean to a person."""

from outreach.words.actions import ActionTotalWords, action_total, money
from outreach.words.attribution import MODELS
from outreach.words.board import board, looked_after, moved
from outreach.words.campaigns import dates, link_url
from outreach.words.conversations import (
    HAPPENED,
    TAKE_UP_AGAIN,
    activity,
    held_reason,
    held_together,
    move,
    next_step,
    stage,
)
from outreach.words.errors import CODES, ERRORS
from outreach.words.inbox import (
    EMPTY,
    TABS,
    back_at,
    file_type,
    owner_of,
    reply_badge,
    reply_kind,
    reply_told_by,
    writer,
)
from outreach.words.mailboxes import hook_address, letters_new, letters_there, mailbox_trouble
from outreach.words.merging import meeting, standing_of
from outreach.words.messages import answering_hour, message_reason, message_state, state_of
from outreach.words.occasions import OCCASIONS
from outreach.words.publications import figure, figures_told, reached, told_by, with_figures
from outreach.words.sequences import enrolment_reason, enrolment_state, step_way, step_when
from outreach.words.sources import refusal, said_of, source_trouble, steps, would_count
from outreach.words.templates import (
    EXAMPLES,
    PLACEHOLDER_HELP,
    PLACEHOLDERS,
    Example,
    placeholder,
    register,
    remark,
    source,
    unknown,
    version,
)

__all__ = [
    "CODES",
    "EMPTY",
    "ERRORS",
    "EXAMPLES",
    "HAPPENED",
    "MODELS",
    "OCCASIONS",
    "PLACEHOLDERS",
    "PLACEHOLDER_HELP",
    "TABS",
    "TAKE_UP_AGAIN",
    "ActionTotalWords",
    "Example",
    "action_total",
    "activity",
    "answering_hour",
    "back_at",
    "board",
    "dates",
    "enrolment_reason",
    "enrolment_state",
    "figure",
    "figures_told",
    "file_type",
    "held_reason",
    "held_together",
    "hook_address",
    "letters_new",
    "letters_there",
    "link_url",
    "looked_after",
    "mailbox_trouble",
    "meeting",
    "message_reason",
    "message_state",
    "money",
    "move",
    "moved",
    "next_step",
    "owner_of",
    "placeholder",
    "reached",
    "refusal",
    "register",
    "remark",
    "reply_badge",
    "reply_kind",
    "reply_told_by",
    "said_of",
    "source",
    "source_trouble",
    "stage",
    "standing_of",
    "state_of",
    "step_way",
    "step_when",
    "steps",
    "told_by",
    "unknown",
    "version",
    "with_figures",
    "would_count",
    "writer",
]
