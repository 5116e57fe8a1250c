"""What codes, numbers and dates mean to a person, in the reader's language. Rules and services speak in codes."""

from crm.words.audit import OCCASIONS, audit_changes, audit_what, audit_why
from crm.words.causes import ACTIONS, UNSAID, goal, goal_figure
from crm.words.columns import column
from crm.words.errors import ERRORS, say, say_code
from crm.words.figures import (
    amount_in,
    country,
    currency,
    distance,
    labelled,
    language,
    lasting,
    money,
    number,
    percent,
    reader,
    short_number,
    unknown,
)
from crm.words.files import FORMATS, ROWS
from crm.words.identity import consequences, field, reasons
from crm.words.people import AUDIENCES, GENDERS, MAY_WRITE, OBJECTIONS, followers, gender, may_write, trait
from crm.words.privacy import receipt_counts, receipt_hashes, receipt_lines
from crm.words.timeline import CODES, HAPPENED, happened
from crm.words.tools import RESOURCES, may

__all__ = [
    "ACTIONS",
    "AUDIENCES",
    "CODES",
    "ERRORS",
    "FORMATS",
    "GENDERS",
    "HAPPENED",
    "MAY_WRITE",
    "OBJECTIONS",
    "OCCASIONS",
    "RESOURCES",
    "ROWS",
    "UNSAID",
    "amount_in",
    "audit_changes",
    "audit_what",
    "audit_why",
    "column",
    "consequences",
    "country",
    "currency",
    "distance",
    "field",
    "followers",
    "gender",
    "goal",
    "goal_figure",
    "happened",
    "labelled",
    "language",
    "lasting",
    "may",
    "may_write",
    "money",
    "number",
    "percent",
    "reader",
    "reasons",
    "receipt_counts",
    "receipt_hashes",
    "receipt_lines",
    "say",
    "say_code",
    "short_number",
    "trait",
    "unknown",
]
