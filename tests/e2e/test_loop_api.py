"""The whole loop as one story, told through the doors that other tools use.

An officer's script brings profiles and a cause, asks who fits, vets the best one, writes to them once a person has read
the message, and sees the donation that came of it.
"""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from crm.models import Suppression
from outreach.models import Message
from tests.factories import bearing

pytestmark = pytest.mark.django_db(transaction=True)

BROWSER = {  # what every browser says of itself
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Language": "fr",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}
CSV = """\
external_id,name,email,email_kind,email_source,basis,languages,country,bio,topics,platform,handle,followers,audience_countries,audience_languages
a1,Maïa Rivière,maia@studio.example,professional,her page “Contact”,legitimate_interest,fr,FR,Je plonge et je raconte l’océan : plastique dans la mer et plages à nettoyer,sdg-14,instagram,maia.plonge,48000,FR:0.71|BE:0.12,fr:0.86
a2,Tom Baker,tom@kitchen.example,professional,his page,legitimate_interest,en,GB,Slow-cooked dinners for two and the story behind them,,youtube,tombakes,910000,GB:0.6|US:0.2,en:0.95
a3,Inès Caron,ines@caron.example,personal,a friend,,fr,FR,Océan et surf tous les jours,sdg-14,tiktok,inessurfe,52000,FR:0.65,fr:0.9
a4,,,,,,,,,,,,,,
"""


@pytest.fixture
def api(token: str) -> Client:
    return bearing(token)


def post(api: Client, path: str, body: dict[str, object] | None = None, expect: int = 201) -> dict:
    response = api.post(f"/api/v1/{path}", body or {}, content_type="application/json")
    assert response.status_code == expect, response.content
    return response.json()


def get(api: Client, path: str) -> dict:
    response = api.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.content
    return response.json()


def test_from_a_file_to_an_attributed_donation(api: Client, organisation) -> None:
    # Import: what the file would do is shown first; storing it is a decision.
    upload = SimpleUploadedFile("people.csv", CSV.encode(), "text/csv")
    response = api.post("/api/v1/imports/", {"file": upload, "subject": "influencers"})
    assert response.status_code == 202, response.content
    batch = response.json()
    assert response["Location"] == f"/api/v1/imports/{batch['id']}/"
    call_command("tick")
    analysed = get(api, f"imports/{batch['id']}/")
    assert (analysed["state"], analysed["created_count"], analysed["rejected_count"]) == ("analysed", 3, 1)
    assert get(api, "influencers/")["results"] == []
    rejected = [row for row in get(api, f"imports/{batch['id']}/rows/")["results"] if row["verdict"] == "rejected"]
    assert rejected[0]["line"] == 5
    assert rejected[0]["errors"][0]["detail"]
    post(api, f"imports/{batch['id']}/commit/", expect=202)
    call_command("tick")
    people = {person["external_id"]: person for person in get(api, "influencers/")["results"]}
    assert people.keys() == {"a1", "a2", "a3"}
    assert get(api, "influencers/?search=maia riviere")["results"] == [people["a1"]]

    # A cause, and who fits it.
    cause = post(
        api,
        "causes/",
        {
            "slug": "clean-beaches",
            "name": "Plages propres",
            "description": "Chaque printemps, nous nettoyons les plages et la mer du plastique.",
            "topics": ["sdg-14"],
            "languages": ["fr"],
            "countries": ["FR"],
            "goals": [{"kind": "donation", "amount_minor": 2_000_000, "currency": "EUR"}],
        },
    )
    asked = post(api, "match-lists/", {"cause": cause["id"], "limit": 10}, expect=202)
    assert asked["state"] == "requested"
    call_command("tick")
    match_list = get(api, f"match-lists/{asked['id']}/")
    assert (match_list["state"], match_list["considered"]) == ("ready", 3)
    matches = get(api, f"match-lists/{asked['id']}/matches/")["results"]
    assert [match["rank"] for match in matches] == [1, 2, 3]
    assert matches[0]["name"] == "Maïa Rivière"
    assert matches[2]["name"] == "Tom Baker"
    assert {reason["feature"] for reason in matches[0]["reasons_for"]} == {
        "topic_fit",
        "language_reach",
        "audience_geo",
    }
    assert "86%" in next(r["text"] for r in matches[0]["reasons_for"] if r["feature"] == "language_reach")
    assert {reason["feature"] for reason in matches[2]["reasons_against"]} >= {"language_reach", "audience_geo"}

    # A campaign. The one whose address has no stated ground can still be written to by hand.
    campaign = post(
        api,
        "campaigns/",
        {
            "slug": "spring-2027",
            "name": "Printemps 2027",
            "cause": cause["id"],
            "organisation": "Rivages Vivants",
            "starts_date": "2026-11-01",
            "destination_url": "https://don.rivages.example/form?lang=fr",
        },
    )
    started = post(api, "outreaches/", {"campaign": campaign["id"], "matches": [matches[0]["id"], matches[1]["id"]]})
    assert started["held"] == []
    outreach, by_hand = started["outreaches"]
    assert (outreach["influencer"], by_hand["influencer"]) == (people["a1"]["id"], people["a3"]["id"])

    # A message: drafted from a template, read and changed by a person, approved, and held as long as nobody vetted.
    template = post(
        api,
        "templates/",
        {
            "name": "Premier contact",
            "language": "fr",
            "subject": "{{ cause_name }} et vous, {{ first_name }}",
            "body": "Bonjour {{ first_name }},\n\n{{ why_you }}\n\nLe lien : {{ tracked_link }}\n\n{{ sender_name }}",
        },
    )
    draft = post(api, "messages/", {"outreach": outreach["id"], "template": template["id"]})
    assert draft["state"] == "draft"
    assert draft["subject"] == "Plages propres et vous, Maïa"
    assert outreach["link"] in draft["body"]
    edited = api.patch(
        f"/api/v1/messages/{draft['id']}/",
        {"body": draft["body"] + "\n\nP.-S. : {{ 7*7 }} reste tel quel."},
        content_type="application/json",
    )
    assert edited.status_code == 200, edited.content
    vetting = {"influencer": people["a1"]["id"], "cause": cause["id"], "verdict": "cleared", "reason": "Posts read."}
    post(api, "vettings/", vetting)
    approved = post(api, f"messages/{draft['id']}/approve/", expect=202)
    assert approved["state"] == "planned"
    call_command("tick")
    sent = get(api, f"messages/{draft['id']}/")
    assert (sent["state"], sent["is_captured"]) == ("sent", True)
    assert "her page “Contact”" in sent["text"]
    assert "12 quai des Brumes" in sent["text"]
    assert "{{ 7*7 }} reste tel quel" in sent["text"]
    assert get(api, f"outreaches/{outreach['id']}/")["stage"] == "contacted"
    call_command("tick")
    assert Message.objects.filter(state="sent").count() == 1

    # The other one has only a personal address without consent: the text is there to be copied, the person sends it.
    task = post(api, "messages/", {"outreach": by_hand["id"], "template": template["id"]})
    assert (task["channel"], task["profile_url"]) == ("manual", "https://www.tiktok.com/@inessurfe")
    post(api, f"messages/{task['id']}/approve/", expect=202)
    call_command("tick")
    assert post(api, f"messages/{task['id']}/sent/", expect=409)["params"] == {"reason": "not_vetted"}
    post(api, "vettings/", vetting | {"influencer": people["a3"]["id"]})
    assert post(api, f"messages/{task['id']}/sent/", expect=200)["state"] == "sent"

    # They answer, and their followers click.
    for stage in ("in_conversation", "agreed", "live"):
        post(api, f"outreaches/{outreach['id']}/move/", {"stage": stage}, expect=200)
    visitor = Client()
    away = visitor.get(urlsplit(outreach["link"]).path, headers=BROWSER)
    assert away.status_code == 302
    assert not away.cookies
    where = urlsplit(away["Location"])
    query = parse_qs(where.query)
    assert (where.hostname, query["lang"], query["utm_source"]) == ("don.rivages.example", ["fr"], ["instagram"])
    assert query["utm_campaign"] == ["spring-2027"]

    # A donation comes in, twice told and once counted; a second one belongs to nobody and is kept.
    gift = {
        "source": "don.rivages.example",
        "external_id": "D-1001",
        "kind": "donation",
        "amount_minor": 4_250,
        "currency": "EUR",
        "occurred_at": timezone.now().isoformat(),
        "click_ids": query["cw_click"],
        "supporter": "ada@home.example",
    }
    recorded = post(api, "conversions/", gift)
    assert post(api, "conversions/", gift, expect=200)["id"] == recorded["id"]
    assert post(api, "conversions/", gift | {"amount_minor": 9_999}, expect=409)["code"] == "conversion_conflict"
    stray = gift | {"external_id": "D-1002", "click_ids": ["nobody-knows-this"], "amount_minor": 700}
    stray_id = post(api, "conversions/", stray)["id"]
    call_command("tick")
    (credit,) = get(api, f"credits/?conversion={recorded['id']}")["results"]
    assert (credit["outreach"], credit["share"], credit["amount_minor"]) == (outreach["id"], "1.000000000000", 4_250)
    (nobodys,) = get(api, f"credits/?conversion={stray_id}")["results"]
    assert (nobodys["outreach"], nobodys["share"]) == (None, "1.000000000000")

    # What came of it.
    report = get(api, f"campaigns/{campaign['id']}/report/")
    assert (report["people"], report["contacted"], report["replied"], report["clicks"]) == (2, 2, 1, 1)
    assert report["totals"] == [{"kind": "donation", "currency": "EUR", "number": 1.0, "amount_minor": 4_250}]

    # And a no is a no: the link shows a page, the button acts, and nothing goes there again.
    unsubscribe = urlsplit(re.search(r"https?://\S+/u/\S+", sent["text"])[0]).path
    assert visitor.get(unsubscribe).status_code == 200
    assert not Suppression.objects.exists()
    assert visitor.post(unsubscribe).status_code == 200
    assert Suppression.objects.count() == 1
    Message.objects.filter(channel="email").update(
        state="planned", finished_at=None, dispatched_at=timezone.now() - timedelta(days=2)
    )
    call_command("tick")
    held = get(api, f"messages/{draft['id']}/")
    assert (held["state"], held["reason"]) == ("refused", "said_no")
