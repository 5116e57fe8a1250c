"""The demo in the database: everything marked, three campaigns at three stages, the same again, and away."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.test import Client
from django.utils import timezone

from config.demo import loading, rows, scripts, texts
from crm.errors import DomainError
from crm.models import (
    AccountSnapshot,
    Address,
    AuditEvent,
    Cause,
    Goal,
    ImportBatch,
    ImportRow,
    Influencer,
    Instance,
    Platform,
    Post,
    SocialAccount,
    Suppression,
    User,
    VettingCheck,
)
from crm.services import addresses, instance, staff
from matching.models import Exclusion, HashtagCount, LeftOut, Match, MatchList, RankerVersion, RelevanceLabel
from matching.selectors import changes
from outreach import selectors
from outreach.models import (
    AttributionCredit,
    AttributionRun,
    Campaign,
    Click,
    Conversion,
    Message,
    MessageTemplate,
    Outreach,
    Publication,
    PublicationMetric,
)
from outreach.services import campaign_report, campaigns, conversions, publications, reports
from outreach.sources import events
from tests.factories import (
    NOW,
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    InfluencerFactory,
    UserFactory,
    VettingFactory,
    committed,
    imported,
)

pytestmark = pytest.mark.django_db

SIZE = 90  # enough for three campaigns


@pytest.fixture(scope="module")
def demo(once):
    """The demo as of NOW."""
    loading.load(at=NOW, size=SIZE)


# What is in the database ----------------------------------------------------------------------------------------------


def test_everything_is_marked_and_every_address_is_fictional(demo):
    for model in (User, Influencer, Cause, Campaign):
        assert model.objects.exists()
        assert not model.objects.filter(is_demo=False).exists()
    emails = [*Address.objects.values_list("email", flat=True), *User.objects.values_list("email", flat=True)]
    assert [email for email in emails if not email.endswith(".example")] == []
    assert not rows.holds_other_data()


def test_counts(demo):
    assert Influencer.objects.count() == SIZE + 14 + 6 + 2 + 1
    assert set(SocialAccount.objects.values_list("platform", flat=True)) == set(Platform.values)
    posts = Post.objects.values("account__influencer").annotate(n=Count("pk")).values_list("n", flat=True)
    (diary,) = [number for number in posts if number > 14]
    assert 60 < diary < 100
    assert not Post.objects.filter(Q(published_at__gt=NOW) | Q(published_at__lt=NOW - timedelta(days=365))).exists()
    assert Post.objects.filter(is_advert=True).exists()
    snapshots = SocialAccount.objects.annotate(n=Count("snapshots")).filter(influencer__external_id__startswith="RV-")
    assert set(snapshots.exclude(snapshots__is_estimate=True).values_list("n", flat=True)) == {2, 3}
    assert AccountSnapshot.objects.filter(is_estimate=True).values("account").distinct().count() == 1
    assert MessageTemplate.objects.count() == 12
    assert MatchList.objects.filter(state="ready").count() == 7
    again = MatchList.objects.filter(cause__slug="rentree-pour-toutes").latest("as_of")
    assert all(changes(again).counts[move] for move in ("new", "up", "down", "gone"))
    assert LeftOut.objects.filter(match_list__cause__slug="rentrez-bien").exists()
    assert HashtagCount.objects.get().at == NOW
    assert not Goal.objects.filter(due_date=None).exists()


def test_eight_causes_one_with_topics_only_and_one_with_conflicts(demo):
    assert Cause.objects.count() == 8
    (bare,) = Cause.objects.filter(description="")
    assert bare.topics.exists()
    assert MatchList.objects.get(cause=bare).cause_missing
    assert Cause.objects.exclude(conflicts=[]).exists()
    assert sum("fr" in cause.languages for cause in Cause.objects.exclude(description="")) >= 4
    assert {goal for cause in Cause.objects.all() for goal in cause.goals.values_list("kind", flat=True)} >= {
        *("donation", "sign_up", "signature", "attendance", "volunteer_hours"),
    }


def test_three_campaigns_at_three_stages(demo):
    stages = {
        slug: set(Outreach.objects.filter(campaign__slug=slug).values_list("stage", flat=True))
        for slug in Campaign.objects.values_list("slug", flat=True)
    }
    assert stages[scripts.FINISHED.slug] >= {"completed", "declined", "no_answer", "conflict"}
    assert stages[scripts.RUNNING.slug] >= {"live", "contacted", "in_conversation", "agreed", "declined"}
    assert stages[scripts.PREPARED.slug] == {"shortlisted", "conflict"}
    prepared = Outreach.objects.filter(campaign__slug=scripts.PREPARED.slug)
    assert "vet" in {step for _outreach, step in selectors.waiting_steps(prepared, at=timezone.now())}


def test_staff_judged_their_lists_and_what_came_of_asking_is_known(demo):
    known = RelevanceLabel.objects.known(at=NOW)
    verdicts = Counter(known.verdicts().values_list("kind", flat=True))
    assert sum(verdicts.values()) > 40
    assert verdicts.keys() == {"fit", "not_fit", "conflict"}
    assert not known.filter(kind__in=RelevanceLabel.AGAINST, reason="").exists()
    lists = MatchList.objects.filter(matches__labels__in=known.verdicts()).distinct()
    assert lists.count() == MatchList.objects.count()
    outcomes = Counter(known.outcomes().values_list("kind", flat=True))
    assert outcomes.keys() == {"accepted", "declined"}  # every message was captured: nobody's silence is any
    asked = Outreach.objects.filter(stage__in=["agreed", "live", "completed", "declined"])
    assert sum(outcomes.values()) == asked.count()
    assert not asked.filter(match__labels__in=known.filter(kind__in=RelevanceLabel.AGAINST)).exists()
    assert set(Exclusion.objects.open().values_list("cause__is_demo", flat=True)) == {True, None}
    assert not Outreach.objects.filter(influencer__exclusions__in=Exclusion.objects.all()).exists()


def test_messages_show_what_may_become_of_one(demo):
    became = set(Message.objects.values_list("state", "reason", "channel"))
    assert became >= {
        ("sent", "", "email"),
        ("sent", "", "manual"),
        ("draft", "", "email"),
        ("planned", "", "email"),
        ("refused", "not_vetted", "email"),
        ("refused", "said_no", "email"),
        ("uncertain", "sender_died", "email"),
    }
    assert not Message.objects.filter(state__in=["claimed", "dispatching", "expired"]).exists()
    assert set(Message.objects.filter(state="sent", channel="email").values_list("is_captured", flat=True)) == {True}
    days = Counter(Message.objects.filter(state="sent").values_list("dispatched_at__date", flat=True))
    assert len(days) >= 8
    assert max(days.values()) <= 50
    assert not Message.objects.filter(state="planned", due_at__lt=NOW).exists()


def test_no_message_quotes_its_cause_in_another_language(demo):
    for message in Message.objects.filter(reference__endswith=":first").select_related("outreach__campaign__cause"):
        cause = message.outreach.campaign.cause
        assert message.language == cause.languages[0], (cause, message.language)
        assert cause.description.split("\n\n")[0] in message.body


def test_the_running_campaign_has_clicks_and_actions_in_two_currencies_until_today(demo):
    report = reports.campaign(campaign=Campaign.objects.get(slug=scripts.RUNNING.slug))
    assert report.clicks > 100
    assert {total.currency for total in report.totals if total.kind == "donation"} == {"EUR", "GBP"}
    assert {total.kind for total in report.totals} == {"donation", "signature", "volunteer_hours"}
    assert report.unassigned
    assert report.days[-1][0] >= (NOW - timedelta(days=1)).date()
    agents = set(Click.objects.values_list("user_agent", flat=True))
    assert any("externalhit" in agent for agent in agents)
    finished = reports.campaign(campaign=Campaign.objects.get(slug=scripts.FINISHED.slug))
    assert {total.currency for total in finished.totals} >= {"EUR", "CHF"}
    assert AttributionCredit.objects.filter(link=None).exists()
    assert not Conversion.objects.unattributed().exists()


def test_nothing_happened_after_today(demo):
    for model, field in (
        *((Click, "at"), (Conversion, "occurred_at"), (Outreach, "stage_at"), (VettingCheck, "at")),
        *((Suppression, "created_at"), (Message, "finished_at"), (Influencer, "last_contacted_at")),
        *((SocialAccount, "observed_at"), (Influencer, "created_at"), (Outreach, "created_at")),
        *((RelevanceLabel, "at"), (Exclusion, "at")),
    ):
        assert not model.objects.filter(**{f"{field}__gt": NOW + timedelta(minutes=1)}).exists(), (model, field)


def test_every_kind_of_no_is_there(demo):
    reasons = {"unsubscribed", "declined", "bounced", "complaint"}
    assert set(Suppression.objects.values_list("reason", flat=True)) == reasons


def test_imports_wait_for_a_decision_and_show_what_was_rejected(demo):
    waiting = ImportBatch.objects.get(state="analysed")
    assert (waiting.rows_read, waiting.created_count, waiting.updated_count, waiting.rejected_count) == (12, 9, 1, 2)
    assert ImportBatch.objects.filter(state="committed").count() == 2
    assert ImportBatch.objects.get(filename="carnet-des-antennes.csv").rejected_count == 1


def test_the_organisation_is_named(demo):
    assert Instance.objects.get().organisation == scripts.ORGANISATION


def test_publications_are_counted_estimated_and_of_some_nobody_knows_how_far_they_went(demo):
    for slug in (scripts.FINISHED.slug, scripts.RUNNING.slug):
        whole = campaign_report.read(campaign=Campaign.objects.get(slug=slug), at=NOW)
        reached = whole.breakdown.reached
        assert reached.reach.told < reached.publications  # of one nobody told any figure
        shared = [one for one in whole.people if one.outreach.stage in ("live", "completed")]
        silent = [one for one in shared if one.outreach.pk not in whole.breakdown.by_outreach]
        assert len(silent) == 1
        funnel = (reached.reach.total, reached.engagement.total, whole.report.clicks, whole.report.actions)
        assert list(funnel) == sorted(funnel, reverse=True)
        assert funnel[-1] > 0
    told = PublicationMetric.objects
    assert set(told.values_list("is_estimate", flat=True)) == {True, False}
    assert told.values("publication").annotate(n=Count("pk")).filter(n=2).exists()
    assert not Publication.objects.exclude(url="").exists()  # what is invented leads nowhere


# Accounts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "role"), [("lea", "officer"), ("sam", "manager"), ("ada", "administrator")])
def test_three_accounts_sign_in_here_and_nowhere_else(demo, settings, name, role):
    assert User.objects.get(username=name).role == role
    assert Client().login(username=name, password=loading.PASSWORD)
    settings.IS_LOOPBACK = False
    assert not Client().login(username=name, password=loading.PASSWORD)


# The command ---------------------------------------------------------------------------------------------------------


def test_a_loaded_demo_is_left_alone_and_tells_how_to_sign_in(demo, capsys, settings):
    before = list(Influencer.objects.values_list("pk", flat=True))
    call_command("demo")
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "The demo is loaded already.",
        "Demo: sign in as lea (partnership officer), sam (manager) or ada (administrator); password: causeway-demo.",
    ]
    assert list(Influencer.objects.values_list("pk", flat=True)) == before
    settings.IS_LOOPBACK = False
    call_command("demo")
    assert "causeway-demo" not in capsys.readouterr().out


def test_a_demo_that_has_own_data_beside_it_is_not_reset(demo):
    InfluencerFactory()
    with pytest.raises(CommandError, match="holds data of your own"):
        call_command("demo", "--reset")
    assert Cause.objects.filter(is_demo=True).count() == 8


# Again and away -------------------------------------------------------------------------------------------------------

# What chance or the clock decides: ids, codes, stamps, and texts that a link stands in.
CHANCE = {
    *("id", "public_id", "run", "payload", "updated_at", "created_at", "password", "date_joined", "last_login"),
    *("code", "click_id", "click_ids", "message_id", "attempt_id", "reference", "horizon"),
    *("about", "origin", "in_reply_to", "references"),
    *("body", "text", "html", "raw", "inserted"),
    "rows",  # of a match: the ids of what its reasons rest on
    *("search_text", "search"),  # a person's handles come in whatever order the database has them
}


def content() -> dict:
    """Every row of the apps, without what chance decides and without references."""
    found = {}
    for app in ("crm", "matching", "outreach"):
        for model in apps.get_app_config(app).get_models():
            chance = CHANCE - {"text"} if model is Post else CHANCE
            if model is AttributionRun:  # of a body that names ids
                chance = chance | {"digest"}
            if model is AuditEvent:  # by the clock of the database, and of rows by their ids
                chance = chance | {"at", "row_id", "changes"}
            fields = [f.name for f in model._meta.concrete_fields if not f.is_relation and f.name not in chance]
            # Where there is nothing but references, how many there are: without names Django tells the ids.
            told = map(repr, model.objects.values_list(*fields) if fields else [()] * model.objects.count())
            found[model.__name__] = sorted(
                re.sub(r"'(post|owner)': \d+|'reply': '[0-9a-f-]+'", "", each) for each in told
            )  # which row, not its id
    found["who"] = [
        *Outreach.objects.order_by("pk").values_list("campaign__slug", "influencer__name", "stage", "stage_at"),
        *Match.objects.order_by("pk").values_list("match_list__cause__slug", "rank", "influencer__name", "score"),
        *AttributionCredit.objects.order_by("conversion__source", "conversion__external_id").values_list(
            "conversion__external_id", "link__outreach__influencer__name", "amount_minor"
        ),
        *Message.objects.order_by("pk").values_list(
            "outreach__influencer__name", "address__email", "approved_by__username"
        ),
    ]
    return found


@pytest.mark.slow
def test_the_same_instant_gives_the_same_demo(demo):
    before = content()
    loading.reload(at=NOW, size=SIZE)
    after = content()
    # How many transactions there were before is the cluster's, not the demo's.
    names = before.keys() - {"DuplicateSearch", "Change", "ChangeLog"}
    differing = {name: set(before[name]) ^ set(after[name]) for name in names if before[name] != after[name]}
    assert differing == {}


# Changes tell whose numbers the snapshot still has to forget.
KEPT = {"Topic", "RankerVersion", "Served", "Instance", "DuplicateSearch", "Change", "ChangeLog"}


def test_removing_it_leaves_nothing_but_what_everybody_starts_with(demo):
    rows.remove()
    models = [model for app in ("crm", "matching", "outreach") for model in apps.get_app_config(app).get_models()]
    assert {model.__name__ for model in models if model.objects.exists()} == KEPT
    assert RankerVersion.objects.count() == 1
    assert (Instance.objects.get().organisation, Instance.objects.get().postal_address) == ("", "")
    assert Instance.objects.get().keyring_fingerprint
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        own_gift()[0].delete()


def own_gift(**said):
    action = events.told(
        source="give.own.example",
        external_id="1",
        kind="donation",
        occurred_at=NOW,
        amount_minor=5,
        currency="EUR",
        **said,
    )
    return conversions.record(event=action, door="api", at=NOW)


def test_what_is_ones_own_stays(demo):
    UserFactory(username="own", is_superuser=True)
    person = AddressFactory().influencer
    addresses.suppress_person(influencer=person, reason="declined", at=NOW)
    VettingFactory(influencer=person, cause=CauseFactory(), by=User.objects.get(username="lea"))
    click = Click.objects.filter(method="GET").order_by("at").last()
    gift, _ = own_gift(click_ids=(click.click_id,))
    conversions.attribute(conversion=gift)
    assert gift.credits.exclude(link=None).exists()
    rows.remove()
    assert set(Influencer.objects.all()) == {person}
    assert Suppression.objects.count() == 1
    assert not VettingCheck.objects.exists()  # given by somebody who does not exist
    assert list(Conversion.objects.unattributed()) == [gift]
    assert [user.username for user in User.objects.filter(is_demo=True)] == []


def test_people_whom_a_visitor_let_a_demo_file_make_are_the_demos(demo):
    waiting = ImportBatch.objects.get(state="analysed")
    committed(waiting)
    assert Influencer.objects.filter(is_demo=False).count() == 9
    assert not rows.holds_other_data()
    rows.remove()
    assert not Influencer.objects.exists()
    assert not ImportRow.objects.exists()


def test_what_a_visitor_noted_of_a_partner_goes_with_the_partner(demo):
    said = publications.Said(platform="x", url="https://x.com/maia/status/9", published_at=NOW)
    publications.record(outreach=Outreach.objects.exclude(influencer=None)[0], said=said, by=None, at=NOW)
    rows.remove()
    assert not Publication.objects.exists()


def test_a_campaign_of_ones_own_for_a_demo_cause_is_not_torn_out(demo):
    CampaignFactory(cause=Cause.objects.first())
    with pytest.raises(DomainError, match="demo_in_use"):
        rows.remove()
    assert Influencer.objects.filter(is_demo=True).exists()


OWN_FILE = b"name,platform,handle\nOwn Person,instagram,own.person\n"


@pytest.mark.parametrize("username", ["own", "lea"])
def test_ones_own_file_that_has_the_name_of_a_demo_file_stays(demo, username):
    UserFactory(username="own", is_superuser=True)
    batch = imported(OWN_FILE, filename="salon-du-littoral.csv", by=User.objects.get(username=username))
    assert rows.holds_other_data()
    rows.remove()
    assert [person.name for person in Influencer.objects.all()] == ["Own Person"]
    assert list(ImportBatch.objects.all()) == [batch]


def test_a_demo_file_that_somebody_brings_under_their_own_account_is_theirs(demo):
    own = UserFactory(is_superuser=True)
    batch = imported(texts.file("salon-du-littoral.csv"), filename="salon-du-littoral.csv", by=own)
    rows.remove()
    assert list(ImportBatch.objects.all()) == [batch]
    assert Influencer.objects.count() == batch.rows.filter(verdict="created").count() == 9


def test_whoever_stays_is_not_left_without_an_administrator(demo):
    staff.add(username="own", first_name="Own", last_name="Analyst", email="", role="analyst", password="x")
    UserFactory(username="left", is_superuser=True, is_active=False)
    with pytest.raises(DomainError, match="demo_last_administrator"):
        rows.remove()
    assert User.objects.filter(is_demo=True, is_active=True).count() == 3
    staff.add(username="boss", first_name="Own", last_name="Boss", email="", role="administrator", password="x")
    rows.remove()
    assert set(User.objects.filter(is_active=True).values_list("username", flat=True)) == {"own", "boss"}


def rewrite(name: str) -> None:
    template = MessageTemplate.objects.get(name=name, language="fr", register="informal")
    said = {field: getattr(template, field) for field in ("name", "language", "register", "subject")}
    campaigns.save_template(**said, body="Our own words", template=template)


def test_a_text_that_somebody_rewrote_stays(demo):
    rewrite("Contact")
    rows.remove()
    assert list(MessageTemplate.objects.values_list("name", "body")) == [("Contact", "Our own words")]


@pytest.mark.slow
def test_put_back_as_it_was_the_demo_has_its_own_texts(demo):
    rewrite("Contact")
    loading.reload(at=NOW, size=20)
    assert MessageTemplate.objects.count() == 12
    assert not MessageTemplate.objects.filter(body="Our own words").exists()


@pytest.mark.parametrize(
    ("organisation", "postal_address", "left"),
    [
        (scripts.ORGANISATION, "1 rue Vraie, Brest", ("", "1 rue Vraie, Brest")),
        ("Clear Shores", scripts.POSTAL_ADDRESS, ("Clear Shores", "")),
    ],
)
def test_of_who_we_are_only_what_is_invented_goes(demo, organisation, postal_address, left):
    instance.describe(organisation=organisation, postal_address=postal_address)
    rows.remove()
    assert (Instance.objects.get().organisation, Instance.objects.get().postal_address) == left


def test_actions_written_down_by_hand_for_a_demo_campaign_go_with_it(demo):
    own = CampaignFactory()
    for number, campaign in enumerate((Campaign.objects.filter(is_demo=True)[0], own)):
        action = events.told(
            source=conversions.BY_HAND,
            external_id=f"R{number}",
            kind="signature",
            occurred_at=NOW,
            utm={"utm_campaign": campaign.slug, "utm_id": str(campaign.public_id)},
        )
        conversions.record_by_hand(event=action, at=NOW)
    rows.remove()
    assert [row.utm["utm_id"] for row in Conversion.objects.all()] == [str(own.public_id)]
