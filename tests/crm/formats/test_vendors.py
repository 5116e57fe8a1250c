"""Lists of people from Upfluence, Aspire and OpenOutreach."""

import io
from pathlib import Path

import pytest

from crm.formats import vendors
from crm.formats.rows import AccountReading
from crm.formats.tables import open_table

FILES = Path(__file__).with_name("files")
UPFLUENCE = (vendors.matches_upfluence, vendors.read_upfluence, vendors.unknown_columns_upfluence)
ASPIRE = (vendors.matches_aspire, vendors.read_aspire, vendors.unknown_columns_aspire)
OPENOUTREACH = (vendors.matches_openoutreach, vendors.read_openoutreach, vendors.unknown_columns_openoutreach)


def walk(vendor, content):
    matches, read, unknown_columns = vendor
    content = (FILES / content).read_text() if content.endswith(".csv") else content
    table = open_table(io.BytesIO(content.encode()))
    assert matches(frozenset(table.keys))
    return list(read(table, "list.csv")), unknown_columns(table)


def found(parsed):
    """What was read of a row, or why it was not."""
    if parsed.row is None:
        return [(error.line, error.column, error.code) for error in parsed.errors]
    row = parsed.row
    return row.external_id, row.name, row.email, [(a.platform, a.handle) for a in row.accounts]


def test_upfluence_names_a_person_and_links_to_a_profile():
    rows, unknown = walk(UPFLUENCE, "upfluence.csv")
    assert [found(parsed) for parsed in rows] == [
        ("upfluence:9001", "Inès Delorme", "ines@marees.example", [("instagram", "ines.des.marees")]),
        ("upfluence:9002", "Tom under the trees", "tom@trees.example", [("youtube", "TomUnderTheTrees")]),
        ("upfluence:9003", "Knots & Sails", "ada@knots.example", []),
        ("upfluence:9004", "Wim Vermeer", "WIM@wielen.example", [("tiktok", "wim.op.wielen")]),
    ]
    assert rows[0].row.accounts == (
        AccountReading("instagram", "ines.des.marees", url="https://www.instagram.com/ines.des.marees/"),
    )
    assert unknown == (
        "phone_number",
        *(f"shipping_address.{part}" for part in ("line1", "line2", "zipcode", "city", "state", "country_code")),
        "favourite_colour",
    )


def test_a_link_to_no_profile_is_left_out_with_a_note_in_the_files_own_words():
    rows, _ = walk(
        UPFLUENCE, "Profile name,Media URL\nKnots,https://blog.example/\nPost,https://www.instagram.com/p/Xyz/"
    )
    assert [[(n.line, n.column, n.code) for n in parsed.notes] for parsed in rows] == [
        [(2, "Media URL", "link_ignored")],
        [(3, "Media URL", "link_ignored")],
    ]
    assert [parsed.row.accounts for parsed in rows] == [(), ()]


@pytest.mark.parametrize(
    ("link", "code"), [("javascript:alert(1)", "url_scheme"), ("https://a@instagram.com/b", "url_invalid")]
)
def test_what_is_no_link_is_refused(link, code):
    [parsed], _ = walk(UPFLUENCE, f"media_url,profile_name\n{link},Somebody")
    assert found(parsed) == [(2, "media_url", code)]
    assert parsed.title == "Somebody"


def test_nothing_of_an_address_or_a_phone_number_is_taken():
    [parsed], unknown = walk(
        ASPIRE,
        "email,instagram,phone,address1,city,state,postalcode,country\n,noor,1,2 Nowhere Lane,Ghent,,9000,Belgium",
    )
    assert (parsed.row.city, parsed.row.country, parsed.row.notes) == ("", "", "")
    assert unknown == ("phone", "address1", "city", "state", "postalcode", "country")


def test_aspire_holds_several_accounts_of_one_person():
    rows, unknown = walk(ASPIRE, "aspire.csv")
    assert [found(parsed) for parsed in rows] == [
        (
            "",
            "",
            "noor@garden.example",
            [
                ("instagram", "noor.in.the.garden"),
                ("tiktok", "noorgarden"),
                ("youtube", "UCabcdefghijklmnopqrstuv"),
            ],
        ),
        ("", "", "lea@cycling.example", [("tiktok", "lea.velo")]),
        ("", "", "sam@pins.example", []),
    ]
    assert rows[0].row.accounts[1].url == "https://www.tiktok.com/@noorgarden"
    assert unknown[0] == "pinterest"


def test_aspire_handles_may_be_pasted_as_people_paste_them():
    [parsed], _ = walk(
        ASPIRE, "uid,instagram,tiktok,youtube\nu-7,@noor,https://www.tiktok.com/@noor.g,youtube.com/@Noor"
    )
    assert found(parsed) == (
        "aspire-uid:u-7",
        "",
        "",
        [("instagram", "noor"), ("tiktok", "noor.g"), ("youtube", "Noor")],
    )


def test_a_handle_of_another_platform_is_a_shifted_row():
    [parsed], _ = walk(ASPIRE, "id,instagram,tiktok\n5,https://www.tiktok.com/@noor,no spaces allowed")
    assert found(parsed) == [(2, "instagram", "handle_other_platform"), (2, "tiktok", "handle_invalid")]


@pytest.mark.parametrize(
    ("vendor", "header", "row"),
    [
        (UPFLUENCE, "influencer_id,media_url", "1.22158E+17,https://www.instagram.com/noor/"),
        (ASPIRE, "uid,instagram", "1.22158E+17,noor"),
        (ASPIRE, "id,instagram", '"1,22158E+17",noor'),
        (OPENOUTREACH, "lead_id,linkedin_url", "1.22158E+17,https://www.linkedin.com/in/noor/"),
    ],
)
def test_an_id_that_a_spreadsheet_shortened_is_refused(vendor, header, row):
    [parsed], _ = walk(vendor, f"{header}\n{row}")
    assert [(error.column, error.code) for error in parsed.errors] == [(header.partition(",")[0], "id_scientific")]


def test_the_same_number_from_two_tools_is_two_people():
    link = "https://www.linkedin.com/in/noor/"
    ids = {
        walk(vendor, text)[0][0].row.external_id
        for vendor, text in (
            (UPFLUENCE, f"influencer_id,media_url\n17,{link}"),
            (ASPIRE, "id,instagram\n17,noor"),
            (ASPIRE, "uid,instagram\n17,noor"),
            (OPENOUTREACH, f"lead_id,linkedin_url\n17,{link}"),
        )
    }
    assert ids == {"upfluence:17", "aspire:17", "aspire-uid:17", "openoutreach:17"}


def test_openoutreach_exports_people_and_pages_on_linkedin():
    rows, unknown = walk(OPENOUTREACH, "openoutreach.csv")
    assert [found(parsed) for parsed in rows] == [
        ("openoutreach:17", "Mina Okafor", "mina@studio-horizon.example", [("linkedin", "mina-okafor-example")]),
        ("openoutreach:18", "", "", [("linkedin", "company/tidewatch-example")]),
    ]
    assert unknown == ("company", "title", "website", "reason", "qualified_at")
    assert [(parsed.row.email_kind, parsed.row.basis) for parsed in rows] == [("", ""), ("", "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Profile URL,First Name,Last Name,Company\nhttps://www.linkedin.com/in/lea-velo/,Léa,Vélo,Roues",
            ("", "Léa Vélo", "", [("linkedin", "lea-velo")]),
        ),
        ("linkedin_url\nlinkedin.com/in/lea-velo", ("", "", "", [("linkedin", "lea-velo")])),
        ("profile_url\nhttps://www.linkedin.com/in/lea-velo/", ("", "", "", [("linkedin", "lea-velo")])),
        ("LinkedIn URL,First Name,Message\n,Léa,Hello", ("", "Léa", "", [])),
        ("linkedin_url,lead_id\nhttps://x.com/lea,", [(2, "linkedin_url", "handle_other_platform")]),
        ("linkedin_url,first_name,email\n,,", None),
    ],
)
def test_openoutreach_takes_lists_in_several_shapes(text, expected):
    rows, _ = walk(OPENOUTREACH, text)
    if expected is None:
        assert found(rows[0]) == [(2, "", "identity_missing")]
    else:
        assert found(rows[0]) == expected


@pytest.mark.parametrize("file", ["upfluence.csv", "aspire.csv", "openoutreach.csv"])
def test_each_file_is_known_by_its_header_in_any_order_and_by_one_reader_only(file):
    keys = open_table(io.BytesIO((FILES / file).read_bytes())).keys
    known = [vendor[0](frozenset([*reversed(keys), "extra"])) for vendor in (UPFLUENCE, ASPIRE, OPENOUTREACH)]
    assert known.count(True) == 1


@pytest.mark.parametrize(
    "keys",
    [
        {"name", "email", "platform", "handle"},
        {"platform", "handle", "linkedin_url", "first_name"},
        {"handle", "instagram", "email"},
        {"media_url", "platform"},
        {"name", "instagram_name", "followers"},
        {"post_id", "permalink", "likes"},
        {"url"},
        {"id", "email"},
    ],
)
def test_files_of_others_are_left_to_others(keys):
    assert not any(vendor[0](frozenset(keys)) for vendor in (UPFLUENCE, ASPIRE, OPENOUTREACH))


def test_a_european_spreadsheet_reads_the_same():
    text = "\ufeffinfluencer_id;media_url;email\n9001;https://www.instagram.com/noor/;noor@garden.example\n"
    [parsed], _ = walk(UPFLUENCE, text)
    assert found(parsed) == ("upfluence:9001", "", "noor@garden.example", [("instagram", "noor")])
