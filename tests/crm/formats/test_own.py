"""Our own influencers.csv."""

import csv
import io
import random
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats import causes, french, own
from crm.formats.registry import read_influencers
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow
from crm.formats.tables import header_key

FULL = """\
external_id,name,kind,email,email_kind,email_source,basis,language,languages,country,city,timezone,bio,topics,hashtags,\
platform,handle,url,platform_id,followers,following,posts,avg_likes,avg_comments,avg_shares,avg_views,engagement_rate,\
real_followers,observed_at,audience_countries,audience_languages,audience_ages,audience_genders,audience_interests,notes
a1,Maïa Rivière,Person,Maia@Studio.example,professional,her page,legitimate interest,fr-FR,fr|en,France,Brest,europe/paris,\
"Plongeuse,
et plus",sdg-14|surf,#SauvonsLesOcéans|mer,Instagram,@maia.plonge,instagram.com/maia.plonge,17841400,"48,000",12,310,\
2.1k,35.5,4,9000,4.4 %,83 %,2026-11-01,FR:0.7|BE:0.1,fr:0.9,18-24:0.4,f:0.6,Surf,tall
"""


def one(influencers, text: str, **options) -> InfluencerRow:
    _, rows = influencers(text, **options)
    assert [parsed.errors for parsed in rows] == [()]
    return rows[0].row


def errors(influencers, text: str) -> list[tuple[int, str, str, dict[str, object]]]:
    return [(e.line, e.column, e.code, dict(e.params)) for parsed in influencers(text)[1] for e in parsed.errors]


def test_every_column_is_read(influencers):
    reading, (parsed,) = influencers(FULL)
    assert (reading.format, reading.unknown_columns) == ("own", ())
    assert parsed.row == InfluencerRow(
        line=2,
        external_id="a1",
        name="Maïa Rivière",
        kind="person",
        email="Maia@studio.example",
        email_kind="professional",
        email_source="her page",
        basis="legitimate_interest",
        languages=("fr", "en"),
        country="FR",
        city="Brest",
        timezone="Europe/Paris",
        bio="Plongeuse,\net plus",
        topics=("sdg-14", "surf"),
        hashtags=("SauvonsLesOcéans", "mer"),
        notes="tall",
        accounts=(
            AccountReading(
                platform="instagram",
                handle="maia.plonge",
                url="https://instagram.com/maia.plonge",
                platform_id="17841400",
                followers=48_000,
                following=12,
                posts=310,
                avg_likes=2100.0,
                avg_comments=35.5,
                avg_shares=4.0,
                avg_views=9000.0,
                engagement_rate=0.044,
                credible_share=0.83,
                observed_at=date(2026, 11, 1),
                audience=(
                    AudienceShare("country", "FR", 0.7),
                    AudienceShare("country", "BE", 0.1),
                    AudienceShare("language", "fr", 0.9),
                    AudienceShare("age", "18-24", 0.4),
                    AudienceShare("gender", "female", 0.6),
                    AudienceShare("interest", "Surf"),
                ),
            ),
        ),
        raw=parsed.raw,
    )
    assert parsed.raw["followers"] == "48,000"


def test_the_column_list_is_the_published_one():
    assert set(own.COLUMNS) == set(FULL.partition("\n")[0].split(","))


@pytest.mark.parametrize("column", own.COLUMNS)
def test_any_column_may_be_missing(influencers, column):
    header, *rows = csv.reader(io.StringIO(FULL, newline=""))
    at = header.index(column)
    file = io.StringIO(newline="")
    csv.writer(file).writerows([*row[:at], *row[at + 1 :]] for row in [header, *rows])
    row = one(influencers, file.getvalue())
    assert row.accounts


@pytest.mark.parametrize(
    "text",
    [
        "name\nAnn\n",
        "platform,handle\nx,ann\n",
        "url\nhttps://x.com/ann\n",
        "email\nann@example.org\n",
        "external_id\na1\n",
    ],
)
def test_one_thing_that_says_who_it_is_suffices(influencers, text):
    row = one(influencers, text)
    assert row.name or row.accounts or row.email or row.external_id


def test_unknown_and_repeated_columns_are_named(influencers):
    reading, rows = influencers("Name,score,E-Mail,email,EMAIL\nAnn,7,x,ann@example.org,bob@example.org\n")
    assert reading.unknown_columns == ("score", "E-Mail", "EMAIL (2)")
    assert (rows[0].row.name, rows[0].row.email) == ("Ann", "ann@example.org")


def test_a_european_file_reads_like_an_american_one(influencers):
    header = "name,platform,handle,followers,avg_likes,engagement_rate,real_followers,audience_countries\n"
    european = f"{header.replace(',', ';')}Ann;x;ann;12,4 k;1.234;3,4 %;0,83;FR:0,42\n"
    american = f'{header}Ann,x,ann,12.4K,"1,234",3.4%,0.83,FR:0.42\n'
    assert one(influencers, european).accounts[0] == one(influencers, american).accounts[0]
    assert one(influencers, european).accounts[0].avg_likes == 1234.0


def test_the_platform_may_be_told_by_the_link_alone(influencers):
    row = one(influencers, "name,url\nAnn,https://www.tiktok.com/@ann\n")
    assert (row.accounts[0].platform, row.accounts[0].handle) == ("tiktok", "ann")
    row = one(influencers, "name,handle\nAnn,https://www.tiktok.com/@ann\n")
    assert (row.accounts[0].platform, row.accounts[0].url) == ("tiktok", "https://www.tiktok.com/@ann")


def test_a_youtube_channel_may_have_two_names(influencers):
    row = one(influencers, f"platform,handle,url\nyoutube,ann,https://youtube.com/channel/UC{'a' * 22}\n")
    assert (row.accounts[0].handle, row.accounts[0].url) == ("ann", f"https://youtube.com/channel/UC{'a' * 22}")


def test_rows_are_found_wrong_all_at_once_each_by_line_column_and_code(influencers):
    text = """\
name,kind,email,email_kind,basis,language,languages,country,timezone,hashtags,platform,handle,observed_at
"A
B",robot,ann@,work,hearsay,xx,fr|yy,Atlantis,Paris,a b,x,ann,32/11/2026
"""
    expected = [
        (2, "language", "language_unknown", {}),
        (2, "languages", "language_unknown", {}),
        (2, "kind", "choice_unknown", {"known": ["person", "brand", "agency"]}),
        (2, "email", "email_invalid", {}),
        (2, "email_kind", "choice_unknown", {"known": ["professional", "personal"]}),
        (2, "basis", "choice_unknown", {"known": ["consent", "legitimate_interest", "contract"]}),
        (2, "country", "country_unknown", {}),
        (2, "timezone", "timezone_unknown", {}),
        (2, "hashtags", "hashtag_invalid", {}),
        (2, "observed_at", "date_invalid", {}),
    ]
    assert sorted(errors(influencers, text), key=str) == sorted(expected, key=str)


@pytest.mark.parametrize(
    ("header", "row", "column", "code"),
    [
        ("name,bio", " ,x", "", "identity_missing"),
        ("name,bio", "\u200b\u202e,x", "", "identity_missing"),
        ("name,handle", "Ann,ann", "platform", "platform_missing"),
        ("name,followers", "Ann,12", "platform", "platform_missing"),
        ("name,platform", "Ann,x", "handle", "handle_missing"),
        ("name,platform,handle", "Ann,myspace,ann", "platform", "platform_unknown"),
        ("name,platform,handle", "Ann,instagram,two words", "handle", "handle_invalid"),
        ("name,platform,handle", "Ann,instagram,https://x.com/ann", "handle", "handle_other_platform"),
        ("name,platform,url", "Ann,instagram,https://x.com/ann", "url", "handle_other_platform"),
        ("name,platform,handle,url", "Ann,instagram,ann,https://x.com/ann", "url", "handle_other_platform"),
        ("name,platform,handle,url", "Ann,x,ann,https://x.com/bob", "url", "url_other_account"),
        ("name,platform,url", "Ann,instagram,https://www.instagram.com/p/C1", "url", "handle_invalid"),
        ("name,platform,handle,url", "Ann,x,ann,javascript:alert(1)", "url", "url_scheme"),
        ("name,platform,handle,followers", "Ann,x,ann,-5", "followers", "count_negative"),
        ("name,platform,handle,followers", "Ann,x,ann,1.2E+5", "followers", "count_scientific"),
        ("name,platform,handle,platform_id", "Ann,x,ann,1.22158E+17", "platform_id", "id_scientific"),
        ("name,external_id", "Ann,1.22158E+17", "external_id", "id_scientific"),
        ("name,platform,handle,engagement_rate", "Ann,x,ann,3.4", "engagement_rate", "rate_out_of_range"),
        ("name,platform,handle,real_followers", "Ann,x,ann,83", "real_followers", "share_out_of_range"),
        ("name,platform,handle,real_followers", "Ann,x,ann,most", "real_followers", "share_invalid"),
        (
            "name,platform,handle,audience_countries",
            "Ann,x,ann,FR:0.9|BE:0.9",
            "audience_countries",
            "audience_over_one",
        ),
        ("name,bio", f"{'x' * 201},b", "name", "text_too_long"),
    ],
)
def test_a_row_is_refused_by_column_and_code(influencers, header, row, column, code):
    found = errors(influencers, f"{header}\n{row}\n")
    assert [(line, name, said) for line, name, said, _ in found] == [(2, column, code)]


def test_a_rejected_row_holds_back_nobody_else(influencers):
    _, rows = influencers('name,email\nAnn,ann@example.org\nBob,bob@\n"Ci\nd",\nDan\n,\nEve,eve@example.org\n')
    assert [(p.line, p.row.name if p.row else p.errors[0].code) for p in rows] == [
        (2, "Ann"),
        (3, "email_invalid"),
        (4, "Ci d"),
        (6, "row_ragged"),
        (7, "identity_missing"),
        (8, "Eve"),
    ]


def test_params_never_carry_what_the_cell_said(influencers):
    secret = "ann.secret@example.org"
    text = ",".join(own.COLUMNS) + "\n" + ",".join([f"{secret}\u202e !|{secret}:{secret}"] * len(own.COLUMNS)) + "\n"
    found = errors(influencers, text)
    assert len(found) > 15
    assert secret not in repr(found)


# A row, whether it is good, and whether it can be written in Windows-1252.
HAZARDS = [
    ("Ann,ann{n}@example.org,bio", None, True),
    ('"Bé\r\nla",bela{n}@example.org,"two\n\nlines"', None, True),
    ("Maïa 👩\u200d🌾,maia{n}@example.org,\u202eoverride", None, False),
    ("Cid,cid{n}@example.org,é,", None, True),
    ('Dan,"dan{n}@example.org,never closed', "quote_unclosed", True),
    ('"Eve"x,eve{n}@example.org,', "quote_misplaced", True),
    ("F\0red,fred{n}@example.org,", "cell_nul", True),
    ("Gil,gil{n}@,", "email_invalid", True),
    ("Hal", "row_ragged", True),
    ("Ivy,1e5,", "email_invalid", True),
    (",,", "identity_missing", True),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_ten_thousand_rows_are_each_accepted_or_refused_with_line_and_reason(influencers, encoding):
    chosen = random.Random(7)
    hazards = [hazard for hazard in HAZARDS if hazard[2] or encoding != "cp1252"]
    text, expected, line = "name,email,bio\r\n", [], 2
    for n in range(10_000):
        row, code, _ = chosen.choice(hazards)
        end = chosen.choice(["\n", "\r\n"])
        text += row.format(n=n) + end
        expected.append((line, code))
        line += row.count("\n") + 1
    _, rows = influencers(text.encode(encoding))
    assert [(p.line, p.errors[0].code if p.errors else None) for p in rows] == expected


def test_the_worst_rows_of_all_hold_back_nobody(influencers):
    good = "Ann,ann@example.org,é\n".encode()
    bad = [
        b"A\xed\xa0\x80,a@example.org,\n",
        b"B,b@example.org," + b"x" * 1_000_001 + b"\n",
        b"C" + b"," * 4999 + b"x\n",
    ]
    _, rows = influencers(b"name,email,name\n" + good + good.join(bad) + good)
    codes = ["cell_undecodable", "cell_too_long", "row_ragged"]
    assert [p.errors[0].code if p.errors else None for p in rows] == [
        None,
        codes[0],
        None,
        codes[1],
        None,
        codes[2],
        None,
    ]


COLUMN = st.sampled_from(own.COLUMNS)
VALUE = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    st.sampled_from(
        ["x", "instagram", "@ann", "https://x.com/ann", "FR:0.4|BE:0.2", "12,4 k", "3 %", "fr", "2026-11-23", "a|b"]
    ),
    st.emails(),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(COLUMN, min_size=2, max_size=8, unique=True).flatmap(
        lambda columns: st.tuples(
            st.just(columns), st.lists(st.lists(VALUE, min_size=len(columns), max_size=len(columns)), max_size=6)
        )
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_every_row_is_accepted_or_rejected_and_nothing_else_is_raised(made, delimiter):
    columns, rows = made
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([columns, *rows])
    with suppress(DomainError):
        parsed = list(read_influencers(io.BytesIO(file.getvalue().encode()), "f.csv").rows)
        assert len(parsed) == len(rows)
        for verdict in parsed:
            assert (verdict.row is None) == bool(verdict.errors)
            row = verdict.row
            assert row is None or row.external_id or row.name or row.email or row.accounts


def test_a_french_spreadsheet_is_read_as_people_write_it(influencers):
    text = """\
Nom;Type;Courriel;Type d'adresse;Base légale;Langues;Pays;Plateforme;Compte;Abonnés;Engagement;Vrais abonnés;Âges du public;Relevé le
Zoé;Personne;zoe@studio.example;Professionnelle;Intérêt légitime;Français|anglais;Suisse;Instagram;zoe.ex;12,4 k;4,1 %;83 %;18-24:30 %;03/04/2026
"""
    _reading, [parsed] = influencers(text)
    row = parsed.row
    assert (row.name, row.kind, row.email_kind, row.basis) == ("Zoé", "person", "professional", "legitimate_interest")
    assert (row.languages, row.country) == (("fr", "en"), "CH")
    account = row.accounts[0]
    assert (account.followers, account.engagement_rate, account.credible_share) == (12_400, 0.041, 0.83)
    assert row.accounts[0].audience == (AudienceShare("age", "18-24", 0.3),)
    assert row.accounts[0].observed_at == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("cell", "share"), [("0.83", 0.83), ("83 %", 0.83), ("0", 0.0), ("", None), ("-", None), ("n/a", None)]
)
def test_real_followers_are_a_share(influencers, cell, share):
    row = one(influencers, f"platform,handle,real_followers\nx,ann,{cell}\n")
    assert row.accounts[0].credible_share == share


def test_fake_followers_are_no_column_of_ours(influencers):
    reading, (parsed,) = influencers("name,platform,handle,fake_followers\nAnn,x,ann,0.2\n")
    assert (reading.unknown_columns, parsed.row.accounts[0].credible_share) == (("fake_followers",), None)


def test_a_column_of_our_own_name_wins_over_its_french_one(influencers):
    reading, [parsed] = influencers("Nom,name,platform,handle\nAnne,Ann,x,ann\n")
    assert parsed.row.name == "Ann"
    assert reading.unknown_columns == ("Nom",)


def test_no_french_name_of_a_column_is_one_of_ours_for_something_else():
    for names, columns in ((french.INFLUENCER_NAMES, own.COLUMNS), (french.CAUSE_NAMES, causes.COLUMNS)):
        for name, column in names.items():
            assert header_key(name) not in set(columns) - {column}
            assert column in columns


def test_a_row_says_who_it_is_also_when_it_is_refused(influencers):
    _reading, [parsed] = influencers("name,platform,handle,country\nAnn,x,ann,Atlantis\n")
    assert (parsed.row, parsed.title, parsed.names["country"]) == (None, "Ann", "country")
