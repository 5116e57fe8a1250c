"""Topics are named in more ways than one."""

import pytest

from crm.models import Influencer, Topic
from crm.services import topics
from tests.factories import analysed, imported

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
        ("Faim «\u202fzéro\u202f»", "sdg-02"),
        ("Éducation", "sdg-04"),
        ("enfance", "children"),
        ("Climat", "sdg-13"),
        ("Énergie propre et d'un coût abordable", "sdg-07"),
        ("Meeresmüll", "clean-beaches"),
        ("salud mental", "mental-health"),
        ("donatori di sangue", "blood-donation"),
        ("bem-estar animal", "animals"),
        ("Bäume", "forests"),
        ("bière", "alcohol"),
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
    imported("Nom;Thèmes\nAnn;Vie aquatique|surf\n")
    ann = Influencer.objects.get()
    assert [topic.slug for topic in ann.topics.all()] == ["sdg-14"]
    assert ann.interests == ["surf"]


def test_a_word_that_names_no_topic_is_said_to_be_kept_as_an_interest():
    topics.seed()
    [remark] = analysed("Nom;Thèmes\nAnn;Climat|surf\n").rows.get().errors
    assert (remark["column"], remark["code"], remark["params"]) == (
        *("Thèmes", "topics_as_interests"),
        {"words": ["surf"]},
    )


def test_a_word_of_two_topics_names_neither():
    Topic.objects.create(slug="one", names={"en": "One"}, words={"en": ["harbour", "quay"]})
    Topic.objects.create(slug="two", names={"en": "Two"}, words={"fr": ["harbour"]})
    assert set(topics.named(["harbour", "quay"])) == {"quay"}


def test_a_word_of_a_part_and_of_its_whole_names_the_part():
    whole = Topic.objects.create(slug="whole", names={"en": "Whole"}, words={"en": ["harbour", "port"]})
    Topic.objects.create(slug="part", names={"en": "Part"}, words={"en": ["harbour"]}, parent=whole)
    Topic.objects.create(slug="other", names={"en": "Other"}, words={"en": ["port"]}, parent=whole)
    Topic.objects.create(slug="third", names={"en": "Third"}, words={"en": ["port"]}, parent=whole)
    named = topics.named(["harbour", "port"])
    assert {word: topic.slug for word, topic in named.items()} == {"harbour": "part"}


def test_seeding_again_changes_nothing_and_parts_know_their_whole():
    topics.seed()
    before = list(Topic.objects.order_by("pk").values())
    topics.seed()
    assert list(Topic.objects.order_by("pk").values()) == before
    rows = Topic.objects.select_related("parent").order_by("pk")
    assert len(rows) == 86
    assert {t.parent.parent_id for t in rows if t.parent} == {None}  # two levels, no more
    assert Topic.objects.get(slug="clean-beaches").parent.slug == "sdg-14"
    assert {t.slug for t in rows if t.slug.startswith("sdg-")} == {f"sdg-{n:02}" for n in range(1, 18)}


@pytest.mark.parametrize("said", [{"words": {}}, {"names": {"en": "x"}}, {"kind": "trade"}, {"parent": None}])
def test_seeding_puts_right_what_is_not_as_it_is_shipped_and_adds_what_is_not_there(said):
    topics.seed()
    every = Topic.objects.order_by("slug").values("slug", "names", "words", "kind", "parent__slug")
    before = list(every)
    Topic.objects.filter(slug="clean-beaches").update(**said)
    assert list(every.all()) != before
    topics.seed()
    assert list(every.all()) == before
    Topic.objects.filter(slug="clean-beaches").delete()
    topics.seed()
    assert list(every.all()) == before


def test_no_word_tells_two_topics_of_which_none_is_part_of_the_other():
    topics.seed()
    told = {}
    for topic in Topic.objects.all():
        for word in {topics.key(word) for words in topic.words.values() for word in words}:
            told.setdefault(word, set()).add(topic)
    assert {w: ts for w, ts in told.items() if len(ts - {t.parent for t in ts if t.parent}) > 1} == {}
