"""Members of staff: who may sign in at all. What they may do there is config/roles.py."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from crm.models import User


def may_sign_in(user: User) -> bool:
    """Demo accounts, whose password everybody knows, only where nobody else can reach this installation."""
    return user.is_active and (settings.IS_LOOPBACK or not user.is_demo)


class StaffBackend(ModelBackend):
    """Django's own sign-in, asked again with every request of a session."""

    def user_can_authenticate(self, user: AbstractBaseUser | AnonymousUser | None) -> bool:
        return isinstance(user, User) and may_sign_in(user)
