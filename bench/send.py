"""Messages per second to a mail server that throws everything away: `python -m bench.send [messages]`.

Ours takes approved rows from Postgres: claims them in batches, passes each through the gate in a committed transaction
of its own, hands it over and commits what came back, with the timeline and the stage. "The channel alone" composes the
same mails and hands them over, without a database. The bare loop sends bytes that were made before, by smtplib, over
one connection: nothing can be quicker with smtplib. Django's makes EmailMultiAlternatives of the same texts and sends
them through its SMTP backend over one connection. None of the others asks or remembers anything.

The server is a process of its own. It answers at once; in the second table, after a while, as one far away does.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from bench.database import database, rows_asked

ROUNDS = 3
FAR = 0.01  # seconds until a server far away answers
ROOT = Path(__file__).resolve().parent.parent
GREETING = b"220 null\r\n"
HELLO = b"250-null\r\n250-PIPELINING\r\n250 SIZE 10000000\r\n"
ENDED = b"\r\n.\r\n"


class Null(asyncio.Protocol):
    """Enough of SMTP to be handed mail. What comes in one piece is answered in one piece."""

    def __init__(self, delay: float) -> None:
        self._delay, self._held, self._is_body = delay, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._say(GREETING)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if answers := b"".join(self._answers()):
            self._say(answers)

    def _answers(self) -> Iterator[bytes]:
        while True:
            whole, found, rest = self._held.partition(ENDED if self._is_body else b"\r\n")
            if not found:
                return
            self._held = rest
            if self._is_body:
                self._is_body = False
                yield b"250 Ok\r\n"
            elif whole[:4].upper() == b"DATA":
                self._is_body, self._held = True, b"\r\n" + rest
                yield b"354 go on\r\n"
            else:
                yield {b"EHLO": HELLO, b"QUIT": b"221 bye\r\n"}.get(whole[:4].upper(), b"250 Ok\r\n")

    def _say(self, answer: bytes) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
        else:
            self._transport.write(answer)


async def serve(delay: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Null(delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def null_server(delay: float) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.send", "--serve", str(delay)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def ours(messages: list, port: int, at: datetime) -> None:
    from outreach.models import Message
    from outreach.services import delivery

    assert delivery.deliver_due(at=at) == len(messages)
    states = set(Message.objects.filter(pk__in=[m.pk for m in messages]).values_list("state", flat=True))
    assert states == {"sent"}, states


def channel_alone(messages: list, port: int, at: datetime) -> None:
    from django.conf import settings

    from outreach.services import handover

    with handover.session() as session:
        for message in messages:
            receipt = handover.hand_over(message, at=at, session=session)
            assert receipt.outcome == "sent", (receipt, settings.EMAIL_URL)


def bare(letters: list, port: int) -> None:
    import smtplib

    with smtplib.SMTP("127.0.0.1", port, local_hostname="causeway.example") as smtp:
        for letter in letters:
            smtp.sendmail(letter.sender, letter.recipient, letter.content)


def django(messages: list, port: int) -> None:
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives, get_connection

    from outreach.services.messages import unsubscribe_url

    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with get_connection(smtp, host="127.0.0.1", port=port) as connection:
        for message in messages:
            headers = {
                "Message-ID": message.message_id,
                "List-Unsubscribe": f"<{unsubscribe_url(message.address)}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
            sender = f"{settings.SENDER_NAME} <{settings.SENDER_ADDRESS}>"
            mail = EmailMultiAlternatives(
                message.subject, message.text, sender, [message.address.email], headers=headers, connection=connection
            )
            mail.attach_alternative(message.html, "text/html")
            mail.send()


def measure(number: int, delay: float) -> dict[str, list[float]]:
    """Messages per second of each, round by round, one after the other in every round."""
    from django.conf import settings
    from django.utils import timezone

    from tests.factories.many import approved_messages

    rates: dict[str, list[float]] = {}
    with null_server(delay) as port:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
        for round_ in range(ROUNDS):
            at = timezone.now()
            messages = approved_messages(number, at=at, domain=f"round{round_}-{int(delay * 1000)}.lan")
            letters = [letter_of(message, at) for message in messages]
            for name, do in (
                ("ours", partial(ours, messages, port, at)),
                ("ours, the channel alone", partial(channel_alone, messages, port, at)),
                ("bare smtplib loop", partial(bare, letters, port)),
                ("Django's message objects", partial(django, messages, port)),
            ):
                rates.setdefault(name, []).append(number / timed(do))
    return rates


def letter_of(message, at: datetime):
    from outreach.channels.mime import addressed
    from outreach.services import handover

    kept: list = []

    class Kept:
        def deliver(self, rendered, envelope):
            kept.append(addressed(rendered, envelope))

    handover.hand_over(message, at=at, session=Kept())
    return kept[0]


def timed(do: Callable[[], None]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def statements(number: int) -> float:
    """That the database is asked for one message, begin and commit included."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from outreach.services import delivery
    from tests.factories.many import approved_messages

    at = timezone.now()
    approved_messages(number, at=at, domain="counted.lan")
    with CaptureQueriesContext(connection) as asked:
        assert delivery.deliver_due(at=at) == number
    return len(asked) / number


def report(rates: dict[str, list[float]]) -> None:
    beside = statistics.median(rates["bare smtplib loop"])
    for name, each in rates.items():
        middle = statistics.median(each)
        print(f"{name:26} {min(each):8.0f} {middle:8.0f} {max(each):8.0f} messages/s   {middle / beside:5.2f} of bare")


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        asyncio.run(serve(float(sys.argv[2])))
        return
    number = rows_asked(500)
    with database():
        from django.conf import settings

        from tests.factories import at_any_hour

        at_any_hour()
        print(f"{number} messages, {ROUNDS} rounds: slowest, median, fastest. The server answers at once")
        report(measure(number, 0))
        few = max(number // 5, 20)
        print(f"{few} messages. The server answers after {FAR * 1000:.0f} ms")
        report(measure(few, FAR))
        settings.EMAIL_URL = ""
        print(f"{statements(50):.1f} statements per message, the batch's own shared out among 50")


if __name__ == "__main__":
    main()
