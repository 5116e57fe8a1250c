"""Which version of a text somebody reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.versions import Choice, Remark, Version, choose, register_in, tells_apart

FR, TU, EN, ES = (
    Version(*each) for each in (("fr", "formal"), ("fr", "informal"), ("en", "neutral"), ("es", "formal"))
)


def chosen(*offered, languages=("fr",), register="", house=("en",)) -> Choice | None:
    return choose(offered, languages=languages, register=register, house=house)


@pytest.mark.parametrize(
    ("offered", "said", "expect"),
    [
        # register
        ((FR, TU, EN), {}, Choice(FR)),  # unknown is formal
        ((TU, FR, EN), {"register": "formal"}, Choice(FR)),
        ((FR, TU, EN), {"register": "informal"}, Choice(TU)),
        ((FR, EN), {"register": "informal"}, Choice(FR, (Remark("other_register", "informal"),))),
        ((TU, EN), {}, Choice(TU, (Remark("other_register", "formal"),))),
        ((FR, EN), {"languages": ["en"], "register": "informal"}, Choice(EN)),
        # language
        ((EN, ES), {"languages": ["fr", "es", "en"]}, Choice(ES, (Remark("second_language", "fr"),))),
        ((EN, ES), {}, Choice(EN, (Remark("house_language", "fr"),))),
        ((EN, FR), {"house": ["fr", "en"], "languages": ["de"]}, Choice(FR, (Remark("house_language", "de"),))),
        ((EN, FR), {"languages": []}, Choice(EN, (Remark("language_unknown", ""),))),
        ((TU,), {"house": ["fr"], "languages": ["de"]}, Choice(
            TU, (Remark("house_language", "de"), Remark("other_register", "formal"))
        )),
        # tags
        ((FR, EN), {"languages": ["fr-CA"]}, Choice(FR)),
        ((FR, EN), {"languages": ["FR_ca"], "register": "formal"}, Choice(FR)),
        ((FR, Version("fr-CA", "informal")), {"languages": ["fr-CA"], "register": "informal"}, Choice(
            Version("fr-CA", "informal")
        )),
        ((Version("zh", "neutral"),), {"languages": ["zh-Hant-TW"]}, Choice(Version("zh", "neutral"))),
        # nothing
        ((ES,), {}, None),
        ((), {}, None),
    ],
)  # fmt: skip
def test_the_language_decides_then_the_register_and_what_was_missing_is_said(offered, said, expect):
    assert chosen(*offered, **said) == expect


def test_registers_are_told_apart_where_the_language_does():
    assert [code for code in ("fr", "es", "de", "pt", "it", "nl", "fr-CA", "en", "sv") if tells_apart(code)] == [
        *("fr", "es", "de", "pt", "it", "nl", "fr-CA")
    ]
    assert [register_in("fr", each) for each in ("", "formal", "informal", "neutral")] == [
        *("formal", "formal", "informal", "formal")
    ]
    assert register_in("en", "informal") == "neutral"


tags = st.sampled_from(["fr", "fr-CA", "en", "es", "de", "zh-Hant-TW"])
versions = st.builds(Version, tags, st.sampled_from(["formal", "informal", "neutral"]))


@given(
    offered=st.sets(versions),
    languages=st.lists(tags, max_size=3),
    register=st.sampled_from(["", "formal", "informal"]),
    house=st.lists(tags, max_size=2),
)
def test_what_is_chosen_is_offered_and_nothing_is_fallen_back_on_unsaid(offered, languages, register, house):
    choice = choose(offered, languages=languages, register=register, house=house)
    if choice is None:
        primaries = {tag.partition("-")[0] for tag in [*languages, *house]}
        assert not any(version.language in primaries for version in offered)
        return
    assert choice.version in offered
    said = {remark.code for remark in choice.remarks}
    first = languages[0] if languages else ""
    assert bool(said - {"other_register"}) == (not first or not f"{first}-".startswith(f"{choice.version.language}-"))
    if choice.version.register == "informal" and register != "informal":
        assert "other_register" in said
