"""Who is the same as whom, for a day, and never who it is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import settings as ours
from outreach.services import click_networks

DAY = datetime(2026, 11, 24, 12, tzinfo=UTC)


def network(address, at=DAY) -> str:
    return click_networks.network(address, at=at)


def test_the_same_network_is_the_same_on_one_day_and_another_on_the_next():
    today, tomorrow = network("198.51.100.7"), network("198.51.100.7", DAY + timedelta(days=1))
    assert today == network("198.51.100.250")
    assert today != tomorrow
    assert network("::ffff:198.51.100.9", DAY + timedelta(days=1)) == tomorrow


def test_another_process_finds_the_same_key(settings):
    first = network("198.51.100.7")
    click_networks.let_go()
    assert network("198.51.100.7") == first
    (path,) = settings.CLICK_DIR.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_key_of_a_day_that_is_over_is_thrown_away_and_nobody_makes_the_hash_again(settings):
    before = network("198.51.100.7", DAY - timedelta(days=1))
    network("198.51.100.7")
    assert click_networks.forget(at=DAY) == 1
    (path,) = settings.CLICK_DIR.iterdir()
    assert path.name == "network-2026-11-24.key"
    click_networks.let_go()
    assert network("198.51.100.7", DAY - timedelta(days=1)) != before
    assert click_networks.forget(at=datetime(2026, 11, 25, 0, 0, tzinfo=UTC)) == 2


def test_a_draft_of_a_key_that_a_process_left_when_it_died_goes_with_its_day(settings):
    network("198.51.100.7")
    (path,) = settings.CLICK_DIR.iterdir()
    draft = path.with_name(f".{path.name}.17.abcdef01")
    draft.write_bytes(path.read_bytes())
    assert click_networks.forget(at=DAY) == 0
    assert click_networks.forget(at=DAY + timedelta(days=1)) == 2
    assert list(settings.CLICK_DIR.iterdir()) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.2", "172.17.0.1", "::ffff:192.168.1.1", "::1", "fd00::1"])
def test_of_a_proxy_that_nobody_named_nobody_is_the_same(address):
    """Everybody comes through it: they are many visitors, not one."""
    assert network(address) == ""


@pytest.mark.parametrize("address", ["", "unknown", "unix:", "198.51.100", "x" * 10_000, "\0"])
def test_where_there_is_no_address_nobody_is_the_same(address):
    assert network(address) == ""


def test_without_a_place_for_the_key_nobody_is_the_same(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.CLICK_DIR = tmp_path / "file" / "x"
    assert network("198.51.100.7") == ""


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "visitor"),
    [
        ([], "203.0.113.5", "198.51.100.7", "203.0.113.5"),  # nobody is believed
        (["10.0.0.0/8"], "10.0.0.2", "198.51.100.7", "198.51.100.7"),
        (["10.0.0.0/8"], "10.0.0.2", "6.6.6.6, 198.51.100.7", "198.51.100.7"),  # what the visitor wrote is not
        (["10.0.0.0/8"], "10.0.0.2", "6.6.6.6, 198.51.100.7, 10.1.1.1", "198.51.100.7"),
        (["10.0.0.0/8"], "203.0.113.5", "198.51.100.7, 10.0.0.9", "203.0.113.5"),
        (["10.0.0.0/8"], "10.0.0.2", "", "10.0.0.2"),
        (["2001:db8::/32"], "2001:db8::1", "198.51.100.7", "198.51.100.7"),
        (["10.0.0.0/8"], "10.0.0.2", "junk", "junk"),
    ],
)
def test_a_proxy_of_ours_alone_is_believed(settings, trusted, peer, forwarded, visitor):
    settings.TRUSTED_PROXIES = trusted
    assert click_networks.visitor(peer=peer, forwarded=forwarded) == visitor


def test_a_network_that_is_none_is_said_at_the_start(monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8,everybody")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        ours.networks("TRUSTED_PROXIES")
