"""Conditions of CHECK constraints: how what is written the same everywhere is written. NULL says nothing and passes."""

from django.db.models import Q

_LANGUAGE = "[a-z]{2,3}"
_COUNTRY = "[A-Z]{2}"
_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"


def is_language(field: str, *, blank: bool = False) -> Q:
    """A primary tag: "fr". Blank where it may be unknown."""
    return Q(**{f"{field}__regex": f"^({_LANGUAGE}){'?' if blank else ''}$"})


def are_languages(field: str) -> Q:
    return _are(field, _LANGUAGE)


def are_countries(field: str) -> Q:
    return _are(field, _COUNTRY)


def are_hosts(field: str) -> Q:
    """Names of servers in small ASCII letters, as browsers ask for them: "give.example.org", "xn--caf-dma.example"."""
    return _are(field, _HOST)


def _are(field: str, one: str) -> Q:
    """Of an array, which the database compares as it writes it: {fr,en}."""
    return Q(**{f"{field}__regex": rf"^\{{({one}(,{one})*)?\}}$"})


def is_timezone(field: str) -> Q:
    """The shape of an IANA name, or blank."""
    return Q(**{f"{field}__regex": r"^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$"})


def is_email(field: str, *, blank: bool = False) -> Q:
    """One address, and nothing that could end a header line or begin a second address."""
    written = Q(**{f"{field}__regex": r"^[^@\s<>,;]+@[^@\s<>,;]+$"})
    return written | Q(**{field: ""}) if blank else written


def is_handle(field: str) -> Q:
    """Platforms differ in what they allow; none allows nothing, or a line break."""
    return Q(**{f"{field}__regex": "^[^[:cntrl:]]+$"})


def is_trait(*, dimension: str, key: str) -> Q:
    """A trait of an audience, spelled as crm.formats.audience says, so that two sources speak of the same one."""
    return (
        Q(**{dimension: "country", f"{key}__regex": f"^{_COUNTRY}$"})
        | Q(**{dimension: "language", f"{key}__regex": f"^{_LANGUAGE}$"})
        | Q(**{dimension: "age", f"{key}__regex": r"^[0-9]{1,3}(-[0-9]{1,3}|\+)$"})
        | Q(**{dimension: "gender", f"{key}__in": ["female", "male", "other", "unknown"]})
        | (Q(**{dimension: "interest"}) & ~Q(**{key: ""}))
    )


def not_negative(*fields: str) -> Q:
    conditions = Q()
    for field in fields:
        conditions &= Q(**{field: None}) | Q(**{f"{field}__gte": 0})
    return conditions


def is_part(field: str, *, of: int = 1) -> Q:
    """A share of a whole: 0–1, or 0–100."""
    return Q(**{field: None}) | Q(**{f"{field}__gte": 0, f"{field}__lte": of})
