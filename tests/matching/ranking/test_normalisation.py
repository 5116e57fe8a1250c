import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.ranking.normalisation import normalise


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("#SauvonsLesOcéans", "sauvons les oceans"),
        ("#SauvonsLesOce\u0301ans", "sauvons les oceans"),  # the accent typed as a character of its own
        ("#WWFFrance #COP28 #UNESCO #COP28Now", "wwf france cop28 unesco cop28 now"),
        ("#ÉtéVert #zéro_déchet", "ete vert zero dechet"),
        ("Cœur d’Œuvre, ÆØÅ, Łódź, Đà Nẵng, Straße", "coeur d oeuvre aeoa lodz da nang strasse"),
        ("İstanbul ılık", "istanbul ilik"),
        ("𝐁𝐢𝐨 ﬁère", "bio fiere"),
        ("Bio : https://ex.org/a?b=c www.ex.fr linktr.ee/moi", "bio"),
        ("zoé@exemple.fr @zoe.b @zoe@mastodon.social écrit", "ecrit"),
        ("Mer 🌊🐳 ❤️ 👩🏽‍🚀 !", "mer"),
        ("हिन्दी में", "हिन्दी में"),  # vowel signs are part of the word
        ("한국어 日本語", "한국어 日本語"),
        ("  \n\t ", ""),
        ("🌊 @zoe https://ex.org", ""),
        ("", ""),
    ],
)
def test_equal_words_are_spelt_equally(text, spelt):
    assert normalise(text) == spelt


@given(st.text())
def test_spelling_is_settled_for_any_text(text):
    spelt = normalise(text)
    assert normalise(spelt) == spelt
    assert spelt == " ".join(spelt.split())
