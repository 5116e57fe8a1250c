"""Which reader reads which file: by its header, never by its name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from crm.errors import DomainError
from crm.formats import causes, field_maps, french, mapped, ngos, own, ranked_lists, vendors
from crm.formats.analytics import linkedin, meta, tiktok, x, youtube_studio
from crm.formats.decoding import check_is_no_old_workbook
from crm.formats.documents import Documents, Items, is_json, read_items
from crm.formats.field_maps import FieldMap
from crm.formats.reports import hypeauditor, influencers_club, iqdata, modash
from crm.formats.reports.values import unknown_keys
from crm.formats.rows import Parsed, Reading
from crm.formats.tables import Table, header_key, open_table
from crm.formats.workbooks import is_workbook, open_workbook

AUTO = "auto"
# What somebody said of a header, if anybody did.
Recall = Callable[[tuple[str, ...]], FieldMap | None]


@dataclass(frozen=True)
class TableFormat:
    name: str
    matches: Callable[[frozenset[str]], bool]
    read: Callable[[Table, str], Iterator[Parsed]]
    unknown_columns: Callable[[Table], tuple[str, ...]]
    needs_owner: bool = False


@dataclass(frozen=True)
class ReportFormat:
    name: str
    matches: Callable[[Documents], bool]
    read: Callable[[Documents, str], Iterator[Parsed]]
    unknown_keys: Callable[[Documents], tuple[str, ...]]


@dataclass(frozen=True)
class ListFormat:
    name: str
    matches: Callable[[Items], bool]
    read: Callable[[Items, str], Iterator[Parsed]]
    unknown_keys: Callable[[Items], tuple[str, ...]]


_EXPORTS = {
    "youtube-studio": youtube_studio.VIDEOS,
    "meta-instagram": meta.INSTAGRAM,
    "meta-facebook": meta.FACEBOOK,
    "x-posts": x.POSTS,
    "x-days": x.DAYS,
    "linkedin-posts": linkedin.POSTS,
    "linkedin-days": linkedin.METRICS,
    "linkedin-followers": linkedin.FOLLOWERS,
    "tiktok": tiktok.VIDEOS,
}
_OF_DAYS = frozenset({"x-days", "linkedin-days", "linkedin-followers"})
# The narrower ones first: our own takes any header that says who a row is about.
_INFLUENCERS = (
    *(TableFormat(name, e.matches, e.read, e.unknown_columns, e.needs_owner) for name, e in _EXPORTS.items()),
    TableFormat(
        "ranked-instagram",
        ranked_lists.matches_instagram,
        ranked_lists.read_instagram,
        ranked_lists.unknown_columns_instagram,
    ),
    TableFormat(
        "ranked-youtube", ranked_lists.matches_youtube, ranked_lists.read_youtube, ranked_lists.unknown_columns_youtube
    ),
    TableFormat("upfluence", vendors.matches_upfluence, vendors.read_upfluence, vendors.unknown_columns_upfluence),
    TableFormat(
        "openoutreach", vendors.matches_openoutreach, vendors.read_openoutreach, vendors.unknown_columns_openoutreach
    ),
    TableFormat("aspire", vendors.matches_aspire, vendors.read_aspire, vendors.unknown_columns_aspire),
    TableFormat("own", own.matches, own.read, own.unknown_columns),
)
_REPORTS = (
    ReportFormat("modash", modash.matches, modash.read, modash.unknown_keys),
    ReportFormat("hypeauditor", hypeauditor.matches, hypeauditor.read, hypeauditor.unknown_keys),
    ReportFormat("influencers-club", influencers_club.matches, influencers_club.read, influencers_club.unknown_keys),
    ReportFormat("iqdata", iqdata.matches, iqdata.read, iqdata.unknown_keys),
)
_CAUSES = TableFormat("own", causes.matches, causes.read, causes.unknown_columns)
_CAUSE_LISTS = (
    ListFormat("globalgiving", ngos.matches, ngos.read_list, ngos.unknown_keys),
    ListFormat("own", causes.matches_list, causes.read_list, causes.unknown_keys),
)
INFLUENCER_FORMATS = (*(form.name for form in _INFLUENCERS), *(form.name for form in _REPORTS))
POST_FORMATS = tuple(name for name in _EXPORTS if name not in _OF_DAYS)  # whose rows are posts of one account
DAY_FORMATS = tuple(name for name in _EXPORTS if name in _OF_DAYS)  # whose rows are its days
CAUSE_FORMATS = tuple(form.name for form in _CAUSE_LISTS)


def detect(header: tuple[str, ...]) -> TableFormat:
    """The reader of influencers that knows a header. Raises DomainError: format_unknown (columns)."""
    form = _find(frozenset(map(header_key, header)))
    if form is None:
        raise DomainError("format_unknown", columns=list(header[:50]))
    return form


def read_influencers(
    stream: BinaryIO,
    filename: str,
    format: str = AUTO,
    mapping: FieldMap | Mapping[str, str] | None = None,
    recall: Recall | None = None,
) -> Reading:
    """Read a seekable stream of influencers. `mapping` says which of the file's columns are which of ours; `recall`
    finds one for a header, where neither it nor the format is given.

    Raises DomainError: format_unknown (columns); report_unknown (fields); format_not_offered (known);
    format_mismatch (format, columns); mapping_needs_table; what field_maps.parse and field_maps.places raise; and
    what open_table raises.
    """
    _check_offered(format, INFLUENCER_FORMATS)
    if is_json(stream):
        if mapping is not None:
            raise DomainError("mapping_needs_table")
        return _read_reports(Documents(stream), filename, format)
    table = open_influencers(stream)
    if mapping is None and recall and format == AUTO:
        mapping = recall(table.header)
    if mapping is not None:
        said = mapping if isinstance(mapping, FieldMap) else field_maps.parse(mapping)
        return Reading("own", mapped.unread(table, said), mapped.read(table, said), table.header)
    form = detect(table.header) if format == AUTO else next((f for f in _INFLUENCERS if f.name == format), None)
    if form is None or not form.matches(frozenset(table.keys)):
        raise DomainError("format_mismatch", format=format, columns=list(table.header[:50]))
    return Reading(form.name, form.unknown_columns(table), form.read(table, filename), table.header, form.needs_owner)


def open_influencers(stream: BinaryIO) -> Table:
    """A seekable stream as a table, its header found, whether a reader knows it or not. Raises what open_table raises,
    and workbook_old.
    """
    check_is_no_old_workbook(stream)
    if is_workbook(stream):
        return open_workbook(stream, linkedin.is_header, lambda keys: _find(keys) is not None)
    return open_table(stream, linkedin.is_header)


def is_table(stream: BinaryIO) -> bool:
    """Whether a seekable stream has columns that somebody could say something of."""
    return not is_json(stream)


def _find(keys: frozenset[str]) -> TableFormat | None:
    return next((form for form in _INFLUENCERS if form.matches(keys)), None)


def _read_reports(documents: Documents, filename: str, format: str) -> Reading:
    form = next((f for f in _REPORTS if format in {AUTO, f.name} and f.matches(documents)), None)
    if form is None:
        columns = list(unknown_keys(documents, frozenset())[:50])
        if format == AUTO:
            raise DomainError("report_unknown", fields=columns)
        raise DomainError("format_mismatch", format=format, columns=columns)
    return Reading(form.name, form.unknown_keys(documents), form.read(documents, filename))


def read_causes(stream: BinaryIO, filename: str, format: str = AUTO) -> Reading:
    """Read a seekable stream of causes: our CSV, our JSON, or globalgiving's list.

    Raises DomainError: format_unknown (columns); report_unknown (fields); format_not_offered (known);
    format_mismatch (format, columns); causes_are_people, of a list of those; and what open_table and read_items raise.
    """
    _check_offered(format, CAUSE_FORMATS)
    if is_json(stream):
        return _read_cause_list(read_items(stream), filename, format)
    check_is_no_old_workbook(stream)
    table = open_workbook(stream) if is_workbook(stream) else open_table(stream)
    if format not in {AUTO, _CAUSES.name}:
        raise DomainError("format_mismatch", format=format, columns=list(table.header[:50]))
    if _are_people(table):  # a name alone would make a cause of each
        raise DomainError("causes_are_people")
    if not _CAUSES.matches(frozenset(table.keys)):
        raise DomainError("format_unknown", columns=list(table.header[:50]))
    return Reading(_CAUSES.name, _CAUSES.unknown_columns(table), _CAUSES.read(table, filename), table.header)


def _are_people(table: Table) -> bool:
    """Whether a header without a column that only causes have is one of a list of people."""
    if {"slug", "goals"} & {*table.also_called(french.CAUSE_NAMES).keys}:
        return False
    if {"handle", "platform"} & {*table.also_called(french.INFLUENCER_NAMES).keys}:
        return True
    return any(form.matches(frozenset(table.keys)) for form in _INFLUENCERS if form.name != "own")


def _read_cause_list(items: Items, filename: str, format: str) -> Reading:
    forms = [form for form in _CAUSE_LISTS if format in {AUTO, form.name}]
    form = next((form for form in forms if form.matches(items)), None)
    if form is None:
        columns = list(forms[-1].unknown_keys(items)[:50])
        if format == AUTO:
            raise DomainError("report_unknown", fields=columns)
        raise DomainError("format_mismatch", format=format, columns=columns)
    return Reading(form.name, form.unknown_keys(items), form.read(items, filename))


def _check_offered(format: str, known: tuple[str, ...]) -> None:
    if format not in {AUTO, *known}:
        raise DomainError("format_not_offered", known=[AUTO, *known])
