"""Who is brought without a name is called by their account, whatever else the row says."""

from pathlib import Path

import pytest

from crm.models import Influencer
from tests.factories import imported

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parents[1] / "formats" / "files"


def names_of(content: str | bytes) -> list[str]:
    """Of those who came of it."""
    imported(content)
    return list(Influencer.objects.order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "url\nhttps://x.com/ann\n",
        "platform,handle\nx,@ann\n",
        "platform,handle\nx,'@ann\n",
        "external_id,url\n7,https://x.com/ann\n",
        "uid,instagram,email\n5,ann,\n",
        "media_url,email\nhttps://x.com/ann,\n",
    ],
)
def test_by_the_handle_and_not_by_how_the_row_writes_it(text):
    assert names_of(text) == ["ann"]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("x_posts.csv", ["tidewatch_ex"]),
        ("twitter.csv", ["tidewatch_ex"]),
        ("tiktok.csv", ["lea.velo.example", "noorgarden"]),
    ],
)
def test_not_by_the_text_of_a_post(name, called):
    assert names_of((FILES / name).read_bytes()) == called


def test_a_name_goes_before_a_handle():
    assert names_of("name,platform,handle\nAnn,x,ann\n") == ["Ann"]
