"""`manage.py demo`: never beside somebody's own data, all of it or nothing, and nothing of it leaves."""

import pytest
from django.core.management import CommandError, call_command

from config.demo import loading
from crm.errors import DomainError
from crm.models import (
    Cause,
    Influencer,
    Instance,
    User,
)
from outreach.models import Message, MessageTemplate, Outreach
from tests.factories import NOW, CampaignFactory, CauseFactory, InfluencerFactory, UserFactory, uploaded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("own", [UserFactory, InfluencerFactory, CauseFactory, CampaignFactory, "import"])
@pytest.mark.parametrize("arguments", [[], ["--reset"]])
def test_beside_other_data_it_refuses(own, arguments):
    if own == "import":
        uploaded("slug\nmine\n", subject="causes")
    else:
        own()
    with pytest.raises(CommandError, match="holds data of your own"):
        call_command("demo", *arguments)
    assert not User.objects.filter(is_demo=True).exists()


def test_what_fails_half_way_leaves_nothing():
    MessageTemplate.objects.create(name="Contact", language="fr", register="formal", subject="x", body="x")
    with pytest.raises(DomainError, match="template_taken"):
        loading.load(at=NOW, size=1)
    assert not User.objects.exists()
    assert Instance.objects.get().organisation == ""


@pytest.mark.slow
def test_where_a_mail_server_is_set_nothing_leaves_and_the_story_goes_on(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"  # where nobody listens: a connection would be told as lost
    loading.load(at=NOW, size=20)
    mails = Message.objects.filter(channel="email", attempts__gt=0).exclude(reason="sender_died")
    assert set(mails.values_list("state", "reason")) == {("refused", "reserved_domain")}
    assert Outreach.objects.filter(stage="live").exists()


@pytest.mark.slow
def test_the_command_builds_the_whole_demo(capsys):
    call_command("demo")
    assert "password: causeway-demo." in capsys.readouterr().out
    assert 295 <= Influencer.objects.count() <= 310
    call_command("demo", "--reset")
    assert Cause.objects.count() == 8
