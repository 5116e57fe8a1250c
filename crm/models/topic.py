from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody


class Topic(models.Model):
    """What causes and profiles share: a field of concern, such as one of the 17 UN goals or a part of one; or a trade,
    such as alcohol, which a cause may not want to be seen with. Seeded: crm/topics.json.
    """

    class Kind(models.TextChoices):
        CONCERN = "concern", _("field of concern")
        TRADE = "trade", _("trade or product")

    slug = models.SlugField(unique=True)
    names = models.JSONField(_("names"), default=dict)  # {"en": …, "fr": …}
    words = models.JSONField(_("words"), default=dict)  # {"en": [word, …], …}: what tells this topic in a text
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.CONCERN)
    # What it is a part of; two levels, no more.
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )

    person_plan = nobody("A subject.")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(name="topic_kind", condition=Q(kind__in=["concern", "trade"])),
            models.CheckConstraint(name="topic_not_its_own_part", condition=Q(parent=None) | ~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        language = (get_language() or "en")[:2]
        return str(self.names.get(language) or self.names.get("en") or self.slug)
