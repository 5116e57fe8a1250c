import pytest

from crm.errors import DomainError
from crm.formats.languages import CODES, language_tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("fr-CA", "fr"),
        ("fr_FR", "fr"),
        ("zh-Hant-TW", "zh"),
        ("iw", "he"),
        (" ast ", "ast"),
        ("Français", "fr"),
        ("french", "fr"),
        ("Deutsch", "de"),
        ("portugais", "pt"),
    ],
)
def test_the_primary_tag_is_kept(text, tag):
    assert language_tag(text) == tag


@pytest.mark.parametrize("text", ["", "f", "xx", "klingonais", "fr CA", "fr-", "fr-toolongasubtag", "fr|en", "é"])
def test_what_is_no_language_is_refused(text):
    with pytest.raises(DomainError, match=r"^language_unknown$"):
        language_tag(text)


def test_there_are_as_many_codes_as_in_the_standard():
    assert len(CODES) == 185  # ISO 639-1, and the retired "bh"
