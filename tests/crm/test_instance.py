"""This installation: one row, and the keys it was filled with."""

import pytest
from django.db import IntegrityError

from crm.errors import DomainError
from crm.models import Instance
from crm.services import instance

pytestmark = pytest.mark.django_db


def test_there_is_one_row_from_the_start():
    assert Instance.objects.count() == 1
    assert instance.has_its_keys()


def test_there_cannot_be_two():
    with pytest.raises(IntegrityError, match="instance_is_one"):
        Instance.objects.create(pk=2, keyring_fingerprint="0")


def test_what_was_remembered_first_stays(settings, tmp_path):
    settings.KEYRING = tmp_path / "another.json"
    instance.remember_keys()
    assert not instance.has_its_keys()


def test_what_staff_say_goes_before_the_environment(settings):
    settings.POSTAL_ADDRESS = "12 quai des Brumes"
    assert (instance.organisation(), instance.postal_address()) == ("", "12 quai des Brumes")
    instance.describe(organisation=" Rivages Vivants ", postal_address="3 rue du Môle\n29200  Brest")
    assert (instance.organisation(), instance.postal_address()) == ("Rivages Vivants", "3 rue du Môle\n29200 Brest")


def test_an_organisation_is_somewhere():
    with pytest.raises(DomainError, match="postal_address_missing"):
        instance.describe(organisation="Rivages Vivants", postal_address=" \n")
