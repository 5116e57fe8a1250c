"""What a reading does: it holds back, and nothing else."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.replies.classes import Reading, ReplyClass
from outreach.replies.effects import EFFECTS, Effect, effect_of, holds

DAY = date(2026, 11, 24)
days = st.integers(-30, 600).map(lambda n: DAY + timedelta(days=n))
readings = st.builds(
    Reading,
    reply_class=st.sampled_from(ReplyClass),
    confidence=st.floats(0, 1),
    by=st.sampled_from(["headers", "words", "numbers", "abstained"]),
    until=st.none() | days,
    contact=st.sampled_from(["", "ana@agency.example"]),
)
BY_MACHINES = {"out_of_office", "bounce_hard", "bounce_soft", "complaint", "automatic"}


def test_every_class_has_its_effect():
    assert set(EFFECTS) == set(ReplyClass)


def test_no_effect_sends_anything():
    """All that an effect can be is one of these, each of which holds something back or asks a person, or ends the
    holding back that it began itself."""
    restraints = {"pauses_everything", "ends_sequence", "suppresses", "needs_person", "resumes_after_until"}
    assert {(field.name, field.type) for field in fields(Effect)} == {(name, bool) for name in restraints}
    assert [
        name for name, effect in EFFECTS.items() if effect.resumes_after_until and not effect.pauses_everything
    ] == []
    assert [name for name, effect in EFFECTS.items() if effect.ends_sequence and effect.resumes_after_until] == []


def test_whatever_a_person_wrote_pauses_everything_and_for_good_until_somebody_looked():
    for name in set(ReplyClass) - BY_MACHINES:
        effect = EFFECTS[name]
        assert effect.pauses_everything, name
        assert not effect.resumes_after_until, name
        assert effect.needs_person or effect.suppresses, name


def test_only_absence_and_what_is_as_silence_go_on_by_themselves():
    go_on = {name for name, effect in EFFECTS.items() if effect.resumes_after_until or effect == Effect()}
    assert go_on == {"out_of_office", "bounce_soft", "automatic"}


def test_what_suppresses_is_a_no_that_the_law_or_the_post_says():
    assert {name for name, effect in EFFECTS.items() if effect.suppresses} == {
        "unsubscribe",
        "complaint",
        "bounce_hard",
    }


@given(reading=readings, planned=st.lists(days, max_size=8))
def test_no_reading_causes_more_mail_than_silence(reading, planned):
    goes_out = [day for day in planned if not holds(reading, on=day)]
    assert set(goes_out) <= set(planned)
    assert len(goes_out) <= len(planned)
    if reading.reply_class not in {"out_of_office", "bounce_soft", "automatic"}:
        assert goes_out == []


@pytest.mark.parametrize(("day", "is_held"), [(-1, True), (0, True), (1, False)])
def test_whoever_is_away_is_written_to_again_on_the_day_after(day, is_held):
    away = Reading(ReplyClass.OUT_OF_OFFICE, 1.0, "headers", until=DAY)
    assert holds(away, on=DAY + timedelta(days=day)) is is_held


def test_whoever_is_away_nobody_knows_how_long_waits_for_a_person():
    away = Reading(ReplyClass.OUT_OF_OFFICE, 1.0, "headers")
    assert holds(away, on=DAY + timedelta(days=900))
    assert effect_of(away).needs_person
    assert not effect_of(away).resumes_after_until
