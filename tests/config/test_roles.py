import pytest

from config import roles
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_group_may_do_exactly_what_the_table_says(role):
    user = UserFactory(role=role)
    assert user.get_all_permissions() == roles.permissions(role)


def test_an_analyst_changes_nothing():
    theirs = {name for name in roles.permissions("analyst") if not name.endswith("_savedview")}  # views are one's own
    assert {name.split(".")[1].split("_")[0] for name in theirs} == {"view"}


def test_every_table_of_the_house_is_decided_about():
    from django.apps import apps

    undecided = {
        "crm.audienceshare",
        "crm.accountsnapshot",
        "crm.activity",
        "crm.audiencetarget",
        "crm.goal",
        "crm.accounthandle",
        "crm.accountday",
        "crm.stagedrow",
        "crm.identitymark",
        "crm.influenceralias",
        "crm.duplicatesearch",
        "crm.columnmapping",
        "crm.hashtagpick",
        "crm.ownprofile",
        "matching.hashtagcount",
        "matching.hashtagfigure",
        "matching.leftout",
        "matching.served",
        "outreach.mailevent",
        "outreach.conversionmark",
        "outreach.conversionid",
        "outreach.balance",
    }
    undecided |= {
        "crm.importpiece",
        "crm.importrow",
        "crm.stagedaccount",
        "crm.idempotencykey",
        "crm.post",
        "crm.hashtagpick",
        "matching.leftout",
        "matching.change",
        "matching.changelog",
        "matching.hashtagcount",
        "matching.hashtagfigure",
        "outreach.step",
        "outreach.clickverdict",
        "outreach.clickspool",
        "outreach.comparison",
        "outreach.weeklychoice",  # one's own
        "outreach.weeklymail",
    }  # shown inside the page of what they belong to
    models = {
        m._meta.label_lower for app in ("crm", "matching", "outreach") for m in apps.get_app_config(app).get_models()
    }
    assert models - undecided == {name for name in roles.TABLE if not name.startswith("auth.")}
