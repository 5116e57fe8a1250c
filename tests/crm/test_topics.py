"""Topics are named in more ways than one."""

import pytest

from crm.models import Influencer, Topic
from crm.services import importing, topics
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("sdg-14", "sdg-14"),
        ("SDG 14", "sdg-14"),
        ("ODD 3", "sdg-03"),
        ("odd03", "sdg-03"),
        ("Life below water", "sdg-14"),
        ("vie  AQUATIQUE", "sdg-14"),
        ("Faim « zéro »", "sdg-02"),
        ("Éducation", "sdg-04"),
        ("enfance", "children"),
        ("Climat", "sdg-13"),
        ("Énergie propre et d'un coût abordable", "sdg-07"),
    ],
)
def test_a_topic_goes_by_its_slug_its_names_and_its_number(word, slug):
    topics.seed()
    assert {said: topic.slug for said, topic in topics.named([word]).items()} == {word: slug}


@pytest.mark.parametrize("word", ["surf", "environnement", "odd 18", "sdg 0", "sdg 141", "", "goal"])
def test_other_words_name_none(word):
    topics.seed()
    assert topics.named([word]) == {}


def test_words_of_a_file_become_topics_where_they_name_one_and_interests_where_not():
    topics.seed()
    batch = importing.upload(
        subject="influencers",
        filename="p.csv",
        content="Nom;Thèmes\nAnn;Vie aquatique|surf\n".encode(),
        max_bytes=10**6,
        at=NOW,
    )
    importing.analyse(batch=batch, at=NOW)
    importing.accept(batch=batch)
    importing.commit(batch=batch, at=NOW)
    ann = Influencer.objects.get()
    assert [topic.slug for topic in ann.topics.all()] == ["sdg-14"]
    assert ann.interests == ["surf"]


def test_a_word_that_names_no_topic_is_said_to_be_kept_as_an_interest():
    topics.seed()
    batch = importing.upload(
        subject="influencers",
        filename="p.csv",
        content="Nom;Thèmes\nAnn;Climat|surf\n".encode(),
        max_bytes=10**6,
        at=NOW,
    )
    importing.analyse(batch=batch, at=NOW)
    [remark] = batch.rows.get().errors
    assert (remark["column"], remark["code"], remark["params"]) == (
        *("Thèmes", "topics_as_interests"),
        {"words": ["surf"]},
    )


def test_a_word_of_two_topics_names_neither():
    Topic.objects.create(slug="one", names={"en": "One"}, words={"en": ["harbour", "quay"]})
    Topic.objects.create(slug="two", names={"en": "Two"}, words={"fr": ["harbour"]})
    assert set(topics.named(["harbour", "quay"])) == {"quay"}
