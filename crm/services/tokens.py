"""Keys for other tools: made once, shown once, kept as a hash."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils.crypto import get_random_string

from crm.errors import DomainError
from crm.models import ApiToken, IdempotencyKey, User
from crm.services import staff

# An update of "last used" costs a write: once a minute is as much as a person reading the list can use.
_LAST_USED_EVERY = timedelta(minutes=1)
KEY_LIFE = timedelta(days=30)

RESOURCES = (
    "influencers",
    "causes",
    "topics",
    "imports",
    "match-lists",
    "verdicts",
    "exclusions",
    "rankers",
    "vettings",
    "campaigns",
    "outreaches",
    "templates",
    "sequences",
    "messages",
    "replies",
    "publications",
    "costs",
    "exchange-rates",
    "suppressions",
    "links",
    "clicks",
    "conversions",
    "sources",
    "triage",
    "credits",
    "privacy",
)
SCOPES = frozenset(f"{resource}:{verb}" for resource in RESOURCES for verb in ("read", "write"))
_WRITTEN = frozenset(
    {"influencers", "causes", "imports", "match-lists", "vettings", "campaigns", "outreaches", "templates"}
    | {"sequences", "messages", "replies", "costs", "exchange-rates", "conversions", "triage", "verdicts", "exclusions"}
    | {"links", "publications", "rankers", "suppressions"}
)
# What the API has an address for today: (resource, whether it can be written). The page offers these.
OFFERED = tuple((resource, resource in _WRITTEN) for resource in RESOURCES)


def create(
    *,
    user: User,
    name: str,
    scopes: Iterable[str],
    at: datetime,
    days: int | None = None,
    public_id: UUID | None = None,
    by: User | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its secret text `cw_<prefix>_<secret>`, which is not kept.

    A page names the token's `public_id` before it asks: sent twice, it makes one token.
    `by`: who asks for it; None is the command line, which may everything.
    Raises DomainError: account_above, scope_unknown, scopes_missing, token_made_already.
    """
    if by is not None:
        staff.check_not_above(user, by)
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise DomainError("scope_unknown", scopes=unknown, known=sorted(SCOPES))
    if not wanted:
        raise DomainError("scopes_missing")
    prefix, secret = get_random_string(8).lower(), secrets.token_urlsafe(32).replace("_", "-")
    token, is_new = ApiToken.objects.get_or_create(
        public_id=public_id or uuid4(),
        defaults={
            "user": user,
            "name": name,
            "prefix": prefix,
            "secret_hash": _hash(secret),
            "scopes": wanted,
            "created_at": at,
            "expires_at": at + timedelta(days=days) if days else None,
        },
    )
    if not is_new:
        raise DomainError("token_made_already")
    return token, f"cw_{prefix}_{secret}"


def revoke(*, token: ApiToken, at: datetime) -> None:
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)


def forget_idempotency_keys(*, at: datetime) -> int:
    """Let go of answers older than KEY_LIFE; how many."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=at - KEY_LIFE).delete()
    return deleted


def authenticate(text: str, *, at: datetime) -> ApiToken:
    """The valid token behind what a caller sent. Raises DomainError: token_invalid, whatever the cause."""
    scheme, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    token = ApiToken.objects.valid(at=at).select_related("user").filter(prefix=prefix).first()
    if scheme != "cw" or token is None or not hmac.compare_digest(token.secret_hash, _hash(secret)):
        raise DomainError("token_invalid")
    if not staff.may_sign_in(token.user):
        raise DomainError("token_invalid")
    if token.last_used_at is None or at - token.last_used_at > _LAST_USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


def _hash(secret: str) -> str:
    # The secret holds 256 random bits: a plain hash cannot be guessed back, a slow one would only tax every request.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
