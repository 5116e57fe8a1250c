"""Reliability row I3: brought again a file comes to the same, and it decides nothing for anybody.

After a crash, too: see tests/crm/test_import_crashes.py.
"""

from datetime import timedelta

import pytest

from crm.models import Address, Influencer, Suppression
from crm.services import addresses, vetting
from outreach.models import Message, Outreach
from tests.factories import NOW, CauseFactory, OutreachFactory, UserFactory, imported
from tests.rows import rows

HEADER = (
    "external_id,name,email,email_kind,email_source,basis,languages,country,topics,platform,handle,followers,"
    "audience_countries,observed_at,stage,vetting,consent,suppressed,unsubscribed,contacted_at\n"
)
FILE = HEADER + "".join(
    f"e{n},Person {n},p{n}@studio.example,professional,her page,{'consent' if n % 5 == 0 else 'legitimate_interest'},"
    f"fr,FR,sdg-14|surf,instagram,person.{n},{n},FR:0.7|BE:0.1,2026-11-20,agreed,cleared,yes,no,no,2026-11-01\n"
    for n in range(40)
)
_OURS = ("campaign", "outreach", "message", "link")
OF_ITSELF = {"crm.importbatch", "crm.importrow", "crm.stagedrow", "crm.stagedaccount"}


def everything() -> dict:
    """Every row of every table but those of the imports themselves."""
    return rows(without=OF_ITSELF)


# What a file may not do -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_three_times_again_changes_nothing_in_any_table():
    imported(FILE)
    before = everything()
    for day in (0, 1, 40):
        again = imported(FILE, at=NOW + timedelta(days=day))
        assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 40)
        assert everything() == before


@pytest.mark.django_db
def test_a_file_decides_nothing():
    """Columns that call themselves consent, stage or suppression are not known here, and nothing comes of them."""
    batch = imported(FILE)
    assert set(batch.unknown_columns) == {"stage", "vetting", "consent", "suppressed", "unsubscribed", "contacted_at"}
    assert not Address.objects.filter(basis="consent").exists()
    assert not Address.objects.filter(noticed_at__isnull=False).exists()
    assert not Influencer.objects.filter(last_contacted_at__isnull=False).exists()
    told = everything()
    for name in ("crm.suppression", "crm.vettingcheck", *(f"outreach.{name}" for name in _OURS)):
        assert told[name] == []
    assert {activity["kind"] for activity in told["crm.activity"]} == {"imported"}


@pytest.mark.django_db
def test_what_people_decided_outlives_every_file():
    imported(FILE)
    officer, cause = UserFactory(), CauseFactory()
    first, second, third = Influencer.objects.order_by("pk")[:3]
    addresses.suppress(address=first.addresses.get(), reason="unsubscribed", at=NOW)
    vetting.answer(influencer=second, cause=cause, verdict="refused", reason="A competitor pays.", by=officer, at=NOW)
    OutreachFactory(influencer=third, stage="declined")
    watched = (Suppression, Outreach, Message)
    before = [list(model.objects.values()) for model in watched]
    for text in (
        FILE,
        FILE.replace("her page", "a fair"),
        FILE.replace("Person", "Somebody"),
        FILE.replace("no,no", "0,0"),
    ):
        imported(text, at=NOW + timedelta(days=1))
        assert [list(model.objects.values()) for model in watched] == before
        assert not Influencer.objects.contactable(at=NOW + timedelta(days=2)).filter(pk=first.pk).exists()
        assert not Influencer.objects.with_clearance(cause=cause).filter(pk=second.pk).exists()


@pytest.mark.django_db
def test_who_said_no_and_was_let_go_is_not_written_to_when_a_file_brings_them_back():
    """The address is gone, the no is not: it is kept by what the address hashes to."""
    imported(FILE)
    first = Influencer.objects.order_by("pk").first()
    addresses.suppress(address=first.addresses.get(), reason="unsubscribed", at=NOW)
    first.delete()
    imported(FILE.replace("p0@studio.example", "P0@Studio.Example"), at=NOW + timedelta(days=1))
    back = Influencer.objects.get(external_id=first.external_id)
    assert back.addresses.exists()
    assert not Influencer.objects.contactable(at=NOW + timedelta(days=2)).filter(pk=back.pk).exists()
