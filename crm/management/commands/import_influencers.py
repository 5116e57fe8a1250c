import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.formats.field_maps import FieldMap
from crm.models import ImportBatch, ImportRow
from crm.services import audit, importing, mappings
from crm.words import say, say_code

_CHUNK = 1_000  # rows in memory


class Command(BaseCommand):
    help = "Import influencers from a file. Exit 0: every row was stored or reported; 2: the file is unusable."
    subject = ImportBatch.Subject.INFLUENCERS

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", default="auto")
        parser.add_argument(
            "--mapping", type=Path, metavar="MAP.json", help="what the columns hold, as the page of an import offers it"
        )
        parser.add_argument("--account", default="", help="link of the profile whose statistics the file holds")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and store nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with audit.said(why="import_influencers"):
                batch = self._run(options)
        except (DomainError, OSError) as error:
            words = say(error) if isinstance(error, DomainError) else _("The file cannot be read: %s") % error.strerror
            raise CommandError(words, returncode=2) from None
        if batch.state == ImportBatch.State.FAILED:
            assert batch.error
            raise CommandError(say_code(batch.error["code"], batch.error["params"]), returncode=2)
        self._print(batch, as_json=options["json"])

    def _run(self, options: dict[str, Any]) -> ImportBatch:
        path: Path = options["file"]
        with path.open("rb") as stream:
            if not path.stat().st_size:
                raise DomainError("file_empty")
            batch = importing.begin(
                subject=self.subject,
                filename=path.name,
                format="" if options["format"] == "auto" else options["format"],
                owner=options["account"],
                mapping=_mapping(options["mapping"]),
                size=path.stat().st_size,
                at=timezone.now(),
            )
            importing.run(batch=batch, stream=stream, at=timezone.now(), is_kept=not options["dry_run"])
        batch.refresh_from_db()
        if batch.state == ImportBatch.State.ANALYSED:
            importing.discard(batch=batch, at=timezone.now())
            batch.refresh_from_db()
        return batch

    def _print(self, batch: ImportBatch, *, as_json: bool) -> None:
        counts = {
            "rows": batch.rows_read,
            "created": batch.created_count,
            "updated": batch.updated_count,
            "unchanged": batch.unchanged_count,
            "rejected": batch.rejected_count,
        }
        if as_json:
            self._print_json({"batch": str(batch.public_id), "format": batch.format, **counts}, batch)
            return
        self.stdout.write(
            _("%(rows)s rows: %(created)s new, %(updated)s changed, %(unchanged)s the same, %(rejected)s rejected")
            % counts
        )
        for error in _errors(batch):
            self.stdout.write(f"  {error['row']}: {error['column']} {error['message']}")

    def _print_json(self, body: dict[str, Any], batch: ImportBatch) -> None:
        """One object, written as it is read: half a million rejected rows are not held in memory."""
        head = json.dumps(body | {"unknown_columns": batch.unknown_columns}, ensure_ascii=False)
        self.stdout.write(head.removesuffix("}"), ending=', "errors": [')
        between = ""
        for error in _errors(batch):
            self.stdout.write(between + json.dumps(error, ensure_ascii=False, default=str), ending="")
            between = ", "
        self.stdout.write("]}")


def _errors(batch: ImportBatch) -> Iterator[dict[str, Any]]:
    rows = ImportRow.objects.filter(batch=batch).exclude(errors=[]).order_by("line").values_list("line", "errors")
    for line, errors in rows.iterator(chunk_size=_CHUNK):
        for error in errors:
            yield {"row": line, **error, "message": say_code(error["code"], error["params"])}


def _mapping(path: Path | None) -> FieldMap | None:
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DomainError("mapping_invalid", part="UTF-8") from None
    return mappings.read(text)
