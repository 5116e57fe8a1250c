"""How people and their presences are written: e-mail, handles, links, counts, names. Pure.

One door for callers (as `crm.models` is): what is imported here is the contract, the modules behind it are not.
"""

from crm.handles.accounts import PLATFORMS, clean_handle, handle_key, profile_url, read_profile_url
from crm.handles.emails import canonical_email, clean_email
from crm.handles.folding import fold, normalise, sort_key
from crm.handles.mentions import emails_in, link_marks, links_in
from crm.handles.names import first_name
from crm.handles.numbers import parse_average, parse_count, parse_rate, parse_share
from crm.handles.posts import code_of_id, post_code, post_id, post_mark, post_platform
from crm.handles.searching import search_query, search_text, words
from crm.handles.urls import ascii_host, safe_url

__all__ = [
    "PLATFORMS",
    "ascii_host",
    "canonical_email",
    "clean_email",
    "clean_handle",
    "code_of_id",
    "emails_in",
    "first_name",
    "fold",
    "handle_key",
    "link_marks",
    "links_in",
    "normalise",
    "parse_average",
    "parse_count",
    "parse_rate",
    "parse_share",
    "post_code",
    "post_id",
    "post_mark",
    "post_platform",
    "profile_url",
    "read_profile_url",
    "safe_url",
    "search_query",
    "search_text",
    "sort_key",
    "words",
]
