"""Reliability row I3: brought again, or after a crash, a file comes to the same; and it decides nothing for anybody."""

import io
import os
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from crm.models import Activity, Address, ImportBatch, ImportRow, Influencer, StagedAccount, StagedRow, Suppression
from crm.services import addresses, importing, vetting
from outreach.models import Message, Outreach
from tests.factories import NOW, CauseFactory, OutreachFactory, UserFactory

ROWS = 4_000  # of which the middle is well inside
HEADER = (
    "external_id,name,email,email_kind,email_source,basis,languages,country,topics,platform,handle,followers,"
    "audience_countries,observed_at,stage,vetting,consent,suppressed,unsubscribed,contacted_at\n"
)
FILE = HEADER + "".join(
    f"e{n},Person {n},p{n}@studio.example,professional,her page,{'consent' if n % 5 == 0 else 'legitimate_interest'},"
    f"fr,FR,sdg-14|surf,instagram,person.{n},{n},FR:0.7|BE:0.1,2026-11-20,agreed,cleared,yes,no,no,2026-11-01\n"
    for n in range(40)
)
WHEN = {"created_at", "updated_at", "public_id", "id", "batch_id", "influencer_id", "account_id"}
WHOLE = [
    model for app in ("crm", "matching", "outreach") for model in apps.get_app_config(app).get_models()
    if model not in {ImportBatch, ImportRow, StagedRow, StagedAccount}
]  # fmt: skip


def bring(text: str, *, at=NOW) -> ImportBatch:
    batch = importing.upload(subject="influencers", filename="p.csv", content=text.encode(), max_bytes=10**8, at=at)
    importing.analyse(batch=batch, at=at)
    importing.accept(batch=batch)
    importing.commit(batch=batch, at=at)
    batch.refresh_from_db()
    assert batch.state == "committed"
    return batch


def everything() -> dict[str, list[dict]]:
    """Every row of every table but those of the imports themselves."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in WHOLE}


# What a file may not do -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_three_times_again_changes_nothing_in_any_table():
    bring(FILE)
    before = everything()
    for day in (0, 1, 40):
        again = bring(FILE, at=NOW + timedelta(days=day))
        assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 40)
        assert everything() == before


@pytest.mark.django_db
def test_a_file_decides_nothing():
    """Columns that call themselves consent, stage or suppression are not known here, and nothing comes of them."""
    batch = bring(FILE)
    assert set(batch.unknown_columns) == {"stage", "vetting", "consent", "suppressed", "unsubscribed", "contacted_at"}
    assert not Address.objects.filter(basis="consent").exists()
    assert not Address.objects.filter(noticed_at__isnull=False).exists()
    assert not Influencer.objects.filter(last_contacted_at__isnull=False).exists()
    told = everything()
    for name in ("Suppression", "VettingCheck", "Outreach", "Message", "Link", "Campaign"):
        assert told[name] == []
    assert {activity["kind"] for activity in told["Activity"]} == {"imported"}


@pytest.mark.django_db
def test_what_people_decided_outlives_every_file():
    bring(FILE)
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
        bring(text, at=NOW + timedelta(days=1))
        assert [list(model.objects.values()) for model in watched] == before
        assert not Influencer.objects.contactable(at=NOW + timedelta(days=2)).filter(pk=first.pk).exists()
        assert not Influencer.objects.with_clearance(cause=cause).filter(pk=second.pk).exists()


@pytest.mark.django_db
def test_who_said_no_and_was_let_go_is_not_written_to_when_a_file_brings_them_back():
    """The address is gone, the no is not: it is kept by what the address hashes to."""
    bring(FILE)
    first = Influencer.objects.order_by("pk").first()
    addresses.suppress(address=first.addresses.get(), reason="unsubscribed", at=NOW)
    first.delete()
    bring(FILE.replace("p0@studio.example", "P0@Studio.Example"), at=NOW + timedelta(days=1))
    back = Influencer.objects.get(external_id=first.external_id)
    assert back.addresses.exists()
    assert not Influencer.objects.contactable(at=NOW + timedelta(days=2)).filter(pk=back.pk).exists()


# Crashes --------------------------------------------------------------------------------------------------------------


LONG = HEADER + "".join(
    f"e{n},Person {n},p{n}@studio.example,professional,her page,legitimate_interest,fr,FR,sdg-14|surf,instagram,"
    f"person.{n},{n},FR:0.7|BE:0.1,2026-11-20,,,,,,\n"
    for n in range(ROWS)
)


def killed(work: Callable[[], object]) -> None:
    """Run it in a process of its own, which has to die by SIGKILL on the way."""
    connection.close()  # a connection is not to be shared
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Half(io.BytesIO):
    """A file that half of can be read; looking for its encoding, which reads all, is let through."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.walks = 0

    def seek(self, *args):
        self.walks += 1
        return super().seek(*args)

    def _look(self):
        if self.walks > 4 and self.tell() > len(self.getvalue()) // 2:
            die()

    def read(self, *args):
        self._look()
        return super().read(*args)

    def read1(self, *args):
        self._look()
        return super().read1(min(*args, 1 << 13) if args else 1 << 13)


def at_statement(beginning: str, number: int):
    """Dies before the database is asked that for the nth time."""
    left = [number]

    def ask(execute, sql, params, many, context):
        if sql.lstrip().startswith(beginning):
            left[0] -= 1
            if left[0] == 0:
                die()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(ask)


def people() -> list[object]:
    """All that came of a file, without numbers and instants of writing."""
    told = []
    for model in WHOLE:
        if model in {Influencer, Address, Activity} or model.__name__ in {
            "SocialAccount",
            "AccountSnapshot",
            "AudienceShare",
        }:
            names = [field.attname for field in model._meta.concrete_fields if field.attname not in WHEN]
            told.append(sorted(map(repr, model.objects.values(*names))))
    return told


def run(stream: io.BytesIO, batch: ImportBatch) -> None:
    importing.run(batch=batch, stream=stream, at=NOW, is_kept=True)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_killed_half_way_comes_to_the_same():
    content = LONG.encode()
    killed(lambda: run(Half(content), importing.begin(subject="influencers", filename="p.csv", at=NOW)))
    assert not Influencer.objects.exists()

    def storing():
        with at_statement("WITH fresh", 1):  # people are written, their addresses are not
            run(io.BytesIO(content), importing.begin(subject="influencers", filename="p.csv", at=NOW))

    killed(storing)
    assert not Influencer.objects.exists()
    assert not ImportRow.objects.exists()

    later = NOW + timedelta(minutes=31)  # the dead one's lease has run out
    for batch in ImportBatch.objects.due(at=later):
        importing.discard(batch=batch, at=later)
    assert not StagedRow.objects.exists()
    run(io.BytesIO(content), importing.begin(subject="influencers", filename="p.csv", at=NOW))
    after_crashes = people()
    assert Influencer.objects.count() == ROWS

    Influencer.objects.all().delete()
    run(io.BytesIO(content), importing.begin(subject="influencers", filename="p.csv", at=NOW))
    assert people() == after_crashes


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_stores_is_followed_by_one_that_does():
    batch = importing.upload(subject="influencers", filename="p.csv", content=LONG.encode(), max_bytes=10**8, at=NOW)
    importing.analyse(batch=batch, at=NOW)
    importing.accept(batch=batch)

    def storing():
        with at_statement("INSERT INTO crm_activity", 1):
            importing.commit(batch=batch, at=NOW)

    def committing():
        with at_statement('UPDATE "crm_importbatch"', 2):
            importing.commit(batch=batch, at=NOW + timedelta(minutes=31))

    killed(storing)
    assert not Influencer.objects.exists()
    killed(committing)
    assert not Influencer.objects.exists()
    later = NOW + timedelta(minutes=62)
    [due] = ImportBatch.objects.due(at=later)
    importing.work(batch=due, at=later)
    due.refresh_from_db()
    assert (due.state, due.created_count) == ("committed", ROWS)
    assert Influencer.objects.count() == ROWS
    assert not StagedRow.objects.exists()
