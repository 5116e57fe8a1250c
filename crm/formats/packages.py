"""Office files: zips of XML parts ("packages"), judged by their directory before anything is unpacked.

Nothing is written to disk, no link is followed, and an XML part that declares a document type is refused, so that no
entity is ever expanded.
"""

import stat
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NoReturn
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from crm.errors import DomainError

UNPACKED_LIMIT_MB = 1_000  # of all parts; they are walked, not held
_MEGABYTE = 1024**2
_PARTS_LIMIT = 2_000
_DIRECTORY_LIMIT = _MEGABYTE // 2
_RATIO_LIMIT = 200  # deflate reaches 1032; spreadsheets of nothing but repetitions stay under 100
_RATIO_FROM = 10 * _MEGABYTE  # what is smaller may be as repetitive as it likes
_DEPTH_LIMIT = 100  # elements within elements
_TOKEN_LIMIT = _MEGABYTE  # bytes of one tag, which the parser has to hold
_CHUNK = 1 << 16
_START = b"PK\x03\x04"
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_END_SIZE = 22
_COMMENT_LIMIT = 1 << 16
# Programs, and files within the file. Printer settings are .bin too, and harmless.
_PROGRAMS = ("vbaproject", "/macrosheets/", "/activex/", "/embeddings/", "oleobject")
_FILES = (".zip", ".gz", ".7z", ".rar", ".xlsx", ".xlsm", ".xls", ".docx", ".docm", ".exe", ".dll", ".js", ".vbs")
_BROKEN = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    expat.ExpatError,
    struct.error,
    zlib.error,
)


class PartHandler:
    """What is told of a part's XML. Names come without their namespace prefix."""

    depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1

    def end(self, name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None:
        pass


class Package:
    """A package whose directory was found harmless. Keep its stream open."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.sizes = {part.filename: part.file_size for part in archive.infolist()}

    def walk(self, name: str, handler: PartHandler) -> Iterator[None]:
        """Tell the handler of a part's XML, and pause after every chunk: what it gathered can be handed on.

        Raises DomainError: workbook_damaged.
        """
        if name not in self.sizes:
            _refuse()
        with _broken_is_damaged():
            parser = _parser(handler)
            fed = 0
            with self._archive.open(name) as part:
                while chunk := part.read(_CHUNK):
                    parser.Parse(chunk)
                    fed += len(chunk)
                    if handler.depth > _DEPTH_LIMIT or fed - parser.CurrentByteIndex > _TOKEN_LIMIT + _CHUNK:
                        _refuse()
                    yield
            parser.Parse(b"", True)
            yield

    def read(self, name: str, handler: PartHandler, *, megabytes: int) -> None:
        """Walk a whole part that is kept in memory. Raises DomainError: workbook_damaged; workbook_too_large."""
        if self.sizes.get(name, 0) > megabytes * _MEGABYTE:
            raise DomainError("workbook_too_large", megabytes=megabytes)
        for _ in self.walk(name, handler):
            pass


def is_package(stream: BinaryIO, names: tuple[str, ...]) -> bool:
    """Whether a seekable stream looks like a package with these parts; it may be a dangerous one all the same."""
    stream.seek(0)
    if stream.read(len(_START)) != _START:
        return False
    size = stream.seek(0, 2)
    tail_at = max(0, size - _END_SIZE - _COMMENT_LIMIT)
    stream.seek(tail_at)
    tail = stream.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < _END_SIZE:
        return False
    [directory_size] = struct.unpack_from("<L", tail, end + 12)
    stream.seek(max(0, tail_at + end - directory_size))
    directory = stream.read(min(directory_size, _DIRECTORY_LIMIT))
    return all(name.encode() in directory for name in names)


def open_package(stream: BinaryIO) -> Package:
    """Judge a seekable stream by its directory; nothing is unpacked.

    Raises DomainError: workbook_damaged, also for every trick with the zip itself; workbook_too_large (megabytes);
    workbook_macros.
    """
    _check_frame(stream)
    with _broken_is_damaged():
        archive = ZipFile(stream)
    parts = archive.infolist()
    if len(parts) > _PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT_MB * _MEGABYTE:
        raise DomainError("workbook_too_large", megabytes=UNPACKED_LIMIT_MB)
    if any(count > 1 for count in Counter(part.filename.lower() for part in parts).values()):
        _refuse()  # two readers would read two files
    for part in parts:
        _check_part(part)
    return Package(archive)


@contextmanager
def _broken_is_damaged() -> Iterator[None]:
    """What zlib, zipfile, expat and our own reading of numbers trip over says one thing to a person."""
    try:
        yield
    except _BROKEN:
        _refuse()


def _refuse(*_: object) -> NoReturn:
    raise DomainError("workbook_damaged")


def _check_frame(stream: BinaryIO) -> None:
    """From its first byte to its last the file is one zip with a directory of bearable size (ZIP64 is for larger ones).

    zipfile believes the size that the end record states, wherever it finds one, and builds an object per entry: a
    hundred thousand of them would cost seconds and memory before we could count.
    """
    stream.seek(0)
    start = stream.read(len(_START))
    size = stream.seek(0, 2)
    if start != _START or size < _END_SIZE:
        _refuse()
    stream.seek(max(0, size - _END_SIZE - 20))
    tail = stream.read()
    end = tail[-_END_SIZE:]
    *_, count, directory_size, directory_at, comment = struct.unpack("<4s4H2LH", end)
    if not end.startswith(_END) or comment:
        _refuse()
    if tail.startswith(_END_64) or directory_size > _DIRECTORY_LIMIT or count > _PARTS_LIMIT:
        raise DomainError("workbook_too_large", megabytes=UNPACKED_LIMIT_MB)
    if directory_at + directory_size + _END_SIZE != size:
        _refuse()


def _check_part(part: ZipInfo) -> None:
    name = part.orig_filename
    segments = name.removesuffix("/").split("/")
    if any(segment in {"", ".", ".."} for segment in segments) or any(c in name for c in "\\:\0"):
        _refuse()
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    if is_link or part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        _refuse()
    lower = f"/{name.lower()}"
    if any(word in lower for word in _PROGRAMS) or lower.endswith(_FILES):
        raise DomainError("workbook_macros")
    if part.file_size > _RATIO_FROM and part.file_size > _RATIO_LIMIT * part.compress_size:
        raise DomainError("workbook_too_large", megabytes=UNPACKED_LIMIT_MB)


def _parser(handler: PartHandler) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: handler.start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = handler.text
    return parser
