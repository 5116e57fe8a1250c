"""A sentence-transformers model from a local folder: the one module that loads the package, which takes seconds and
half a gigabyte. Only what ranks imports it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Floats
from matching.ranking.encoders.folder import ModelFolder, check_installed

_TOKENS: Final = 128  # read at a time, where the model could read more: what is longer is on several things
_LETTERS: Final = 3  # of a token in French or English, the fewest on average
# Whatever the libraries think of, they ask nobody on the network, and start no processes of their own.
_OFFLINE: Final = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


@dataclass(frozen=True)
class Sentences:
    """An `Encoder`. One text at a time and one thread: in batches the last bits of a text's numbers hang on which
    others are with it, and one number in ten thousand comes out another byte.
    """

    folder: ModelFolder

    @cached_property
    def identity(self) -> str:
        return self.folder.digest

    @cached_property
    def room(self) -> int:
        return _LETTERS * int(min(self._model.max_seq_length or _TOKENS, _TOKENS))

    def encode(self, texts: Sequence[str]) -> Floats:
        """Raises DomainError("encoder_unusable") where what comes out is no numbers."""
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            found = [self._model.encode(text, show_progress_bar=False) for text in texts]
        finally:
            torch.set_num_threads(threads)
        told = np.array(found, dtype=np.float64)
        if told.ndim != 2 or not np.isfinite(told).all():  # noqa: PLR2004
            raise DomainError("encoder_unusable", path=str(self.folder.path), why="NaN")
        return told

    @cached_property
    def _model(self) -> Any:
        os.environ |= _OFFLINE  # read when the libraries are imported
        check_installed()
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(
                str(self.folder.path),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # whatever three libraries may raise about a damaged or newer model
            raise DomainError("encoder_unusable", path=str(self.folder.path), why=type(error).__name__) from error


def load(path: str) -> Sentences:
    """The encoder of a folder; read when it is asked something first."""
    return Sentences(ModelFolder(Path(path).expanduser()))
