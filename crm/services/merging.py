"""Two profiles of one person become one, and can be taken apart again for a while.

What a model's rows do is said by its PersonPlan. MOVE: they get the winner, and what the winner has already (by a
unique constraint) is set aside. OWN: the module that the plan names decides. The losing profile is taken out of its
table, so that no list, count or ranking has to leave it out; a row that nobody moved makes the database refuse it all.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Protocol, cast

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import ManyToOneRel, Model

from crm.errors import DomainError
from crm.models import Address, Influencer, InfluencerAlias, Merge, Representation, User, VettingCheck
from crm.models.base import AtMerge, PersonPlan
from crm.services import activity, identity, joining, moving, shelf
from crm.services.bulk import lists
from crm.services.shelf import Row


class Own(Protocol):
    """The module that `merged_by` of a plan names. What `join` answers is kept, as JSON, and handed to `part`."""

    def join(self, *, winner: Influencer, loser: Influencer, by: User, at: datetime) -> dict[str, Any]: ...

    def part(
        self, *, record: dict[str, Any], winner: Influencer, loser: Influencer, by: User, at: datetime
    ) -> None: ...

    def foretell(self, *, winner: Influencer, loser: Influencer) -> list[str]:
        """What `join` would do, in sentences."""
        ...

    def describe(self, *, person: Influencer) -> list[str]:
        """What there is of somebody, a line each, for the page on which two are compared."""
        ...


@dataclass
class Record:
    """Everything a merge touched, by labels of models and names of columns."""

    loser: Row  # as it was
    links: dict[str, list[Row]]  # {field: rows of its table}, of both
    before: Row  # the winner
    after: Row = field(default_factory=dict)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: dict[str, dict[str, list[int]]] = field(default_factory=dict)  # {model: {field: ids}}
    set_aside: dict[str, list[Row]] = field(default_factory=dict)
    led_over: list[list[Any]] = field(default_factory=list)  # [model, field, id, before, after]
    refused: list[int] = field(default_factory=list)  # verdicts that were repeated, since a no of either holds
    targets_after: dict[str, list[int]] = field(default_factory=dict)  # {field: where it leads}, of the winner


@transaction.atomic
def merge(
    *, winner: Influencer, loser: Influencer, by: User, at: datetime, keep: Mapping[str, str] | None = None
) -> Merge:
    """Let the winner have all that is known of both. `keep`: {field: "winner", "loser" or, of lists and notes, "both"}.

    A field that is not named keeps what `joining.differences` suggests. If either said no, or was refused for a cause,
    that holds for the person. Nothing is sent by this.
    Raises DomainError: merge_with_itself; person_gone (merged or removed meanwhile); person_erased; keep_unknown
    (field, value); import_under_way.
    """
    if winner.pk == loser.pk:
        raise DomainError("merge_with_itself")
    winner, loser = _hold(winner.pk, loser.pk)
    choice = joining.chosen(winner, loser, keep or {})
    targets = {name: (moving.targets(name, winner), moving.targets(name, loser)) for name in moving.many()}
    record = _begun(winner, loser)
    refused = _refusals(winner, loser)
    for model, own in _deciders():
        record.own[model._meta.label_lower] = own.join(winner=winner, loser=loser, by=by, at=at)
    _set_apart(winner, loser, record)
    for model in moving.planned(AtMerge.MOVE):
        _move(model, winner, loser, record)
    record.refused = [_refuse(winner, check, by=by, at=at) for check in refused]
    _take_out(loser)
    elsewhere = {winner.external_id, loser.external_id} - {None}
    joining.fill(winner, loser, choice, targets)
    _leave_alias(winner, loser, elsewhere - {winner.external_id})
    lists.refresh([winner.pk])
    connection.check_constraints()  # whatever still points to the loser stops us here
    [record.after] = shelf.take(Influencer, [winner.pk])
    record.targets_after = {name: moving.targets(name, winner) for name in moving.many()}
    merged = Merge.objects.create(winner=winner, loser=loser.public_id, by=by, at=at, record=asdict(record))
    activity.record(influencer=winner, kind="merged", at=at, by=by, merge=str(merged.public_id))
    return merged


@transaction.atomic
def unmerge(*, merge: Merge, by: User, at: datetime) -> Influencer:
    """Give every row back to the profile it was merged from, and answer that profile.

    What came since stays with the winner, and so do fields that were changed since. A no that came since is of both.
    Raises DomainError: merge_undone; merge_too_old (days); merge_not_last; person_erased; import_under_way.
    """
    [winner] = _hold(Merge.objects.values_list("winner", flat=True).get(pk=merge.pk))
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    record = _undoable(merge, at=at)
    _give_back_fields(winner, record)
    InfluencerAlias.objects.filter(public_id=merge.loser).delete()
    shelf.put_back(Influencer, [record.loser])
    loser = Influencer.objects.get(public_id=merge.loser)
    for label, fields in record.moved.items():
        for name, ids in fields.items():
            moving.rows(label).filter(pk__in=ids, **{name: winner}).update(**{name: loser})
    for label, rows in record.set_aside.items():
        shelf.put_back(apps.get_model(label), rows)
    for label, name, pk, old, new in record.led_over:
        moving.rows(label).filter(pk=pk, **{name: new}).update(**{name: old})
    VettingCheck.objects.filter(pk__in=record.refused).delete()
    for name in moving.many():
        _give_back_links(name, winner, loser, record)
    for model, own in _deciders():
        own.part(record=record.own.get(model._meta.label_lower, {}), winner=winner, loser=loser, by=by, at=at)
    _keep_the_distance(winner, loser, record)
    lists.refresh([winner.pk, loser.pk])
    connection.check_constraints()
    Merge.objects.filter(pk=merge.pk).update(undone_at=at, undone_by=by)
    for person in (winner, loser):
        activity.record(influencer=person, kind="unmerged", at=at, by=by, merge=str(merge.public_id))
    return Influencer.objects.get(pk=loser.pk)


def forget(*, at: datetime) -> int:
    """Let go of the records of merges that can no longer be undone; how many."""
    return Merge.objects.overdue(at=at, days=settings.UNMERGE_DAYS).update(record=None)


def undoable_until(merge: Merge) -> datetime:
    return merge.at + timedelta(days=settings.UNMERGE_DAYS)


def foretold(*, winner: Influencer, loser: Influencer) -> list[str]:
    """What each app would do beside handing its rows over, in sentences."""
    return [sentence for _model, own in _deciders() for sentence in own.foretell(winner=winner, loser=loser)]


def described(*, person: Influencer) -> list[str]:
    return [line for _model, own in _deciders() for line in own.describe(person=person)]


# Holding --------------------------------------------------------------------------------------------------------------


def _hold(*pks: int) -> list[Influencer]:
    """The people as they are now, held in the order of the house: addresses, then people, each in the order of ids."""
    identity.settle()
    list(Address.objects.select_for_update().filter(influencer__in=pks).order_by("pk").values_list("pk"))
    people = lists.hold(pks)
    if len(people) < len(pks):
        raise DomainError("person_gone")
    if any(person.erased_at for person in people.values()):
        raise DomainError("person_erased")
    return [people[pk] for pk in pks]


def _undoable(merge: Merge, *, at: datetime) -> Record:
    if merge.undone_at:
        raise DomainError("merge_undone")
    if merge.record is None or at > undoable_until(merge):
        raise DomainError("merge_too_old", days=settings.UNMERGE_DAYS)
    if Merge.objects.standing().filter(winner=merge.winner_id, pk__gt=merge.pk).exists():
        raise DomainError("merge_not_last")
    return Record(**merge.record)


# Rows -----------------------------------------------------------------------------------------------------------------


def _deciders() -> list[tuple[type[Model], Own]]:
    """Models whose rows have a mind of their own. (The person, who is OWN too, is what this module is about.)"""
    found = []
    for model in moving.planned(AtMerge.OWN):
        plan = cast(PersonPlan, model.__dict__["person_plan"])
        if plan.merged_by:
            found.append((model, cast(Own, import_module(plan.merged_by))))
    return found


def _move(model: type[Model], winner: Influencer, loser: Influencer, record: Record) -> None:
    label = model._meta.label_lower
    for fk in model._meta.concrete_fields:
        if fk.related_model is not Influencer:
            continue
        for pk, counterpart in moving.in_the_way(model, fk, winner, loser):
            _set_aside(model, pk, counterpart, record)
        rows = moving.rows(label).filter(**{fk.name: loser})
        if ids := list(rows.order_by("pk").values_list("pk", flat=True)):
            rows.update(**{fk.name: winner})
            record.moved.setdefault(label, {})[fk.name] = ids


def _set_apart(winner: Influencer, loser: Influencer, record: Record) -> None:
    """Nobody speaks for themself: that one spoke for the other is put away."""
    between = Representation.objects.filter(influencer__in=[winner, loser], agent__in=[winner, loser])
    if rows := shelf.take(Representation, between.values_list("pk", flat=True)):
        record.set_aside[Representation._meta.label_lower] = rows
        moving.remove(between)


def _set_aside(model: type[Model], pk: int, counterpart: int, record: Record) -> None:
    """Put a row away; what leads to it leads to its counterpart meanwhile."""
    record.set_aside.setdefault(model._meta.label_lower, []).extend(shelf.take(model, [pk]))
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):
            continue
        other: Any = relation.related_model
        name, rows = relation.field.name, other._base_manager.filter(**{relation.field.name: pk})
        for led in rows.order_by("pk").values_list("pk", flat=True):
            record.led_over.append([other._meta.label_lower, name, led, pk, counterpart])
        rows.update(**{name: counterpart})
    moving.remove(model._base_manager.filter(pk=pk))


def _begun(winner: Influencer, loser: Influencer) -> Record:
    before, row = (shelf.take(Influencer, [person.pk])[0] for person in (winner, loser))
    return Record(loser=row, links={name: moving.links(name, winner, loser) for name in moving.many()}, before=before)


def _take_out(loser: Influencer) -> None:
    for name in moving.many():
        through, ours, _theirs = moving.through(name)
        moving.remove(through._base_manager.filter(**{ours: loser.pk}))
    moving.remove(Influencer._base_manager.filter(pk=loser.pk))


def _leave_alias(winner: Influencer, loser: Influencer, elsewhere: set[str | None]) -> None:
    """The id elsewhere that the person does not go by any more leads to them too."""
    InfluencerAlias.objects.create(
        influencer=winner, public_id=loser.public_id, number=loser.pk, external_id=next(iter(elsewhere), None)
    )


# What either said holds for both --------------------------------------------------------------------------------------


def _newest(person: Influencer) -> dict[int, VettingCheck]:
    checks = VettingCheck.objects.filter(influencer=person).order_by("cause", "-at", "-pk").distinct("cause")
    return {check.cause_id: check for check in checks}


def _refusals(winner: Influencer, loser: Influencer) -> list[VettingCheck]:
    """Of causes for which one of them stands refused, while the other's newer verdict would clear the person."""
    ours, theirs = _newest(winner), _newest(loser)
    met = [(ours[cause], theirs[cause]) for cause in sorted(ours.keys() & theirs.keys())]
    ordered = [sorted(pair, key=lambda check: (check.at, check.pk)) for pair in met]
    refused, cleared = VettingCheck.Verdict.REFUSED, VettingCheck.Verdict.CLEARED
    return [older for older, newer in ordered if (older.verdict, newer.verdict) == (refused, cleared)]


def _refuse(winner: Influencer, check: VettingCheck, *, by: User, at: datetime) -> int:
    again = VettingCheck.objects.create(
        influencer=winner, cause_id=check.cause_id, verdict=check.verdict, reason=check.reason, by=by, at=at
    )
    return again.pk


# Taking apart ---------------------------------------------------------------------------------------------------------


def _give_back_fields(winner: Influencer, record: Record) -> None:
    """As before, but for what was changed since."""
    [now] = shelf.take(Influencer, [winner.pk])
    told = [name for name, old in record.before.items() if old != record.after.get(name)]
    shelf.set_columns(Influencer, record.before, [name for name in told if now.get(name) == record.after[name]])


def _give_back_links(name: str, winner: Influencer, loser: Influencer, record: Record) -> None:
    """Where a field leads, the same way: the loser's rows return, the winner's are as before unless changed since."""
    through, ours, _theirs = moving.through(name)
    kept = record.links.get(name, [])
    if sorted(moving.targets(name, winner)) == sorted(record.targets_after.get(name, [])):
        moving.remove(through._base_manager.filter(**{ours: winner.pk}))
        shelf.put_back(through, [row for row in kept if row[ours] == winner.pk])
    shelf.put_back(through, [row for row in kept if row[ours] == loser.pk])


def _keep_the_distance(winner: Influencer, loser: Influencer, record: Record) -> None:
    """Whoever was written to since the merge counts as both: nobody is asked again sooner for having been parted."""
    now = Influencer.objects.values_list("last_contacted_at", flat=True).get(pk=winner.pk)
    known = loser.last_contacted_at
    [row] = shelf.take(Influencer, [winner.pk])
    if now and row["last_contacted_at"] != record.before["last_contacted_at"] and (known is None or now > known):
        Influencer.objects.filter(pk=loser.pk).update(last_contacted_at=now)
