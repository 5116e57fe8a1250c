"""Clicks on disk: one line each, stored exactly once whatever dies."""

import fcntl
import os
from datetime import timedelta

import pytest
from django.utils import timezone

from outreach.models import AttributionCredit, Click, ClickSpool
from outreach.services import click_rows, click_spool, conversions
from outreach.sources import events
from tests.factories import NOW, LinkFactory
from tests.outreach.clicking.test_tracking import PHONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    return LinkFactory()


def keep(link, name="a", *, agent="ü\nx") -> None:
    click_spool.keep(
        click_rows.row(
            link=link.pk,
            click_id=name,
            at=NOW,
            method="GET",
            user_agent=agent,
            referrer_host="",
            network="",
            headers=None,
        )
    )


def files(settings):
    return sorted(settings.CLICK_DIR.glob("*.clicks"))


def ids() -> list[str]:
    return list(Click.objects.order_by("click_id").values_list("click_id", flat=True))


def test_what_was_kept_is_stored_once(link, settings):
    for name in "abc":
        keep(link, name)
    (path,) = files(settings)
    assert path.stat().st_mode & 0o777 == 0o600
    assert settings.CLICK_DIR.stat().st_mode & 0o777 == 0o700
    assert path.read_bytes().count(b"\n") == 3
    assert [click_spool.drain(), click_spool.drain()] == [3, 0]
    assert ids() == ["a", "b", "c"]
    assert Click.objects.filter(verdict__version__gt=0, at=NOW).count() == 3


def test_an_action_that_was_told_before_its_click_was_stored_is_credited_with_it(link):
    keep(link, "a", agent=PHONE)
    event = events.told(source="x", external_id="1", kind="signature", occurred_at=NOW, click_ids=("a",))
    conversions.record(event=event, door="api", at=NOW)
    conversions.attribute_due()
    assert AttributionCredit.objects.get().link is None
    click_spool.drain()
    assert AttributionCredit.objects.get().link == link


def test_a_file_that_is_written_to_is_read_on_where_it_was_left(link, settings):
    keep(link, "a")
    assert click_spool.drain() == 1
    keep(link, "b")
    assert click_spool.drain() == 1
    (path,) = files(settings)
    assert ClickSpool.objects.get().offset == path.stat().st_size
    click_spool.close()
    assert click_spool.drain() == 0
    assert (files(settings), ClickSpool.objects.count()) == ([], 0)


def test_a_line_that_was_cut_off_was_never_answered(link, settings):
    keep(link, "a")
    click_spool.close()
    (path,) = files(settings)
    with path.open("ab") as file:
        file.write(path.read_bytes()[:-9].replace(b'"a"', b'"z"'))
    assert click_spool.drain() == 1
    assert (ids(), files(settings)) == (["a"], [])


def test_half_a_line_of_somebody_who_still_writes_waits_for_its_end(link, settings):
    keep(link, "a")
    click_spool.close()
    (path,) = files(settings)
    line = path.read_bytes()
    path.write_bytes(line[:20])
    with path.open("ab") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        assert click_spool.drain() == 0
        writer.write(line[20:])
        writer.flush()
        assert click_spool.drain() == 1


def test_what_nobody_can_read_is_set_aside_and_the_rest_stored(link, settings):
    keep(link, "a")
    click_spool.close()
    (path,) = files(settings)
    path.write_bytes(b"not a click\n[1, 2]\n" + path.read_bytes())
    assert click_spool.drain() == 1
    assert (ids(), files(settings)) == (["a"], [])
    assert len(list(settings.CLICK_DIR.glob("*.unread"))) == 1


def test_so_is_what_was_passed_by_while_somebody_still_wrote_behind_it(link, settings):
    keep(link, "a")
    click_spool.close()
    (path,) = files(settings)
    path.write_bytes(b"not a click\n" + path.read_bytes())
    with path.open("ab") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        assert click_spool.drain() == 1
    assert click_spool.drain() == 0
    assert (files(settings), len(list(settings.CLICK_DIR.glob("*.unread")))) == ([], 1)


def test_nobody_writes_on_behind_half_a_line(link, settings, monkeypatch):
    keep(link, "a")
    real = os.write
    monkeypatch.setattr(click_spool.os, "write", lambda handle, line: real(handle, line[:10]))
    with pytest.raises(OSError, match="cut off"):
        keep(link, "b")
    monkeypatch.undo()
    keep(link, "c")
    assert len(files(settings)) == 2
    assert click_spool.drain() == 2
    assert ids() == ["a", "c"]


def test_old_and_large_files_are_left_for_new_ones(link, settings, monkeypatch):
    keep(link, "a")
    monkeypatch.setattr(click_spool, "_LARGEST", 1)
    keep(link, "b")
    monkeypatch.setattr(click_spool, "_LARGEST", 10**9)
    monkeypatch.setattr(click_spool, "_LONGEST", -1.0)
    keep(link, "c")
    assert len(files(settings)) == 3
    assert click_spool.drain() == 3


def test_a_child_process_writes_to_a_file_of_its_own(link, settings):
    keep(link, "a")
    child = os.fork()
    if not child:
        keep(link, "b")
        os._exit(0)
    os.waitpid(child, 0)
    keep(link, "c")
    assert [path.read_bytes().count(b"\n") for path in files(settings)] in ([2, 1], [1, 2])


def test_clicks_on_a_link_that_is_gone_hold_nothing_up(link):
    other = LinkFactory()
    keep(other, "a")
    keep(link, "b")
    other.delete()
    assert click_spool.drain() == 1
    assert ids() == ["b"]


def test_the_same_click_in_two_files_is_one(link, settings):
    keep(link, "a")
    click_spool.close()
    keep(link, "a")
    assert len(files(settings)) == 2
    assert click_spool.drain() == 1


def test_how_far_a_file_was_read_is_forgotten_a_day_after_it_is_gone(link, settings):
    keep(link, "a")
    click_spool.drain()
    (there,) = files(settings)
    then = int(NOW.timestamp())
    gone = ClickSpool.objects.create(name=f"{then}-1-ab.clicks", offset=9)
    assert click_spool.forget_gone(at=NOW + timedelta(hours=23)) == 0
    assert click_spool.forget_gone(at=NOW + timedelta(hours=25)) == 1
    assert not ClickSpool.objects.filter(pk=gone.pk).exists()
    assert click_spool.forget_gone(at=timezone.now() + timedelta(days=30)) == 0
    assert list(ClickSpool.objects.values_list("name", flat=True)) == [there.name]


def test_a_file_that_the_database_refuses_holds_up_no_other(link, settings):
    keep(link, "a")
    click_spool.close()
    (bad,) = files(settings)
    bad.write_bytes(bad.read_bytes().replace(b'"GET"', b'"GET, over and over again"'))
    keep(link, "b")
    assert click_spool.drain() == 1
    assert ids() == ["b"]
    assert bad.exists()
