"""A list of people that was brought as causes makes no cause of anybody."""

import io

import pytest

from crm.errors import DomainError
from crm.formats import causes, examples, french
from crm.formats.registry import read_causes


@pytest.mark.parametrize(
    "header",
    [
        "Rank,name,instagram name,Category_1,Category_2,followers,country,Eng. (Auth.),Eng. (Avg.)",
        "name,platform,handle",
        "influencer_id,media_url,profile_name,email,name",
        "name,instagram,tiktok,email",
        "name,lead_id,linkedin_url",
        "Nom;Plateforme;Identifiant",
    ],
)
def test_people_are_no_causes(header):
    with pytest.raises(DomainError, match="causes_are_people"):
        read_causes(io.BytesIO(f"{header}\n{',x' * header.count(',')}\n".encode()), "people.csv")


@pytest.mark.parametrize(
    "header", ["name", "slug,name", "name,platforms,website", "slug,name,platform", "name,goals,handle"]
)
def test_causes_are(header):
    assert read_causes(io.BytesIO(f"{header}\nx\n".encode()), "causes.csv").format == "own"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_our_own_template_is_one_of_causes(language):
    reading = read_causes(io.BytesIO(examples.template("causes", language).encode()), "causes.csv")
    assert len(list(reading.rows)) == 1
    assert len(reading.header) == len(causes.COLUMNS)
    assert set(causes.COLUMNS) <= {*french.CAUSE_TITLES}
