import pytest

from crm.errors import DomainError
from crm.formats.audience import parse_audience
from crm.formats.rows import AudienceShare


@pytest.mark.parametrize(
    ("dimension", "text", "shares"),
    [
        ("country", "FR:0.42|uk:11 %| Belgique ", {"FR": 0.42, "GB": 0.11, "BE": None}),
        ("country", "FR:0,42|BE:0,11", {"FR": 0.42, "BE": 0.11}),
        ("language", "fr-CA:0.6|EN:0.4", {"fr": 0.6, "en": 0.4}),
        ("age", "18–24:0.5|25 - 34:0.2|65+:0.1|13-17", {"18-24": 0.5, "25-34": 0.2, "65+": 0.1, "13-17": None}),
        ("age", "65-:0.1", {"65+": 0.1}),
        ("gender", "F:0.6|hommes:0.3|Non-binary:0.1", {"female": 0.6, "male": 0.3, "other": 0.1}),
        ("interest", "Surf: le longboard:0.9|Mode:0.9", {"Surf: le longboard": 0.9, "Mode": 0.9}),
        ("country", "FR:0.334|BE:0.334|CH:0.334", {"FR": 0.334, "BE": 0.334, "CH": 0.334}),
    ],
)
def test_shares_as_files_write_them(dimension, text, shares):
    assert parse_audience(dimension, text) == tuple(
        AudienceShare(dimension, key, share) for key, share in shares.items()
    )


@pytest.mark.parametrize(
    ("dimension", "text", "code", "params"),
    [
        ("country", "Atlantis:0.4", "country_unknown", {}),
        ("language", "xx:0.4", "language_unknown", {}),
        ("age", "young:0.4", "audience_key_invalid", {"dimension": "age"}),
        ("age", "34-18:0.4", "audience_key_invalid", {"dimension": "age"}),
        ("gender", "cat:0.4", "audience_key_invalid", {"dimension": "gender"}),
        ("interest", ":0.4", "audience_key_invalid", {"dimension": "interest"}),
        ("country", "FR:42", "share_out_of_range", {}),
        ("country", "FR:", "share_invalid", {}),
        ("country", "FR:-0.1", "share_invalid", {}),
        ("country", "FR:0.6|France:0.2", "audience_repeated", {"dimension": "country"}),
        ("country", "FR:0.6|BE:0.5", "audience_over_one", {"dimension": "country"}),
        ("country", "|".join(["FR"] * 51), "list_too_long", {"limit": 50}),
        ("interest", "x" * 101, "text_too_long", {"limit": 100}),
    ],
)
def test_what_is_no_audience_is_refused(dimension, text, code, params):
    with pytest.raises(DomainError) as caught:
        parse_audience(dimension, text)
    assert (caught.value.code, caught.value.params) == (code, params)
