"""An import can be taken back as long as nobody has built on it."""

import io

import pytest

from crm.errors import DomainError
from crm.formats.registry import read_influencers
from crm.models import (
    AccountHandle,
    AccountSnapshot,
    Activity,
    Address,
    AudienceShare,
    Influencer,
    Post,
    SocialAccount,
)
from crm.services import addresses, influencers, undo, vetting
from tests.factories import NOW, CauseFactory, UserFactory, imported
from tests.rows import rows

pytestmark = pytest.mark.django_db

FIRST = """\
external_id,name,email,country,topics,platform,handle,platform_id,followers,audience_countries,observed_at
a1,Maïa,maia@x.example,FR,sdg-14|surf,instagram,maia,1,100,FR:0.7,2026-01-01
"""
SECOND = """\
external_id,name,email,country,topics,platform,handle,platform_id,followers,audience_countries,observed_at
a1,Maïa R.,maia@y.example,BE,sdg-13|sea,instagram,maia.new,1,200,FR:0.9,2026-02-01
a1,Maïa Rivière,,,,youtube,maia,,50,,2026-02-01
b2,Tom,tom@x.example,GB,,tiktok,tom,,7,GB:0.5,2026-02-01
"""


def everything() -> dict:
    """All that is known of people, but for the instants at which rows were written."""
    through = Influencer.topics.through
    return rows(
        [Influencer, AccountHandle, AccountSnapshot, AudienceShare, Address, Post, through], blind_to={"updated_at"}
    ) | rows([SocialAccount], blind_to={"updated_at"})


def test_everything_is_as_before():
    imported(FIRST)
    before = everything()
    second = imported(SECOND)
    assert everything() != before
    undo.undo(batch=second, by=UserFactory(), at=NOW)
    assert everything() == before
    second.refresh_from_db()
    assert second.state == "undone"
    assert Activity.objects.filter(kind="import_undone").count() == 1


def test_a_first_import_leaves_nobody():
    batch = imported(FIRST)
    undo.undo(batch=batch, by=UserFactory(), at=NOW)
    assert not Influencer.objects.exists()
    assert not SocialAccount.objects.exists()


def test_it_is_undone_once():
    batch = imported(FIRST)
    undo.undo(batch=batch, by=UserFactory(), at=NOW)
    with pytest.raises(DomainError, match="import_not_stored"):
        undo.undo(batch=batch, by=UserFactory(), at=NOW)


def vet(person):
    cause = CauseFactory()
    vetting.answer(influencer=person, cause=cause, verdict="cleared", reason="fits", by=UserFactory(), at=NOW)


def edit(person):
    [parsed] = read_influencers(io.BytesIO("name,kind,city\nMaïa R.,person,Brest\n".encode()), "f.csv").rows
    influencers.change(influencer=person, profile=parsed.row, source="by hand", at=NOW, by=UserFactory())


def another_file(person):
    imported("external_id,country\na1,CH\nb2,CH\n")


def more_figures(person):
    imported("external_id,platform,handle,followers,observed_at\nb2,tiktok,tom,9,2026-03-01\n")


def another_address(person):
    addresses.add(influencer=person, email="other@x.example")


@pytest.mark.parametrize("build", [vet, edit, another_file, more_figures, another_address])
def test_once_somebody_built_on_it_it_stays_whole(build):
    imported(FIRST)
    second = imported(SECOND)
    person = Influencer.objects.get(external_id="a1" if build is edit else "b2")
    build(person)
    before = everything()
    with pytest.raises(DomainError, match="import_built_upon"):
        undo.undo(batch=second, by=UserFactory(), at=NOW)
    assert everything() == before
    second.refresh_from_db()
    assert second.state == "committed"
