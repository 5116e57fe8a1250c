"""What somebody keeps of a list under a name: a search, filters and an order."""

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.models import SavedView, User

_LONGEST = SavedView._meta.get_field("query").max_length or 0


def asked(query: str, *, allowed: Collection[str]) -> str:
    """What the address of a list asks, in one spelling: that of the names allowed, sorted, without what is blank."""
    pairs = [(name, value) for name, value in parse_qsl(query) if name in allowed]
    return urlencode(sorted(pairs))


@transaction.atomic
def save(*, owner: User, name: str, query: str, allowed: Collection[str], is_shared: bool) -> SavedView:
    """Keep it under this name; what its owner kept under the same name before is replaced.

    Raises DomainError: name_blank, view_asks_nothing, view_parameter_unknown (names), view_too_long.
    """
    if unknown := sorted({given for given, _value in parse_qsl(query)} - set(allowed)):
        raise DomainError("view_parameter_unknown", names=unknown)
    kept = asked(query, allowed=allowed)
    if not kept:
        raise DomainError("view_asks_nothing")
    if len(kept) > _LONGEST:
        raise DomainError("view_too_long")
    view, _is_new = SavedView.objects.update_or_create(
        owner=owner, name=_named(name), defaults={"query": kept, "is_shared": is_shared}
    )
    return view


def rename(*, view: SavedView, name: str, is_shared: bool, by: User) -> None:
    """Raises DomainError: name_blank, view_not_yours, view_name_taken."""
    if view.owner_id != by.pk:
        raise DomainError("view_not_yours")
    view.name, view.is_shared = _named(name), is_shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "is_shared", "updated_at"])
    except IntegrityError as error:
        raise DomainError("view_name_taken", name=view.name) from error


def remove(*, view: SavedView, by: User) -> None:
    """By its owner; a shared one also by whoever may delete those of others. Raises DomainError: view_not_yours."""
    if not may_remove(view, by):
        raise DomainError("view_not_yours")
    view.delete()


def may_remove(view: SavedView, user: User) -> bool:
    return view.owner_id == user.pk or (view.is_shared and user.has_perm("crm.delete_savedview"))


def _named(name: str) -> str:
    said = " ".join(name.split())
    if not said:
        raise DomainError("name_blank")
    return said
