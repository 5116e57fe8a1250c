"""Dataclasses of arrays as one file of bytes and a table of what lies where: mapped, never copied, never unpickled."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

from crm.errors import DomainError

_ALIGNED: Final = 64  # bytes: where a processor likes an array to begin
_HEADER: Final = 128  # bytes of a file without a single number, which cannot be mapped
_Packed = TypeVar("_Packed")


def pack(content: Any, folder: Path) -> None:
    """Write a dataclass of arrays, and of such dataclasses, to a new folder that only the owner can read."""
    folder.mkdir(mode=0o700, parents=True)
    leaves = dict(_leaves(content))
    table: dict[str, Any] = {}
    arrays = {name: np.ascontiguousarray(leaf) for name, leaf in leaves.items() if isinstance(leaf, np.ndarray)}
    size = 0
    for name, array in arrays.items():
        table[name] = {"at": size, "dtype": array.dtype.str, "shape": array.shape}
        size += -(-array.nbytes // _ALIGNED) * _ALIGNED
    whole = np.zeros(size, dtype=np.uint8)
    for name, array in arrays.items():
        whole[table[name]["at"] :][: array.nbytes] = array.reshape(-1).view(np.uint8)
    words = {name: leaf for name, leaf in leaves.items() if not isinstance(leaf, np.ndarray)}
    save(whole, folder / "arrays.npy")
    write(folder / "table.json", {"arrays": table, "words": words})


def unpack(kind: type[_Packed], folder: Path) -> _Packed:
    """The dataclass of this kind that stands in a folder, its arrays mapped from the file.

    Raises DomainError("snapshot_unreadable") where that is not what was written, OSError where nothing is.
    """
    whole = load(folder / "arrays.npy")
    try:
        said = json.loads((folder / "table.json").read_text("utf-8"))
        leaves: dict[str, Any] = {name: _view(whole, **where) for name, where in said["arrays"].items()}
        leaves |= said["words"]
        made = _built(kind, leaves, "")
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DomainError("snapshot_unreadable") from None
    assert isinstance(made, kind)
    return made


def save(array: npt.NDArray[Any], path: Path) -> None:
    """An array as a file that is whole, or not there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load(path: Path) -> npt.NDArray[Any]:
    """An array, mapped: all processes of a machine share what they read of it."""
    try:
        found = np.load(path, mmap_mode="r" if path.stat().st_size > _HEADER else None, allow_pickle=False)
    except (EOFError, ValueError):
        raise DomainError("snapshot_unreadable") from None
    return np.asarray(found)  # the class of mapped arrays is slow, and of no use once mapped


def write(path: Path, said: Mapping[str, Any]) -> None:
    """A small file of words and numbers, put in place at once."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _view(whole: npt.NDArray[np.uint8], *, at: int, dtype: str, shape: list[int]) -> npt.NDArray[Any]:
    kind = np.dtype(dtype)
    number = int(np.prod(shape, dtype=np.int64))
    return whole[at : at + number * kind.itemsize].view(kind).reshape(shape)


def _leaves(content: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if is_dataclass(content):
        for field in fields(content):
            yield from _leaves(getattr(content, field.name), f"{path}/{field.name}")
    elif isinstance(content, Mapping):
        for key in sorted(content):
            yield from _leaves(content[key], f"{path}/{key}")
    elif content is not None:
        yield path, content


def _built(kind: Any, leaves: Mapping[str, Any], path: str) -> Any:
    """`kind` from the leaves below this path; None where there are none."""
    if path in leaves:
        found = leaves[path]
        return tuple(found) if isinstance(found, list) else found
    below = [name for name in leaves if name.startswith(f"{path}/")]
    if not below:
        return None
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = {
            field.name: _built(_plain(hints[field.name]), leaves, f"{path}/{field.name}") for field in fields(kind)
        }
        return kind(**parts)  # type: ignore[operator]
    of = get_args(kind)[1]
    return {key: _built(of, leaves, f"{path}/{key}") for key in {name[len(path) + 1 :].split("/")[0] for name in below}}


def _plain(hint: Any) -> Any:
    """`X` of `X | None`."""
    return next(one for one in get_args(hint) if one is not NoneType) if isinstance(hint, UnionType) else hint
