"""Whom a token may act for, whoever asks for it."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from crm.errors import DomainError
from crm.models import ApiToken
from crm.services import tokens
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def make(*, user, by=None):
    return tokens.create(user=user, name="x", scopes=["causes:read"], at=timezone.now(), by=by)


def test_a_token_for_a_superuser_takes_a_superuser():
    above, other = UserFactory(is_superuser=True), UserFactory()
    with pytest.raises(DomainError) as refused:
        make(user=above, by=other)
    assert refused.value.code == "account_above"
    assert not ApiToken.objects.exists()
    make(user=other, by=other)
    make(user=other, by=above)
    make(user=above, by=above)


def test_the_command_line_makes_tokens_for_anybody(capsys):
    above = UserFactory(is_superuser=True)
    call_command("create_token", "--name", "x", "--user", above.username, "--scope", "causes:read")
    assert tokens.authenticate(capsys.readouterr().out.strip(), at=timezone.now()).user == above
