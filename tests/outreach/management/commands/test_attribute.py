"""`manage.py attribute`: credits computed again, and of a campaign every model, also by what was known then."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from outreach.models import AttributionCredit, AttributionRun
from outreach.services import attributions
from tests.factories import CampaignFactory, LinkFactory
from tests.outreach.test_attributions import visited
from tests.outreach.test_credits import DAY, act

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    campaign = CampaignFactory(slug="spring")
    on = timezone.now() - 2 * DAY
    links = [LinkFactory(outreach__campaign=campaign) for _ in range(3)]
    act(1, on=on, click_ids=visited(links, "c", before=on))
    return campaign


def ask(*said: str) -> dict:
    out = StringIO()
    call_command("attribute", *said, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_without_a_campaign_every_action_is_credited_by_the_rule(campaign):
    assert ask("--model", "linear_touch") == {"model": "linear_touch", "conversions": 1}
    assert AttributionCredit.objects.filter(rule="linear_touch").count() == 3
    assert ask() == {"model": "last_touch", "conversions": 1}


def test_of_a_campaign_every_model_is_told(campaign):
    ask()
    told = ask("--campaign", "spring")
    kept = AttributionRun.objects.get()
    assert (told["conversions"], told["run"], told["digest"]) == (1, str(kept.public_id), kept.digest)
    assert told["comparison"] == json.loads(kept.body)


def test_of_one_model_that_one_alone(campaign):
    told = ask("--campaign", "spring", "--model", "markov")
    assert [each["name"] for each in told["comparison"]["models"]] == ["markov"]
    assert {name for row in told["comparison"]["partners"] for name in row["models"]} == {"markov"}
    assert not AttributionCredit.objects.exists()


def test_by_what_was_known_then_is_what_was_said_then(campaign):
    then = attributions.run(campaign=campaign, at=timezone.now())
    told = ask("--campaign", "spring", "--at", then.known_at.isoformat())
    assert told["digest"] == then.digest
    assert "conversions" not in told


@pytest.mark.parametrize(
    "said",
    [["--campaign", "none"], ["--at", "2026-11-24"], ["--campaign", "spring", "--at", "soon"], ["--model", "markov"]],
)
def test_what_cannot_be_is_said_in_a_sentence(campaign, said):
    with pytest.raises(CommandError) as refused:
        ask(*said)
    assert refused.value.returncode == 2


def test_people_read_a_table(campaign):
    out = StringIO()
    call_command("attribute", "--campaign", "spring", stdout=out)
    assert "shapley" in out.getvalue()
    assert AttributionRun.objects.get().digest in out.getvalue()
