"""What stands in for the outside world: real servers on this machine that record and misbehave as told."""

import asyncio
import socket
import struct
import threading
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, AuthResult


@dataclass
class Recorded:
    sender: str
    recipients: list
    content: bytes
    hello: str
    is_encrypted: bool


class Sink:
    """A real SMTP server (aiosmtpd) in a thread: records every message, answers as told."""

    def __init__(self, **options):
        self.messages, self.answers, self.options, self.logins = [], {}, options, []
        self.said_of, self.asked_for = {}, []  # what is answered for one recipient; whose mail was handed over whole
        self.unknown, self.turned_away = set(), []  # where nobody is; to whom mail was offered there
        self.lines = []  # one for each connection there ever was
        self.ssl = options.pop("ssl", None)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _listen(self):
        def protocol():
            self.lines.append(SMTP(self, loop=self.loop, authenticator=self._authenticate, **self.options))
            return self.lines[-1]

        return await self.loop.create_server(protocol, "127.0.0.1", 0, ssl=self.ssl)

    def _authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=data == (b"us er", b"p@ss/word"), handled=False)

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.unknown:
            self.turned_away.append(address)
            return "550 5.1.1 No such user here"
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.asked_for.append(envelope.rcpt_tos[0])
        if answer := self.said_of.get(envelope.rcpt_tos[0]):
            return answer if isinstance(answer, str) else await self.loop.run_in_executor(None, answer)
        if "TAKE" in self.answers or "DATA" not in self.answers:
            self.messages.append(
                Recorded(
                    sender=envelope.mail_from,
                    recipients=list(envelope.rcpt_tos),
                    content=envelope.content,
                    hello=session.host_name,
                    is_encrypted=session.ssl is not None or self.ssl is not None,
                )
            )
        answer = self.answers.get("DATA", "250 2.0.0 Ok: queued as 4TQ8wk2Zz")
        if answer == "close":
            server.transport.close()
        if answer == "reset":
            line = server.transport.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            server.transport.abort()
        if answer == "stall":
            await asyncio.sleep(3)
        return answer

    def hang_up(self):
        """As a server does that has waited long enough for the next message."""
        self.loop.call_soon_threadsafe(self.lines[-1].transport.close)

    def close(self):
        async def stop():
            self.server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self.loop.shutdown_default_executor()

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
