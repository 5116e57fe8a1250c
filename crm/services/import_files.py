"""The files that wait to be read: kept in the database piece by piece, so that memory stays where it is at any size."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from crm.models import ImportBatch, ImportPiece

_PIECE = 1024**2  # bytes


def cut(stream: BinaryIO) -> Iterator[bytes]:
    """A seekable file from its start, piece by piece."""
    stream.seek(0)
    return iter(lambda: stream.read(_PIECE), b"")


def keep(*, batch: ImportBatch, stream: BinaryIO) -> None:
    for number, content in enumerate(cut(stream)):
        ImportPiece.objects.create(batch=batch, number=number, content=content)


@contextmanager
def opened(batch: ImportBatch) -> Iterator[BinaryIO]:
    """The file as it was brought; an empty one where none is kept. On disk, as whoever reads it uses the database."""
    with TemporaryFile() as file:
        for piece in pieces(batch.pk):
            file.write(piece)
        file.seek(0)
        yield cast(BinaryIO, file)


def pieces(batch: int) -> Iterator[bytes]:
    for number in ImportPiece.objects.filter(batch=batch).order_by("number").values_list("number", flat=True):
        yield bytes(ImportPiece.objects.values_list("content", flat=True).get(batch=batch, number=number))


def let_go(batches: Collection[int]) -> None:
    ImportPiece.objects.filter(batch__in=batches).delete()
