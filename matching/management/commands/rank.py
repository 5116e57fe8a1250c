import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.models import Cause
from crm.words import say, say_code
from matching import words
from matching.models import Match, MatchList
from matching.services import evidence, match_lists, ranking


class Command(BaseCommand):
    help = "Build and store a match list for a cause."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cause", required=True, metavar="SLUG")
        parser.add_argument("--top", type=int, default=100)
        parser.add_argument("--platform", default="")
        parser.add_argument("--country", default="")
        parser.add_argument("--language", default="")
        parser.add_argument("--min-followers", type=int)
        parser.add_argument("--max-followers", type=int)
        parser.add_argument("--min-engagement", type=float, metavar="0-1")
        for dimension, example in (("country", "FR"), ("age", "18-24"), ("gender", "female")):
            parser.add_argument(f"--audience-{dimension}", default="", metavar=example)
            parser.add_argument(f"--audience-{dimension}-share", type=float, metavar="0-1")
        parser.add_argument("--cleared", action="store_true", dest="is_cleared")
        parser.add_argument("--rested-days", type=int, metavar="DAYS", help="nobody written to in so many days")
        parser.add_argument("--new", action="store_true", dest="is_new", help="nobody of the cause's last list")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        cause = Cause.objects.filter(slug=options["cause"]).first()
        if cause is None:
            raise CommandError(_("There is no cause “%(slug)s”.") % {"slug": options["cause"]}, returncode=2)
        try:
            match_list = match_lists.request(
                cause=cause,
                limit=options["top"],
                filters=match_lists.Filters(**{name: options[name] for name in match_lists.FILTERS}),
                at=timezone.now(),
            )
        except DomainError as error:
            raise CommandError(say(error), returncode=2) from None
        ranking.build(match_list=match_list, at=timezone.now())
        match_list.refresh_from_db()
        if match_list.error:
            raise CommandError(say_code(match_list.error["code"], match_list.error["params"]), returncode=2)
        matches = (
            match_list.matches.order_by("rank").select_related("influencer").prefetch_related("influencer__accounts")
        )
        if options["json"]:
            found = evidence.of(match_list, list(matches))
            told = [_match(match, found[match.pk]) for match in matches]
            self.stdout.write(json.dumps(_body(match_list, told), ensure_ascii=False))
            return
        for match in matches:
            why = next((reason.text for reason in words.reasons(match) if reason.contribution > 0), "")
            self.stdout.write(f"{match.rank:>4}  {match.percentile:5.1f}  {match.influencer.name}  {why}")


def _body(match_list: MatchList, matches: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "match_list": str(match_list.public_id),
        "cause": match_list.cause.slug,
        "ranker": match_list.ranker.digest if match_list.ranker else None,
        "as_of": match_list.as_of.isoformat(),
        "candidates": match_list.considered,
        "matches": matches,
    }


def _match(match: Match, found: evidence.Found) -> dict[str, Any]:
    account = next(iter(sorted(match.influencer.accounts.all(), key=lambda a: (-(a.followers or 0), a.pk))), None)
    reasons = words.reasons(match)
    return {
        "rank": match.rank,
        "propensity": match.propensity,
        "influencer": str(match.influencer.public_id),
        "handle": account.handle if account else None,
        "platform": account.platform if account else None,
        "score": match.score,
        "percentile": match.percentile,
        "interval": match.interval,
        "sides": match.sides,
        "reasons_for": [_reason(r, found) for r in reasons if r.contribution > 0],
        "reasons_against": [_reason(r, found) for r in reasons if r.contribution < 0],
    }


def _reason(reason: words.Reason, found: evidence.Found) -> dict[str, Any]:
    rows = [row.as_dict(is_quoted=True) for row in found.get(reason.feature, ())]
    return {
        "feature": reason.feature,
        "side": reason.side,
        "text": reason.text,
        "value": reason.value,
        "evidence": rows,
    }
