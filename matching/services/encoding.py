"""The encoder that an operator installed (`ENCODER`), in the worker; nothing where none is."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from django.conf import settings

from matching.ranking.encoders import folder, sentences
from matching.ranking.encoders.encoder import ENCODING_VERSION, Encoder, Encoding
from matching.ranking.encoders.scale import Scale, measured
from matching.ranking.snapshot.reuse import Vectoring
from matching.ranking.snapshot.store import Snapshot
from matching.ranking.vectors import Vectors

MAKERS: Final[Mapping[str, Callable[[str], Encoder]]] = {folder.SCHEME: sentences.load}  # by scheme


def installed() -> Encoder | None:
    """Loaded once a process, when it is asked something first. Raises what `encoders.folder` does."""
    return _made(settings.ENCODER) if settings.ENCODER else None


def basis() -> dict[str, str]:
    """What vectors rest on, beside the texts; empty where there are none."""
    encoder = installed()
    return {"encoder": f"{ENCODING_VERSION}-{encoder.identity}"} if encoder else {}


def scale() -> Scale | None:
    """Of the encoder in use, measured now: that takes a minute or so."""
    encoder = installed()
    return measured(encoder) if encoder else None


def on(scale: Scale | None, *, known: Snapshot | None = None, left: int | None = None) -> Vectoring | None:
    """Vectors by the encoder in use, on a scale of its own that was measured before. See `Vectoring`."""
    encoder = installed()
    return Vectoring(Encoding(encoder, scale), known, left) if encoder and scale else None


def vector(snapshot: Snapshot, text: str) -> Vectors | None:
    """Of a text to be held against a snapshot."""
    vectoring = on(snapshot.scale)
    return vectoring.encoding.vectors([text]) if vectoring else None


@lru_cache(maxsize=1)
def _made(setting: str) -> Encoder:
    scheme, rest = folder.split(setting, MAKERS)
    return MAKERS[scheme](rest)
