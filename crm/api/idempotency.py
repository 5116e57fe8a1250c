"""The same POST with the same Idempotency-Key changes things once and is answered alike, however often it comes.

The key is committed in the transaction of its effect: after a crash there are both or neither. A second request that
comes while the first still works waits for it at the unique index. What failed is not kept: it may be tried again.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from crm.errors import DomainError
from crm.failpoints import reach
from crm.models import ApiToken, IdempotencyKey

Answer = Response | StreamingHttpResponse
_KEY_MAX = 200  # characters, as wide as the column


def answer_once(handler: Callable[..., Answer], request: Request, *args: Any, key: str, **kwargs: Any) -> Answer:
    """The handler's answer, or what it answered the last time this token asked with this key.

    Raises DomainError: idempotency_key_invalid, idempotency_key_reused (same key, other request).
    """
    if not key.isprintable() or len(key) > _KEY_MAX:
        raise DomainError("idempotency_key_invalid")
    assert isinstance(request.auth, ApiToken)
    with transaction.atomic():
        kept, is_new = IdempotencyKey.objects.get_or_create(
            token=request.auth,
            key=key,
            defaults={"request_hash": _hash(request), "created_at": timezone.now()},
        )
        if is_new:
            response = handler(request, *args, **kwargs)
            if isinstance(response, StreamingHttpResponse):  # kept nowhere: who asks again is handed it again
                kept.delete()
                return response
            kept.status, kept.body = response.status_code, JSONRenderer().render(response.data).decode()
            kept.location = response.headers.get("Location", "")
            kept.save()
            reach("api.kept")
    if is_new:
        reach("api.committed")
        return response
    if kept.request_hash != _hash(request):
        raise DomainError("idempotency_key_reused")
    headers = {"Location": kept.location} if kept.location else {}
    return Response(json.loads(kept.body), status=kept.status, headers=headers | {"Idempotent-Replayed": "true"})


def _hash(request: Request) -> str:
    said = (
        {name: _said(value) for name, value in request.data.items()} if isinstance(request.data, dict) else request.data
    )
    text = json.dumps([request.path, said], sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _said(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    content = value.read()
    value.seek(0)
    return [value.name, hashlib.sha256(content).hexdigest()]
