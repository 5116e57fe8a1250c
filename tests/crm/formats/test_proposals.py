"""What the columns of an unknown file may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.formats import field_maps, french, own, proposals, synonyms
from crm.formats.field_maps import FIELDS, MANY
from crm.formats.proposals import Column, date_style, names_accounts_only_there, number_style, propose
from crm.formats.tables import name_columns


def columns(text: str, separator: str = ";") -> list[Column]:
    header, *rows = (line.split(separator) for line in text.strip().splitlines())
    return [
        Column(name, tuple(row[place].strip() for row in rows if row[place].strip()))
        for place, name in enumerate(header)
    ]


def test_an_export_of_streamers():
    said = propose(
        columns(
            "Streamer;Followers;Average viewers;Peak viewers;Language;Last updated\n"
            "maia_live;1,204,000;12345;30200;French;03/24/2026\n"
            "tom_cooks;18400;900;2000;English;03/25/2026\n"
        ),
        filename="export.csv",
    )
    assert said.columns == {
        "Streamer": "handle", "Followers": "followers", "Average viewers": "avg_views", "Peak viewers": "",
        "Language": "languages", "Last updated": "observed_at",
    }  # fmt: skip
    assert (said.constants, said.numbers, said.dates) == ({"platform": "twitch"}, "english", "month_first")


@pytest.mark.parametrize(
    ("called", "platform"),
    [
        *(("Streameuse", "twitch"), ("Streameur", "twitch"), ("Youtubeuse", "youtube"), ("TikTokeur", "tiktok")),
        *(("Instagrameuse", "instagram"), ("Créatrice", None)),
    ],
)
def test_french_words_for_who_they_are(called, platform):
    said = propose(columns(f"{called};Abonnés\nmaia_live;12\n"))
    assert list(said.columns.values()) == ["handle", "followers"]
    assert said.constants.get("platform") == platform


def test_the_spreadsheet_of_a_french_agency():
    said = propose(
        columns(
            "Prénom;Nom de famille;Insta;Abonnés Insta;TikTok;Nb d’abonnés TikTok;Mail pro;Ville;Thématiques;Tarif\n"
            "Maïa;Rivière;@maia;48,2 k;https://www.tiktok.com/@maia;12 400;maia@agence.example;Brest;Mer, voyage;350 €\n"
        ),
        semicolons=True,
    )
    assert list(said.columns.values()) == [
        "first_name", "last_name", "instagram.handle", "instagram.followers", "tiktok.handle", "tiktok.followers",
        "email", "city", "topics", "",
    ]  # fmt: skip
    assert (said.constants, said.numbers) == ({}, "european")


def test_one_platform_s_column_says_whose_the_other_figures_are():
    said = propose(columns("Nom;Instagram;Abonnés;Taux d’engagement\nMaïa Rivière;@maia;12,4 k;3,4\n"))
    assert list(said.columns.values()) == ["name", "handle", "followers", "engagement_rate"]
    assert (said.constants, said.rates) == ({"platform": "instagram"}, "percent")


def test_figures_of_a_platform_belong_to_the_one_account_there_is():
    said = propose(columns("Creator;Twitch followers\nann_lee;12\n"))
    assert list(said.columns.values()) == ["handle", "followers"]
    assert said.constants == {"platform": "twitch"}


def test_of_two_platforms_nobody_knows_whose_a_figure_is():
    said = propose(columns("Nom;Instagram;TikTok;Abonnés\nMaïa;@maia;maia.tt;12\n"))
    assert list(said.columns.values()) == ["name", "instagram.handle", "tiktok.handle", ""]


def test_a_column_says_by_what_stands_in_it():
    said = propose(
        columns(
            "c1;c2;c3;c4;c5\n"
            "ann@x.example;https://www.instagram.com/ann;France;français;7\n"
            "bob@x.example;https://x.com/bob;Espagne;anglais, français;8\n"
        )
    )
    assert list(said.columns.values()) == ["email", "url", "country", "languages", ""]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Creator\nAnn Lee\nBob Ray\n", "name"),
        ("Creator\nann.lee\nbob\n", "handle"),
        ("Instagram\n12000\n900\n", ""),  # figures of an account that no column names
        ("Followers\nmany\nfew\n", ""),
        ("Country\nNorth\nSouth\n", ""),
        ("Profile link\nhttps://x.com/ann\n", "url"),
        ("Email address (work)\nann@x.example\n", "email"),
        ("colour\nred\n", ""),
        ("Code\nfoo\nbar\n", ""),  # three letters make a language only where the name says so
    ],
)
def test_what_stands_in_a_column_may_speak_against_its_name(text, field):
    assert list(propose(columns(text)).columns.values()) == [field]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        *(("Real followers", "real_followers"), ("% real followers (Nov 2026)", "real_followers")),
        *(("Audience credibility", "real_followers"), ("Crédibilité de l’audience", "real_followers")),
        *(("Part de vrais abonnés", "real_followers"), ("Abonnés réels (%)", "real_followers")),
        *(("Fake followers", "fake_followers"), ("Fake followers %", "fake_followers")),
        *(("Taux de faux abonnés", "fake_followers"), ("Comptes suspects", "fake_followers")),
        *(("Instagram fake followers", "fake_followers"), ("Suspicious accounts", "fake_followers")),
        *(("Followers quality score", ""), ("Audience quality score", ""), ("AQS", ""), ("Followers", "followers")),
    ],
)
def test_who_is_real_is_no_number_of_followers_and_a_score_is_neither(name, field):
    said = propose(columns(f"Username;Platform;{name}\nann.lee;instagram;81\nbob;instagram;64\n"))
    assert said.columns[name] == field


def test_of_who_is_real_and_who_is_fake_one_is_proposed():
    said = propose(columns("Username;Fake followers;Real followers;Platform\nann.lee;17;83;instagram\n"))
    assert list(said.columns.values()) == ["handle", "fake_followers", "", "platform"]


def test_a_number_of_real_followers_is_no_share_of_them():
    said = propose(columns("Username;Platform;Real followers\nann.lee;instagram;39 840\n"))
    assert said.columns["Real followers"] == ""


@pytest.mark.parametrize(
    ("rate", "real", "styles"),
    [("3,4", "0,83", ("percent", "")), ("0,034", "83", ("", "percent")), ("3,4 %", "83 %", ("", ""))],
)
def test_rates_and_shares_show_apart_how_they_are_written(rate, real, styles):
    said = propose(columns(f"Pseudo;Plateforme;Engagement;Vrais abonnés\nann.lee;instagram;{rate};{real}\n"))
    assert (said.rates, said.shares) == styles


def test_a_platform_is_said_by_the_file_s_name():
    text = "Creator;Fans\nann_lee;12\n"
    assert propose(columns(text), filename="tiktok-nov-2026.xlsx").constants == {"platform": "tiktok"}
    assert propose(columns(text), filename="youtube-and-tiktok.xlsx").constants == {}
    assert propose(columns("Creator;Réseau\nann;x\n"), filename="tiktok.csv").constants == {}


@pytest.mark.parametrize("field", own.COLUMNS)
def test_every_column_of_our_template_is_known_in_both_languages(field):
    expected = "languages" if field == "language" else field
    whose = {"platform": "platform", "handle": "handle"}  # figures are proposed beside an account alone
    for name in (field, french.INFLUENCER_TITLES[field]):
        named = {} if field in whose else whose
        said = propose([*(Column(each, ()) for each in named), Column(name, ())])
        assert said.columns == {**named, name: expected}
    assert field in proposals._BY_NAME.values()


@pytest.mark.parametrize(
    ("values", "style"),
    [
        (["1.234,5"], "european"), (["1,234.5"], "english"), (["12,4 k"], "european"), (["1.2M"], "english"),
        (["1.234.567"], "european"), (["1,234,567"], "english"), (["0,041"], "european"), (["3.25%"], "english"),
        (["1.234"], "english"), (["12"], "english"), (["a,b"], "english"), ([], "english"),
        (["1,5", "2,5", "3.5"], "european"),
    ],
)  # fmt: skip
def test_numbers_show_how_they_are_written(values, style):
    assert number_style([Column("n", tuple(values))]) == style


def test_where_numbers_show_nothing_semicolons_do():
    assert number_style([Column("n", ("1.234",))], semicolons=True) == "european"
    assert number_style([Column("n", ("1,234.5",))], semicolons=True) == "english"


@given(st.lists(st.integers(0, 10**9), min_size=1), st.booleans())
def test_numbers_written_one_way_are_never_taken_for_the_other(numbers, is_european):
    def write(number: int) -> str:
        english = f"{number + 0.25:,.2f}"
        return english.translate(str.maketrans(",.", ".,")) if is_european else english

    said = number_style([Column("n", tuple(map(write, numbers)))])
    assert said == ("european" if is_european else "english")


@pytest.mark.parametrize(
    ("days", "numbers", "dates"),
    [
        (["03/04/2026", "24/04/2026"], "english", "day_first"),
        (["03/04/2026", "03/24/2026"], "european", "month_first"),
        (["03/04/2026"], "european", "day_first"),
        (["03/04/2026"], "english", ""),
        (["2026-03-04"], "english", ""),
        (["24/04/2026", "03/24/2026"], "english", ""),  # nobody writes so: what can be read one way is read
    ],
)
def test_days_show_what_comes_first(days, numbers, dates):
    assert date_style([Column("d", tuple(days))], numbers=numbers) == dates


def test_accounts_only_where_our_reader_does_not_look():
    assert names_accounts_only_there(["Nom", "Instagram"], ["Instagram"])
    assert not names_accounts_only_there(["Nom", "Compte", "Instagram"], ["Instagram"])
    assert not names_accounts_only_there(["name", "shoe_size"], ["shoe_size"])


PHRASES = st.sampled_from([" ".join(sorted(words)) for words in synonyms.FIELDS])
OF_PLATFORMS = st.sampled_from(["followers", "views per video", "engagement", "", "link"])
PLATFORM_WORDS = st.sampled_from(["Instagram", "TikTok", "YT"])
NAMES = PHRASES | st.builds("{} {}".format, OF_PLATFORMS, PLATFORM_WORDS) | st.text(max_size=12)
VALUES = st.sampled_from(
    ["ann", "@ann", "12,4 k", "https://x.com/ann", "fr", "a@b.example", "", "03/04/2026", "Ann Lee"]
)


@given(st.lists(st.tuples(NAMES, st.lists(VALUES, max_size=4)), max_size=12))
def test_a_proposal_is_always_a_mapping_that_holds(drawn):
    """Every column is spoken of once, no field of one value twice, and nothing is proposed that would be refused."""
    header, _ = name_columns(tuple(name for name, _ in drawn))
    given_columns = [
        Column(name, tuple(value for value in values if value))
        for name, (_, values) in zip(header, drawn, strict=False)
    ]
    said = propose(given_columns)
    assert list(said.columns) == list(header)
    assert set(said.columns.values()) <= {"", *FIELDS}
    single = [field for field in said.columns.values() if field and field not in MANY]
    assert len(single) == len(set(single))
    field_maps.check(said)
    named = {field.partition(".")[0] for field in single if field.endswith(".handle")}
    assert {field.partition(".")[0] for field in single if "." in field} == named
