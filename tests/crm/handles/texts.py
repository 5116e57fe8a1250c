"""What the tests of handles share: texts of any kind, and how one was refused."""

import pytest
from hypothesis import strategies as st

from crm.errors import DomainError

ANYTHING = st.text(st.characters(exclude_categories=()))  # lone surrogates too


def refused(call, *args, **options) -> tuple[str, dict[str, object]]:
    with pytest.raises(DomainError) as caught:
        call(*args, **options)
    return caught.value.code, caught.value.params
