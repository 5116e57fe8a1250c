"""The folder of a sentence-transformers model, looked at without loading it: what may be loaded, and what it is.

Raises DomainError, for `ENCODER` as an operator wrote it: "encoder_scheme_unknown", "encoder_folder_missing",
"encoder_no_model", "encoder_runs_code", "encoder_pickled", "too_many_dimensions".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import file_digest, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from crm.errors import DomainError
from matching.ranking.vectors import MOST_DIMENSIONS

SCHEME: Final = "sentence-transformers"
_PLAIN: Final = "sentence_transformers."  # a module of another name is code that comes with the model
_WEIGHTS: Final = ".safetensors"
_PICKLES: Final = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".msgpack", ".h5"})
_READ: Final = frozenset({".json", ".txt", ".model", _WEIGHTS})
_SIZES: Final = ("out_features", "embedding_dimension", "word_embedding_dimension")


def split(setting: str, known: Collection[str] = (SCHEME,)) -> tuple[str, str]:
    """A setting's scheme, which is a known one, and what stands behind it."""
    scheme, _colon, rest = setting.partition(":")
    if scheme not in known or not rest:
        raise DomainError("encoder_scheme_unknown", setting=setting, example=f"{SCHEME}:/models/all-minilm")
    return scheme, rest


def check_installed() -> None:
    """Raises DomainError("encoder_package_missing")."""
    if find_spec("sentence_transformers") is None:
        raise DomainError("encoder_package_missing")


@dataclass(frozen=True)
class ModelFolder:
    """Only numbers and words: safetensors and JSON, and no module but those that the package itself brings."""

    path: Path

    def __post_init__(self) -> None:
        if not self.path.is_dir():
            raise DomainError("encoder_folder_missing", path=str(self.path))
        for module in self.modules:
            if not str(module.get("type", "")).startswith(_PLAIN):
                raise DomainError("encoder_runs_code", path=str(self.path), module=str(module.get("type", "")))
        self._check_weights()
        dimensions = next((size for module in reversed(self.modules) if (size := self._size(module))), 0)
        if dimensions > MOST_DIMENSIONS:
            raise DomainError("too_many_dimensions", most=MOST_DIMENSIONS, dimensions=dimensions)

    @cached_property
    def modules(self) -> list[dict[str, Any]]:
        """What it is put together from, in order."""
        found = self._json("modules.json")
        if not isinstance(found, list) or not found or not all(map(_is_module, found)):
            raise DomainError("encoder_no_model", path=str(self.path))
        return found

    @property
    def digest(self) -> str:
        """sha256 of all files that a vector hangs on, under their names. It reads them: a second for each gigabyte."""
        whole = sha256()
        for path in sorted(set(self._files())):
            if path.suffix in _READ:
                with path.open("rb") as file:
                    name = path.relative_to(self.path).as_posix()
                    whole.update(f"{name}\0{file_digest(file, 'sha256').hexdigest()}\0".encode())
        return whole.hexdigest()

    def _check_weights(self) -> None:
        weights = {path.parent for path in self._files() if path.suffix == _WEIGHTS}
        pickled = sorted(path for path in self._files() if path.suffix in _PICKLES and path.parent not in weights)
        if pickled:
            raise DomainError("encoder_pickled", path=str(self.path), file=pickled[0].name)
        if not weights:
            raise DomainError("encoder_no_model", path=str(self.path))

    def _files(self) -> Iterator[Path]:
        """Those at the top and in the modules' own folders; nobody reads others, such as exports for other programs."""
        yield from (path for path in self.path.iterdir() if path.is_file())
        for module in self.modules:
            if own := module["path"]:
                yield from (path for path in (self.path / own).rglob("*") if path.is_file())

    def _size(self, module: dict[str, Any]) -> int:
        """How many dimensions come out of a module, where it says so; 0 where it does not."""
        said = self._json(module["path"], "config.json")
        sizes = [said.get(name) for name in _SIZES] if isinstance(said, dict) else []
        return next((size for size in sizes if isinstance(size, int)), 0)

    def _json(self, *names: str) -> Any:
        try:
            return json.loads(self.path.joinpath(*names).read_text("utf-8"))
        except (OSError, ValueError):
            return None


def _is_module(said: Any) -> bool:
    """Whether somebody says of a module where it is, and that is within the model's own folder."""
    if not isinstance(said, dict) or not isinstance(said.get("path"), str):
        return False
    path = Path(said["path"])
    return not path.is_absolute() and ".." not in path.parts
