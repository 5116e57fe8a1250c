"""Public doors and API routes of outreach, put together by config/urls.py."""

from django.urls import path

from outreach import receivers, views
from outreach.api.campaigns import CampaignViewSet, TemplateViewSet
from outreach.api.conversions import ClickViewSet, ConversionViewSet, CreditViewSet
from outreach.api.costs import CostViewSet, ExchangeRateViewSet
from outreach.api.links import LinkViewSet
from outreach.api.messages import MessageViewSet
from outreach.api.outreaches import OutreachViewSet
from outreach.api.publications import PublicationViewSet
from outreach.api.replies import ReplyViewSet
from outreach.api.sequences import SequenceViewSet
from outreach.api.triage import SourceViewSet, TriageViewSet

public = [
    path("r/<str:code>", views.follow, name="follow"),
    path("hooks/mail/<slug:source>/<str:key>/", receivers.mail_hook, name="mail_hook"),
    path("hooks/<slug:source>/<str:key>/", receivers.source_hook, name="source_hook"),
    path("c/<str:key>.gif", receivers.pixel, name="pixel"),
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
]
resources = (
    ("campaigns", CampaignViewSet, "campaign"),
    ("templates", TemplateViewSet, "template"),
    ("sequences", SequenceViewSet, "sequence"),
    ("outreaches", OutreachViewSet, "outreach"),
    ("links", LinkViewSet, "link"),
    ("messages", MessageViewSet, "message"),
    ("replies", ReplyViewSet, "reply"),
    ("clicks", ClickViewSet, "click"),
    ("conversions", ConversionViewSet, "conversion"),
    ("sources", SourceViewSet, "source"),
    ("triage", TriageViewSet, "triage"),
    ("credits", CreditViewSet, "credit"),
    ("publications", PublicationViewSet, "publication"),
    ("costs", CostViewSet, "cost"),
    ("exchange-rates", ExchangeRateViewSet, "exchange-rate"),
)
