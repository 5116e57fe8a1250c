"""Instances of the whole product, as tests/config has them."""

from tests.config.conftest import start, state

__all__ = ["start", "state"]
