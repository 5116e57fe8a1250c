"""Every model of the three apps says what becomes of what it knows about somebody, column by column."""

import pytest
from django.apps import apps

from crm.models import Influencer
from crm.models.base import AtErasure, AtMerge, PersonPlan

MODELS = [model for app in ("crm", "matching", "outreach") for model in apps.get_app_config(app).get_models()]


def columns(model):
    return {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}


def leads_to(model, path):
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model
    return model


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
class TestPlan:
    def test_is_there(self, model):
        assert isinstance(model.__dict__.get("person_plan"), PersonPlan)

    def test_names_every_column_once(self, model):
        plan = model.person_plan
        named = [*plan.told.split(), *plan.untold.split()]
        if plan.path is None:
            assert (named, bool(plan.why)) == ([], True)
        else:
            assert sorted(named) == sorted(columns(model))

    def test_leads_to_the_person(self, model):
        path = model.person_plan.path
        if path:
            assert leads_to(model, path) is Influencer
        else:
            assert path is None or model is Influencer

    def test_leads_to_whom_it_also_tells_of(self, model):
        plan = model.person_plan
        if plan.also:
            assert (leads_to(model, plan.also), plan.also != plan.path) == (Influencer, True)

    def test_leads_to_everybody_it_names(self, model):
        """A key that leads to a person and that no path takes would be a person whom erasing forgets."""
        plan = model.person_plan
        direct = {field.name for field in model._meta.concrete_fields if field.related_model is Influencer}
        assert direct <= {plan.path, plan.also}

    def test_clears_and_sweeps_columns_that_are_there(self, model):
        plan = model.person_plan
        assert {*plan.cleared, *plan.swept.split()} <= columns(model)
        assert bool(plan.cleared) == (plan.at_erasure is AtErasure.CLEAR)

    def test_a_row_that_names_the_person_does_not_just_follow(self, model):
        plan = model.person_plan
        if plan.path is not None and "__" not in plan.path:
            assert plan.at_merge in {AtMerge.MOVE, AtMerge.OWN}
