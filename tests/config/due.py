"""Rows that wait for a worker, in an instance that runs."""

import json

from tests.config.instances import Instance

TICK_SECONDS = 10  # config/celery.py

# One row of each kind that waits for a worker; nobody rings for any of them.
BRING_WORK = """
import io
from django.utils import timezone
from crm.services import importing, instance
from matching.services import match_lists
from outreach.services import conversions, drafts, messages
from outreach.sources import events
from tests.factories import *
now = timezone.now()
at_any_hour()
instance.describe(organisation="Rivages Vivants", postal_address="3 rue du Môle, 29200 Brest")
address = AddressFactory(); outreach = OutreachFactory(influencer=address.influencer); LinkFactory(outreach=outreach)
officer = UserFactory(); VettingFactory(influencer=address.influencer, cause=outreach.campaign.cause, by=officer)
draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=now, by=officer)
messages.approve(message=draft, by=officer, at=now)
importing.upload(subject="influencers", filename="p.csv", stream=io.BytesIO(b"name\\nTom Baker\\n"), max_bytes=1000, at=now)
match_lists.request(cause=outreach.campaign.cause, at=now)
action = events.told(source="give.example", external_id=f"D-{now}", kind="signature", occurred_at=now)
conversions.record(event=action, door="api", at=now)
"""
# What becomes of them, looked at from one process until all is done, or for as long as it may take.
LOOK = """
import json, time
from crm.models import ImportBatch
from matching.models import MatchList
from outreach.models import Conversion, Message
def look():
    return [
        *Message.objects.values_list("state", flat=True), *ImportBatch.objects.values_list("state", flat=True),
        *MatchList.objects.values_list("state", flat=True), Conversion.objects.unattributed().count(),
    ]
until = time.monotonic() + SECONDS
while look() != DONE and time.monotonic() < until:
    time.sleep(0.2)
print(json.dumps(look()))
"""
DONE = ["sent", "analysed", "ready", 0]


def found(instance: Instance, *, seconds: float) -> list:
    """What became of them, once all is done or so much time over."""
    return json.loads(instance.run(f"SECONDS, DONE = {seconds}, {DONE}\n{LOOK}"))
