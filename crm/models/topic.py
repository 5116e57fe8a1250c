from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody


class Topic(models.Model):
    """A field of concern that causes and profiles share, such as one of the 17 UN goals. Seeded: crm/topics.json."""

    slug = models.SlugField(unique=True)
    names = models.JSONField(_("names"), default=dict)  # {"en": …, "fr": …}
    words = models.JSONField(_("words"), default=dict)  # {"en": [word, …], …}: what tells this topic in a text

    person_plan = nobody("A subject.")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        language = (get_language() or "en")[:2]
        return str(self.names.get(language) or self.names.get("en") or self.slug)
