"""Taking a conversation to another stage, or giving it to somebody: from its own page, or by the board's script."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone

from crm.admin.base import PageAdmin, asked_id, safe_next, who
from crm.errors import DomainError
from crm.models import User
from crm.words import say
from outreach import words
from outreach.admin import moves
from outreach.models import Outreach
from outreach.services import pipeline

_CHANGE = "outreach.change_outreach"
_PART = "X-Part"  # the board's script asks; it stays where it is


class Moving(PageAdmin):
    """These steps of the admin of conversations."""

    steps = {"move": _CHANGE, "assign": _CHANGE}

    def move(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        """`seen`: the stage in which one saw it, where that is known; `next`: the page one came from."""
        stage, before = request.POST.get("stage", ""), obj.stage
        return self._told(
            request,
            obj,
            lambda: _move(obj, stage, seen=request.POST.get("seen", ""), by=who(request)),
            done=words.moved(obj.influencer, stage),
            more=lambda: self._ways_on(obj, before),
        )

    def assign(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        """`owner`: the id of who looks after it from now on; blank: nobody."""
        said = request.POST.get("owner", "")
        owner = User.objects.filter(pk=asked_id(said)).first()

        def give() -> None:
            if said and owner is None:
                raise DomainError("owner_gone")
            pipeline.assign(outreach=obj, owner=owner, by=who(request), at=timezone.now())

        return self._told(request, obj, give, done=words.looked_after(obj.influencer, owner), more=dict)

    def _ways_on(self, obj: Outreach, before: str) -> dict[str, str]:
        """What the board offers after a move: the way back, where there is one, and to note what they answered."""
        obj.refresh_from_db(fields=["stage"])
        wrote = obj.stage == Outreach.Stage.IN_CONVERSATION and before in moves.NEWS
        return {
            "undo": before if before in dict(moves.offered(obj)) else "",
            "answer": self.url("answer", obj.pk) if wrote else "",
        }

    def _told(
        self,
        request: HttpRequest,
        obj: Outreach,
        do: Callable[[], object],
        *,
        done: str,
        more: Callable[[], dict[str, str]],
    ) -> HttpResponse:
        """Do it, and say what came of it on the page one came from; to the board's script, as JSON."""
        if not request.headers.get(_PART):
            return self.act(request, do, done=done, back=safe_next(request, self.page_url(obj)))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            do()
        except DomainError as error:
            return JsonResponse({"said": say(error)}, status=409)
        return JsonResponse({"said": done, **more()})


def _move(obj: Outreach, stage: str, *, seen: str, by: User) -> None:
    """Raises DomainError: stage_move_not_allowed, and what the service raises, such as that it was moved meanwhile."""
    if seen in {"", obj.stage} and stage not in dict(moves.offered(obj)):
        raise DomainError("stage_move_not_allowed", current=obj.stage, new=stage)
    pipeline.move(outreach=obj, stage=stage, seen=seen, by=by, at=timezone.now())
