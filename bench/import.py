"""Rows per second of an import, beside what the same rows cost others, in one run: `python -m bench.import [rows]`.

Ours reads a CSV, checks every cell, finds people again, stores profiles, accounts, figures, audiences and addresses,
and a verdict on every row. The bare COPY writes the very rows that came of it into the same indexed tables: nothing can
be quicker with these tables; the second one also writes the verdicts and the history of the profiles, as ours does.
bulk_create writes the same people, accounts and addresses from objects that are ready.
django-import-export writes the same facts, a resource for each of the tables, with its defaults.
"""

import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.database import database, rows_asked

ROUNDS = 3
SMALL = 50  # of the slow peers a part of the rows is enough
TABLES = (
    "crm_importbatch",
    "crm_influencer",
    "crm_socialaccount",
    "crm_address",
    "crm_accountsnapshot",
    "crm_audienceshare",
)
TOLD = ("crm_importrow", "crm_activity")  # what an import says beside: a verdict on each row, an entry in each history
HEADER = (
    "external_id,name,kind,email,email_kind,email_source,basis,language,country,city,bio,hashtags,platform,handle,url,"
    "followers,avg_likes,engagement_rate,audience_countries,observed_at\n"
)


def write_file(path: Path, rows: int) -> None:
    """Invented people, one row each, with two shares of an audience."""
    draw = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for n in range(rows):
            file.write(
                f"e{n},Person Number {n},person,p{n}@studio.example,professional,her page,legitimate_interest,fr,FR,"
                f'Brest,"Films the sea and says what lies on its floor, week {n}",ocean|dive,instagram,person.{n},'
                f"https://www.instagram.com/person.{n}/,{draw.randint(1_000, 900_000)},{draw.randint(10, 9_000)},"
                f"0.0{draw.randint(10, 99)},FR:0.{draw.randint(10, 79)}|BE:0.1,2026-11-20\n"
            )


def empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE crm_influencer, crm_stagedrow, crm_stagedaccount CASCADE")
        cursor.execute("VACUUM ANALYZE")


def ours(path: Path) -> int:
    from django.utils import timezone

    from crm.models import ImportBatch
    from crm.services import importing

    batch = importing.begin(subject="influencers", filename=path.name, at=timezone.now())
    with path.open("rb") as stream:
        importing.run(batch=batch, stream=stream, at=timezone.now(), is_kept=True)
    made = ImportBatch.objects.get(pk=batch.pk)
    assert made.state == "committed", (made.state, made.error)
    return made.created_count + made.unchanged_count


def copy_out(folder: Path) -> None:
    from django.db import connection

    for table in (*TABLES, *TOLD):
        with (
            (folder / table).open("wb") as file,
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} TO STDOUT") as copy,
        ):
            for block in copy:
                file.write(block)


def copy_in(folder: Path, tables: tuple[str, ...] = TABLES) -> None:
    from django.db import connection, transaction

    with transaction.atomic():
        for table in tables:
            with (
                (folder / table).open("rb") as file,
                connection.cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN") as copy,
            ):
                while block := file.read(1 << 16):
                    copy.write(block)


def bulk_create(rows: int) -> int:
    from django.db import transaction

    from crm.models import Address, Influencer, SocialAccount

    with transaction.atomic():
        people = Influencer.objects.bulk_create(
            [
                Influencer(
                    external_id=f"b{n}", name=f"Person {n}", sort_name=f"person {n}", languages=["fr"], country="FR"
                )
                for n in range(rows)
            ],
            batch_size=5_000,
        )
        SocialAccount.objects.bulk_create(
            [
                SocialAccount(
                    influencer=person, platform="instagram", handle=f"b.{n}", handle_key=f"b.{n}", followers=n
                )
                for n, person in enumerate(people)
            ],
            batch_size=5_000,
        )
        Address.objects.bulk_create(
            [
                Address(influencer=person, email=f"b{n}@x.example", email_key=f"b{n}@x.example", digest=f"d{n}")
                for n, person in enumerate(people)
            ],
            batch_size=5_000,
        )
    return rows


def import_export(rows: int) -> int:
    """The same facts, table by table, as its documentation has it: a resource each, references by natural key."""
    import tablib
    from import_export import fields, resources, widgets

    from crm import models

    def store(model: Any, header: list[str], keys: list[str], data: list[list[Any]], **references: Any) -> None:
        meta = type("Meta", (), {"model": model, "fields": header, "import_id_fields": keys})
        given = {
            name: fields.Field(attribute=name, column_name=name, widget=widgets.ForeignKeyWidget(other, field))
            for name, (other, field) in references.items()
        }
        resource = type("Resource", (resources.ModelResource,), {"Meta": meta, **given})
        resource().import_data(tablib.Dataset(*data, headers=header), dry_run=False, raise_errors=True)

    each = range(rows)
    person = ["external_id", "name", "sort_name", "country", "city", "bio"]
    told = [[f"i{n}", f"Person {n}", f"person {n}", "FR", "Brest", f"Films the sea, week {n}"] for n in each]
    store(models.Influencer, person, ["external_id"], told)
    by_id = (models.Influencer, "external_id")
    account = ["influencer", "platform", "handle", "handle_key", "url", "followers", "engagement_rate"]
    told = [[f"i{n}", "instagram", f"i.{n}", f"i.{n}", f"https://x.example/i.{n}", n, 0.04] for n in each]
    store(models.SocialAccount, account, ["platform", "handle_key"], told, influencer=by_id)
    address = ["influencer", "email", "email_key", "digest", "kind", "basis", "source"]
    told = [[f"i{n}", *[f"i{n}@x.example"] * 2, f"d{n}", "professional", "contract", "her page"] for n in each]
    store(models.Address, address, ["email_key"], told, influencer=by_id)
    by_handle, day = (models.SocialAccount, "handle_key"), "2026-11-20 00:00:00"
    snapshot = ["account", "observed_at", "source", "followers", "engagement_rate"]
    told = [[f"i.{n}", day, "people.csv", n, 0.04] for n in each]
    store(models.AccountSnapshot, snapshot, ["account", "observed_at", "source"], told, account=by_handle)
    share = ["account", "dimension", "key", "share", "observed_at", "source"]
    told = [[f"i.{n}", "country", key, 0.1, day, "people.csv"] for n in each for key in ("FR", "BE")]
    store(models.AudienceShare, share, ["account", "dimension", "key", "observed_at"], told, account=by_handle)
    return rows


def timed(do: Callable[[], Any]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    rows = rows_asked(100_000)
    few = rows // SMALL
    rates: dict[str, list[float]] = {}
    with database(), tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_file(folder / "people.csv", rows)
        before = memory()
        for _round in range(ROUNDS):
            empty()
            rates.setdefault("ours", []).append(rows / timed(lambda: ours(folder / "people.csv")))
            peak = memory()
            rates.setdefault("ours, the same file again", []).append(rows / timed(lambda: ours(folder / "people.csv")))
            copy_out(folder)
            empty()
            rates.setdefault("bare COPY", []).append(rows / timed(lambda: copy_in(folder)))
            empty()
            rates.setdefault("bare COPY, all that is told", []).append(
                rows / timed(lambda: copy_in(folder, (*TABLES, *TOLD)))
            )
            empty()
            rates.setdefault("bulk_create", []).append(few / timed(lambda: bulk_create(few)))
            empty()
            rates.setdefault("django-import-export", []).append(few / timed(lambda: import_export(few)))
    bare = statistics.median(rates["bare COPY"])
    print(f"{rows} rows; memory before {before:.0f} MB, at most {peak:.0f} MB")
    for name, each in rates.items():
        middle = statistics.median(each)
        print(f"{name:28} {min(each):9.0f} {middle:9.0f} {max(each):9.0f} rows/s   {middle / bare:6.3f} of COPY")
    ratio = statistics.median(rates["ours"]) / statistics.median(rates["django-import-export"])
    print(f"ours / django-import-export: {ratio:.1f}")


if __name__ == "__main__":
    main()
