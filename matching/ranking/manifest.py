"""Rankers as JSON: one canonical form, its digest, and strict reading of what comes from outside."""

import hashlib
import json
import math
from collections.abc import Mapping

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Floats


def digest(content: Mapping[str, object]) -> str:
    """sha256 (hexadecimal) over canonical JSON: keys sorted, no spaces, UTF-8, no NaN or infinity."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def members(data: object, *keys: str) -> Mapping[str, object]:
    """`data` as an object of exactly these keys. Raises DomainError("ranker_unreadable", at=…), as all below do."""
    if not isinstance(data, Mapping) or set(data) != set(keys):
        raise DomainError("ranker_unreadable", at=",".join(keys))
    return data


def items(value: object, at: str) -> list[object]:
    """`value` as a list."""
    if not isinstance(value, list):
        raise DomainError("ranker_unreadable", at=at)
    return value


def text(value: object, at: str) -> str:
    """`value` as a string."""
    if not isinstance(value, str):
        raise DomainError("ranker_unreadable", at=at)
    return value


def number(value: object, at: str) -> float:
    """`value` as a finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DomainError("ranker_unreadable", at=at)
    try:
        read = float(value)
    except OverflowError:  # JSON integers have no largest
        read = math.inf
    if not math.isfinite(read):
        raise DomainError("ranker_unreadable", at=at)
    return read


def numbers(value: object, at: str) -> Floats:
    """`value` as a list of finite numbers."""
    return np.array([number(item, at) for item in items(value, at)], dtype=np.float64)
