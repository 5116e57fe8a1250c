import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from crm import keyring
from crm.errors import DomainError
from outreach import signing
from outreach.signing import Utm

UTM = Utm(source="instagram", medium="influencer", campaign="spring-clean-up", content="k7m2p9q4x3hd5t", id="42")
OURS = (
    "utm_source=instagram&utm_medium=influencer&utm_campaign=spring-clean-up"
    "&utm_content=k7m2p9q4x3hd5t&utm_id=42&cw_click=c1"
)


def tracked(destination):
    return signing.tracked_url(destination, click_id="c1", utm=UTM)


class TestCodes:
    def test_are_short_enough_to_be_said_and_made_of_characters_nobody_mistakes(self):
        assert signing.CODE_LENGTH <= 8
        assert len(signing.CODE_ALPHABET) ** signing.CODE_LENGTH > 10**11
        assert len(set(signing.CODE_ALPHABET)) == len(signing.CODE_ALPHABET)
        assert not set(signing.CODE_ALPHABET) & set("0o1il" + "aeu")
        assert signing.CODE_ALPHABET.lower() == signing.CODE_ALPHABET

    def test_are_drawn_from_the_whole_alphabet_without_repeats(self):
        codes = [signing.new_code() for _ in range(2000)]

        assert len(set(codes)) == len(codes)
        assert all(re.fullmatch(rf"[{signing.CODE_ALPHABET}]{{8}}", code) for code in codes)
        for place in range(signing.CODE_LENGTH):
            assert {code[place] for code in codes} == set(signing.CODE_ALPHABET)

    def test_survive_being_shouted(self):
        code = signing.new_code()

        assert code.upper().lower() == code

    @pytest.mark.parametrize(
        ("code", "said"),
        [("wpnmfqtd", "wpnm-fqtd"), ("k7m2p9q4x3hd5t", "k7m2-p9q4-x3hd-5t"), ("bcdfghjkm", "bcdf-ghjk-m"), ("", "")],
    )
    def test_are_said_in_groups_and_heard_again(self, code, said):
        assert signing.spoken(code) == said
        assert signing.heard(said) == code

    @pytest.mark.parametrize(
        "said",
        [
            "WPNM-FQTD",
            " wpnm fqtd ",
            "Wp-Nm-Fq-Td",
            "wpnm\u2011fqtd",
            "wpnm – fqtd",
            "wpnm\u00a0fqtd\n",
            "wpnm\u00adfqtd",
        ],
    )
    def test_are_heard_whatever_the_case_the_spaces_and_the_hyphens(self, said):
        assert signing.heard(said) == "wpnmfqtd"

    def test_click_ids_hold_128_bits(self):
        ids = [signing.new_click_id() for _ in range(2000)]

        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)
        assert {one[0] for one in ids} == set("0123456789abcdef")


class TestUnsubscribeToken:
    @pytest.fixture(autouse=True)
    def ring(self, tmp_path):
        with override_settings(KEYRING=tmp_path / "keyring.json"):
            yield

    def test_leads_back_to_the_address_and_to_no_other(self):
        first, second = signing.unsubscribe_token("a1"), signing.unsubscribe_token("a2")

        assert (signing.read_unsubscribe_token(first), signing.read_unsubscribe_token(second)) == ("a1", "a2")
        mixed = ".".join((*first.split(".")[:2], second.split(".")[2]))
        with pytest.raises(DomainError) as caught:
            signing.read_unsubscribe_token(mixed)
        assert caught.value.code == "token_invalid"

    def test_a_token_made_for_something_else_is_refused(self):
        with pytest.raises(DomainError):
            signing.read_unsubscribe_token(keyring.sign("preview", "a1"))


class TestUtm:
    @pytest.mark.parametrize("field", ["source", "medium", "campaign", "content", "id"])
    @pytest.mark.parametrize(
        "value", ["Amina Diallo", "amina@rivers.example", "Instagram", "a b", "a&b", "é", "a.b", "a\n", "x" * 101]
    )
    def test_takes_slugs_only(self, field, value):
        with pytest.raises(DomainError) as caught:
            Utm(**{"source": "x", "medium": "x", "campaign": "x", field: value})

        assert (caught.value.code, caught.value.params) == ("utm_invalid", {"field": field})

    @pytest.mark.parametrize("field", ["source", "medium", "campaign"])
    def test_the_first_three_are_required(self, field):
        with pytest.raises(DomainError):
            Utm(**{"source": "x", "medium": "x", "campaign": "x", field: ""})

    def test_leaves_out_what_is_empty(self):
        assert Utm(source="x", medium="y", campaign="z_1-2").parameters() == {
            "utm_source": "x",
            "utm_medium": "y",
            "utm_campaign": "z_1-2",
        }


class TestTrackedUrl:
    @pytest.mark.parametrize(
        ("destination", "expected"),
        [
            ("https://rivers.example", f"https://rivers.example?{OURS}"),
            ("https://rivers.example/give", f"https://rivers.example/give?{OURS}"),
            ("http://rivers.example:8080/give?", f"http://rivers.example:8080/give?{OURS}"),
            ("https://rivers.example/?a=1&b=%20x+y&a=2", f"https://rivers.example/?a=1&b=%20x+y&a=2&{OURS}"),
            ("https://rivers.example/?flag#/form?x=1", f"https://rivers.example/?flag&{OURS}#/form?x=1"),
            ("https://rivers.example/#", f"https://rivers.example/?{OURS}#"),
            ("https://rivers.example/?utm_source=old&a=1&utm_term=t", f"https://rivers.example/?a=1&{OURS}"),
            ("https://rivers.example/?UTM_Source=old&utm%5Fid=9&cw_click=old", f"https://rivers.example/?{OURS}"),
            ("https://rivers.example/?next=/utm_source=x", f"https://rivers.example/?next=/utm_source=x&{OURS}"),
            ("https://rivières.example/dôn?nom=é", f"https://rivières.example/dôn?nom=é&{OURS}"),
        ],
    )
    def test_adds_ours_and_leaves_the_rest_alone(self, destination, expected):
        assert tracked(destination) == expected

    def test_tracking_twice_is_tracking_once(self):
        once = tracked("https://rivers.example/give?a=1#top")

        assert tracked(once) == once

    @given(query=st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=5))
    def test_whatever_the_query_says_it_still_says(self, query):
        kept = [(name, value) for name, value in query if not re.match(r"\s*(utm_|cw_click\s*$)", name, re.IGNORECASE)]
        destination = f"https://rivers.example/?{urlencode(query)}"
        after = parse_qsl(urlsplit(tracked(destination)).query, keep_blank_values=True)

        assert after[: len(kept)] == kept
        assert after[len(kept) :] == parse_qsl(OURS)

    @pytest.mark.parametrize(
        "destination",
        [
            "",
            "rivers.example",
            "//rivers.example/",
            "/give",
            "https:rivers.example",
            "https://",
            "https:///give",
            "https://?a",
            "javascript:alert(1)",
            "javascript://rivers.example/%0aalert(1)",
            "data:text/html,x",
            "ftp://rivers.example/",
            "https://amina@rivers.example/",
            "https://rivers.example@evil.example/",
            "https://rivers.example:port/",
            "https://[::1/",
            "https://rivers.example/\r\nSet-Cookie: x",
            "https://rivers.example/a b",
            "https://rivers.example\\@evil.example/",
            "https://rivers.example/\u2028",
            " https://rivers.example/",
            "https://rivers.example/<script>",
        ],
    )
    def test_goes_nowhere_but_to_a_plain_web_address(self, destination):
        with pytest.raises(DomainError) as caught:
            tracked(destination)

        assert (caught.value.code, caught.value.params) == ("destination_invalid", {})
