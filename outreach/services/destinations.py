"""Where tracked links of a cause may lead: a list of hosts per cause, so that no link of ours sends anybody elsewhere.

Where a cause lists none, its campaigns' own pages are the list: whoever may set one of those says where people go.
"""

from collections.abc import Iterable

from crm.errors import DomainError
from crm.models import Cause
from outreach import signing
from outreach.models import Campaign


def hosts(cause: Cause) -> frozenset[str]:
    """Those that its links may lead to."""
    return frozenset(cause.link_hosts) or _hosts_of(
        Campaign.objects.filter(cause=cause).values_list("destination_url", flat=True)
    )


def check_page(destination: str, *, cause: Cause) -> None:
    """Of a campaign's own page. Raises DomainError: destination_invalid, destination_elsewhere (host, hosts)."""
    host = signing.host_of(destination)
    if cause.link_hosts and host not in cause.link_hosts:
        raise DomainError("destination_elsewhere", host=host, hosts=", ".join(sorted(cause.link_hosts)))


def leads_there(destination: str, *, cause: Cause) -> bool:
    """Whether a link of this cause may lead there: asked again each time that one is looked up to be followed."""
    try:
        return signing.host_of(destination) in hosts(cause)
    except DomainError:  # kept from a time when the rule was another
        return False


def _hosts_of(pages: Iterable[str]) -> frozenset[str]:
    found = set()
    for page in pages:
        try:
            found.add(signing.host_of(page))
        except DomainError:  # kept from a time when the rule was another: it allows nothing
            continue
    return frozenset(found)
