"""A small IMAP4rev1 server on this machine: it keeps letters, lets in whom it knows, and misbehaves as told."""

import asyncio
import base64
import re
import threading
from datetime import date

from outreach.services.mailboxes import Said

GOOD = "OK"


class Mailboxes:
    """Folders of letters: {name: {uid: raw}}. `faults` says what goes wrong: see _Talk."""

    def __init__(self, *, ssl=None, starttls=None, capabilities="", user="us er@org.example", password='p@ss"w\\örd'):
        self.folders, self.validity, self.faults = {"INBOX": {}}, 7, {}
        self.user, self.password, self.token = user, password, "an-access-token"
        self.starttls, self.capabilities = starttls, capabilities or "AUTH=PLAIN AUTH=XOAUTH2"
        self.said, self.lines = [], 0  # every command, without what lets one in; how many ever connected
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self._run(asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=ssl))
        self.port = self.server.sockets[0].getsockname()[1]

    def put(self, raw, folder="INBOX"):
        letters = self.folders.setdefault(folder, {})
        letters[max(letters, default=0) + 1] = raw

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    async def _talk(self, reader, writer):
        self.lines += 1
        try:
            await _Talk(self, reader, writer).go()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    def close(self):
        async def stop():
            self.server.close()
            others = asyncio.all_tasks(self.loop) - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._run(stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


class _Talk:
    def __init__(self, box, reader, writer):
        self.box, self.reader, self.writer = box, reader, writer
        self.letters, self.is_in, self.is_encrypted = {}, False, False

    async def say(self, *lines):
        for line in lines:
            self.writer.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
        await self.writer.drain()

    async def go(self):
        await self.say(self.box.faults.get("greeting", f"* OK [CAPABILITY {self.known}] here"))
        while line := await self.reader.readline():
            tag, _space, rest = line.decode().rstrip("\r\n").partition(" ")
            name = rest.partition(" ")[0].upper()
            if name == "UID":
                name, rest = rest.split(" ")[1].upper(), rest.partition(" ")[2]
            self.box.said.append(name if name in {"LOGIN", "AUTHENTICATE"} else rest)
            if (fault := self.box.faults.get(name)) and await self.misbehave(fault, tag):
                continue
            await getattr(self, name.lower())(tag, rest.partition(" ")[2])

    async def misbehave(self, fault, tag):
        """A number: seconds to wait first. "drop": hang up. Else what is answered instead."""
        if isinstance(fault, (int, float)):
            await asyncio.sleep(fault)
            return False
        if fault == "drop":
            raise ConnectionResetError
        if fault == "drip":
            while True:
                self.writer.write(b"* OK still there\r\n")
                await self.writer.drain()
                await asyncio.sleep(0.05)
        await self.say(*(fault if isinstance(fault, list) else [f"{tag} {fault}"]))
        return True

    @property
    def known(self):
        return f"IMAP4rev1 {self.box.capabilities}{' STARTTLS' if self.box.starttls and not self.is_encrypted else ''}"

    async def capability(self, tag, _rest):
        await self.say(f"* CAPABILITY {self.known}", f"{tag} OK done")

    async def starttls(self, tag, _rest):
        await self.say(f"{tag} OK go on")
        await self.writer.start_tls(self.box.starttls)
        self.is_encrypted = True

    async def login(self, tag, rest):
        user, password = (re.sub(r"\\(.)", r"\1", each) for each in re.findall(r'"((?:[^"\\]|\\.)*)"', rest))
        await self.let_in(tag, (user, password) == (self.box.user, self.box.password))

    async def authenticate(self, tag, rest):
        await self.say("+ ")
        said = base64.b64decode((await self.reader.readline()).strip()).decode()
        if rest == "PLAIN":
            return await self.let_in(tag, said == f"\0{self.box.user}\0{self.box.password}")
        is_good = said == f"user={self.box.user}\1auth=Bearer {self.box.token}\1\1"
        if not is_good:  # as Google does: first what is wrong, then, once that was heard, no
            await self.say("+ " + base64.b64encode(b'{"status":"400"}').decode())
            await self.reader.readline()
        return await self.let_in(tag, is_good)

    async def let_in(self, tag, is_good):
        self.is_in = is_good
        await self.say(f"{tag} OK welcome" if is_good else f"{tag} NO [AUTHENTICATIONFAILED] who is {self.box.user}?")

    async def examine(self, tag, rest):
        assert self.is_in
        name = rest.strip('"')
        if name not in self.box.folders:
            await self.say(f"{tag} NO there is no {name}")
            return
        self.letters = self.box.folders[name]
        await self.say(
            f"* {len(self.letters)} EXISTS",
            "* 0 RECENT",
            "* FLAGS (\\Seen)",
            f"* OK [UIDVALIDITY {self.box.validity}] as it is",
            f"* OK [UIDNEXT {max(self.letters, default=0) + 1}] next",
            f"{tag} OK [READ-ONLY] done",
        )

    async def search(self, tag, rest):
        first = int(re.search(r"UID (\d+):\*", rest)[1])
        found = [uid for uid in self.letters if uid >= first] or list(self.letters)[-1:]
        await self.say("* SEARCH" + "".join(f" {uid}" for uid in found), f"{tag} OK done")

    async def fetch(self, tag, rest):
        uid, most = (int(each) for each in re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest).groups())
        if (raw := self.letters.get(uid)) is not None:
            raw = raw[:most]
            fault = self.box.faults.get("literal")
            size = fault if isinstance(fault, int) else len(raw)
            self.writer.write(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{size}}}\r\n".encode() + raw[: len(raw) // 2])
            await self.writer.drain()
            if fault == "drop":
                raise ConnectionResetError
            if fault == "stall":
                await asyncio.sleep(30)
            self.writer.write(raw[len(raw) // 2 :] + b")\r\n")
        await self.say(f"{tag} OK done")

    async def logout(self, tag, _rest):
        await self.say("* BYE see you", f"{tag} OK done")
        raise ConnectionResetError


def said(server, **more):
    known = {"name": "Partnerships", "host": "127.0.0.1", "port": server.port, "security": "plain"}
    return Said(**known | {"user": server.user, "secret": server.password, "since_date": date(2026, 11, 24)} | more)
