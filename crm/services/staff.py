"""Members of staff: who may sign in, and who works here as what. What a role may do is config/roles.py."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from crm.errors import DomainError
from crm.models import User
from crm.services import instance

DEMO_PASSWORD = "causeway-demo"  # noqa: S105  (no secret: it stands on the login page, and opens nothing elsewhere)


def may_sign_in(user: User) -> bool:
    """Demo accounts, whose password everybody knows, only where nobody else can reach this installation."""
    return user.is_active and (settings.IS_LOOPBACK or not user.is_demo)


class StaffBackend(ModelBackend):
    """Django's own sign-in, asked again with every request of a session."""

    def user_can_authenticate(self, user: AbstractBaseUser | AnonymousUser | None) -> bool:
        return isinstance(user, User) and may_sign_in(user)


def choose_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)


def is_anybody_here() -> bool:
    """Whether anybody has an account. While nobody does, whoever opens the door makes the first one."""
    return User.objects.filter(is_active=True).exists()


def has_demo() -> bool:
    return User.objects.filter(is_demo=True).exists()


def colleagues() -> QuerySet[User]:
    """Everybody who works here, and may be given something to look after."""
    return User.objects.filter(is_active=True, is_staff=True)


def demo_people() -> list[User]:
    """Whom a visitor may try the demo as; nobody where others can reach this installation."""
    if not settings.IS_LOOPBACK:
        return []
    people = list(User.objects.filter(is_demo=True, is_active=True).prefetch_related("groups").order_by("pk"))
    return [person for person in people if person.role]


@transaction.atomic
def make_first_administrator(
    *,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    password: str,
    organisation: str,
    postal_address: str,
    language: str = "",
) -> User:
    """The account that everything begins with, and whose installation this is. Of two at once, one wins.

    Raises DomainError: somebody_is_here; postal_address_missing; username_taken (by somebody who has left).
    """
    instance.hold()
    if is_anybody_here():
        raise DomainError("somebody_is_here")
    instance.describe(organisation=organisation, postal_address=postal_address)
    names = {"first_name": first_name, "last_name": last_name, "email": email, "language": language}
    return _make(username, password, role=User.Role.ADMINISTRATOR, **names)


@transaction.atomic
def add(*, username: str, first_name: str, last_name: str, email: str, role: str, password: str) -> User:
    """A new member of staff. Raises DomainError: username_taken, role_unknown."""
    instance.hold()
    return _make(username, password, role=role, first_name=first_name, last_name=last_name, email=email)


@transaction.atomic
def change(*, user: User, first_name: str, last_name: str, email: str, role: str, is_active: bool, by: User) -> None:
    """Who they are, what they work as, and whether they still do.

    Raises DomainError: role_unknown; account_above; last_administrator.
    """
    instance.hold()
    check_not_above(user, by)
    user.first_name, user.last_name, user.email, user.is_active = first_name, last_name, email, is_active
    user.save(update_fields=["first_name", "last_name", "email", "is_active"])
    user.groups.set([_group(role)])
    if not _administrators().exists():
        raise DomainError("last_administrator")


def set_password(*, user: User, password: str, by: User) -> None:
    """Ends every session of theirs. Raises DomainError: account_above."""
    check_not_above(user, by)
    user.set_password(password)
    user.save(update_fields=["password"])


def new_password_path(user: User) -> str:
    """The page on which they choose a new password without the old one: for an hour, once, on this installation."""
    return reverse("new_password", args=[user.pk, default_token_generator.make_token(user)])


def whose_link(*, pk: int, token: str) -> User:
    """Whose new password a link is for. Raises DomainError: password_link_invalid, whatever is wrong with it."""
    return _whose_link(User.objects.all(), pk=pk, token=token)


@transaction.atomic
def set_password_by_link(*, pk: int, token: str, password: str) -> None:
    """Ends every session of theirs, begins none, and the link is spent. Raises DomainError: password_link_invalid."""
    user = _whose_link(User.objects.select_for_update(no_key=True), pk=pk, token=token)
    user.set_password(password)
    user.save(update_fields=["password"])


def _whose_link(users: QuerySet[User], *, pk: int, token: str) -> User:
    user = users.filter(pk=pk).first()
    if user is None or not may_sign_in(user) or not default_token_generator.check_token(user, token):
        raise DomainError("password_link_invalid")
    return user


def _make(username: str, password: str, *, role: str, **values: str) -> User:
    if User.objects.filter(username__iexact=username).exists():
        raise DomainError("username_taken", username=username)
    user = User.objects.create_user(username, password=password, is_staff=True, **values)
    user.groups.set([_group(role)])
    return user


def _group(role: str) -> Group:
    if role not in User.Role.values:
        raise DomainError("role_unknown", role=role, known=User.Role.values)
    return Group.objects.get(name=role)


def check_not_above(user: User, by: User) -> None:
    """An account with every right, made on the command line, is not taken over from the pages."""
    if user.is_superuser and not by.is_superuser:
        raise DomainError("account_above")


def _administrators() -> QuerySet[User]:
    """Those who can let others in, today."""
    able = User.objects.filter(Q(is_superuser=True) | Q(groups__name=User.Role.ADMINISTRATOR), is_active=True)
    return able if settings.IS_LOOPBACK else able.filter(is_demo=False)
