"""What each role may do: one table, written to Django's groups after every migration."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

from crm.models import User

ROLES = tuple(User.Role.values)

# Per table what each role may do, in the order of ROLES: v view, a add, c change, d delete, - nothing.
# A role here is not a ladder: what stands in a column is all there is.
TABLE = {
    "crm.influencer": "v vac vacd vacd",
    "crm.socialaccount": "v vac vac vac",
    "crm.address": "- vac vac vac",
    "crm.suppression": "- va va va",
    "crm.cause": "v vac vac vac",
    "crm.topic": "v v v v",
    "crm.instance": "- v vc vc",
    "crm.importbatch": "v va va va",
    "crm.vettingcheck": "v va va va",
    "crm.representation": "v vac vac vac",
    "crm.savedview": "vac vac vacd vacd",
    "crm.erasurereceipt": "- - v vc",
    "crm.auditevent": "- - v v",
    "crm.duplicatecandidate": "- vc vc vc",  # its page shows notes
    "crm.merge": "v vac vac vac",
    "crm.apitoken": "- - - vac",
    "crm.user": "- - - vac",
    "auth.group": "- - - v",
    "matching.matchlist": "v va va va",
    "matching.match": "v v v v",
    "matching.rankerversion": "v v vc vc",  # c: what is in use
    "matching.training": "v v va va",
    "matching.causeweights": "v vc vc vc",  # as a brief: whoever runs a cause says what it looks for
    "matching.relevancelabel": "v va va va",
    "matching.exclusion": "v vac vac vac",
    "outreach.campaign": "v vac vac vac",
    "outreach.messagetemplate": "v v vac vac",
    "outreach.outreach": "v vac vac vac",
    "outreach.message": "- vac vac vac",
    "outreach.sequence": "v v vac vac",
    "outreach.enrolment": "v vac vac vac",
    "outreach.inboundmessage": "- vac vac vac",
    "outreach.limits": "v v vc vc",
    "outreach.mailbox": "- - v vacd",
    "outreach.link": "v va va va",
    "outreach.click": "v v v v",
    "outreach.conversion": "v va va va",
    "outreach.publication": "v vacd vacd vacd",
    "outreach.publicationmetric": "v va va va",
    "outreach.attributioncredit": "v v v v",
    "outreach.attributionrun": "v va va va",
    "outreach.assignment": "v va va va",  # whose an action is that nobody is credited for
    "outreach.source": "- v v vac",
    "outreach.sourceevent": "- vc vc vc",  # c: what stands in the ledger is right
    "outreach.cost": "v vad vad vad",
    "outreach.exchangerate": "v v v vad",  # what money is worth is said in one place
}
BEYOND = {
    "crm.export_influencer": {"manager", "administrator"},
    "outreach.approve_message": {"officer", "manager", "administrator"},
    "outreach.approve_first_contact": {"manager", "administrator"},
    "outreach.waive_cooling_off": {"manager", "administrator"},
}
_VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}


def permissions(role: str) -> frozenset[str]:
    """Everything a role may do, as Django names it: "crm.view_influencer"."""
    place = ROLES.index(role)
    named = {
        f"{app}.{_VERBS[letter]}_{model}"
        for (app, model), letters in ((name.split("."), cells.split()[place]) for name, cells in TABLE.items())
        for letter in letters.strip("-")
    }
    return frozenset(named | {name for name, roles in BEYOND.items() if role in roles})


def sync(app_config: AppConfig, **_: Any) -> None:
    """Make the groups say what the table says. Runs after every migration; safe to run at any time."""
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in permissions(role)])
