"""Processes that take documents apart: kept warm, used one at a time each, killed when a document holds them."""

import asyncio
import json
import struct
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent_core.errors import WebError
from agent_core.i18n import N_, Phrase

SECONDS = 20.0  # for one document; trafilatura takes 0.1 for a long article
STARTING = 30.0  # seconds until a process has imported its libraries, on a machine with much else to do
AT_ONCE = 2
SERVED = 100  # documents that one process takes apart, before what parsers left in its memory is let go of
SPARE = 30  # documents before that, the next process is started
# not imported: its libraries take a second, and are for its processes alone
_PROGRAM = Path(__file__).with_name("extraction.py")
_LENGTHS = struct.Struct(">II")  # as in the program

_FAULTS = {
    "encrypted": N_("it is protected by a password."),
    "garbled": N_("it is damaged, or not what it says it is."),
    "large": N_("it is too large to be taken apart."),
}


@dataclass
class _Process:
    running: asyncio.subprocess.Process
    ready: bool = False
    served: int = 0

    async def ask(self, said: Mapping[str, Any], body: bytes) -> dict[str, Any]:
        stdin, given = self.running.stdin, json.dumps(said).encode()
        if stdin is None:
            raise BrokenPipeError
        stdin.write(_LENGTHS.pack(len(given), len(body)) + given + body)
        await stdin.drain()
        return await self.answer()

    async def answer(self) -> dict[str, Any]:
        stdout = self.running.stdout
        if stdout is None:
            raise BrokenPipeError
        length, _ = _LENGTHS.unpack(await stdout.readexactly(_LENGTHS.size))
        return json.loads(await stdout.readexactly(length))

    async def end(self) -> None:
        if self.running.returncode is None:
            self.running.kill()
        await self.running.wait()


@dataclass
class Readers:
    """The processes. `idle` are those that wait for a document, `seconds` what one may take."""

    seconds: float = SECONDS
    idle: list[_Process] = field(default_factory=list[_Process])
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def warm(self) -> None:
        """Start a process if none waits, so that the first document need not."""
        if not self.idle:
            self.idle.append(await _started())

    async def read(self, url: str, kind: str, body: bytes, *, seconds: float = 0, **more: str) -> Mapping[str, Any]:
        """Return what `extraction.extracted` says of a document, within `seconds` unless they are the usual ones.

        Raises:
            WebError: it took too long, too much memory, or is not what it says it is.
        """
        seconds = seconds or self.seconds
        said = {"kind": kind, "url": url, "charset": "", "seconds": seconds / 2, **more}
        async with self.room:
            process = self.idle.pop() if self.idle else await _started()
            well = False
            try:
                if not process.ready:
                    async with asyncio.timeout(STARTING):
                        process.ready = "ready" in await process.answer()
                async with asyncio.timeout(seconds):
                    answer = await process.ask(said, body)
                well = True
            except TimeoutError:
                reason = Phrase(N_("taking it apart took longer than {seconds:g} seconds."), seconds=seconds)
                raise WebError(url=url, reason=reason) from None
            except (asyncio.IncompleteReadError, ConnectionError, ValueError):
                raise WebError(url=url, reason=_FAULTS["large"]) from None
            finally:
                await self._let_go(process, well=well)
        if fault := answer.get("fault"):
            raise WebError(url=url, reason=_FAULTS[fault])
        return answer

    async def _let_go(self, process: _Process, *, well: bool) -> None:
        process.served += 1
        if well and process.served < SERVED:
            if process.served == SERVED - SPARE:  # its successor takes a second to get ready
                self.idle.insert(0, await _started())
            self.idle.append(process)
            return
        await process.end()
        await self.warm()

    async def end(self) -> None:
        """End every process."""
        while self.idle:
            await self.idle.pop().end()


@asynccontextmanager
async def open_readers(seconds: float = SECONDS) -> AsyncGenerator[Readers]:
    """Yield the processes, none of which is started before it is needed."""
    readers = Readers(seconds)
    try:
        yield readers
    finally:
        await readers.end()


async def _started() -> _Process:
    """Start a process that has nothing of this one: no environment, no files, its own group of signals."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(_PROGRAM)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    return _Process(running)
