"""Runs code for a Tool: the workspace's files go in, what is new or changed comes back, and nothing blocks the loop."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from agent_core.domain import FileRef, Observation, digest_of
from agent_core.errors import CodeCutOff, CodeRefused, WorkspaceError
from agent_core.i18n import N_, Phrase, translator
from agent_core.tools.code.sandbox import Allowed, Ended, Limits, Sandbox, Work, matches
from agent_core.tools.code.telling import ending, told
from agent_core.tools.code.wanted import Installer
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.workspace import Workspace

T = TypeVar("T")
AT_ONCE = 4  # runs of code side by side; each may take as much memory as the limits say


@dataclass(frozen=True, slots=True)
class Wish:
    """What one run of code wants beyond its files: packages to be installed for it, and hosts to reach."""

    packages: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coder:
    """Runs code in a Sandbox, some at a time, and keeps what it leaves in the workspace.

    `hosts` are whom code may wish to reach, `installer` gets the packages that it wants; none and None where not set.
    """

    sandbox: Sandbox
    limits: Limits
    places: asyncio.Semaphore
    hosts: tuple[str, ...] = ()
    installer: Installer | None = None

    def check(self, wish: Wish) -> None:
        """Raise CodeRefused for what cannot be had, with how to get it."""
        if wish.packages and not self.sandbox.connects:
            reason = N_("no packages are installed here; install bubblewrap for that.")
            raise CodeRefused(tool=self.sandbox.name, reason=reason)
        if wish.packages and self.installer is None:
            reason = N_("no packages are installed here; `packages` in [code] of the connections can name an index.")
            raise CodeRefused(tool=self.sandbox.name, reason=reason)
        if wish.hosts and not self.sandbox.connects:
            raise CodeRefused(
                tool=self.sandbox.name, reason=N_("code has no network here; install bubblewrap for that.")
            )
        for host in wish.hosts:
            if not any(host == each or matches(host, each) for each in self.hosts):
                pattern = N_("code may not reach {host}; `hosts` in [code] of the connections can allow it.")
                raise CodeRefused(tool=self.sandbox.name, reason=Phrase(pattern, host=host))

    async def run(self, context: ToolContext, command: Sequence[str], wish: Wish) -> Observation:
        """Run a command with the workspace's files, and return what came of it.

        It is as trusted as the files it could read and, where it could reach anything, not at all.

        Raises:
            CodeRefused: it could not be begun.
            CodeCutOff: it was ended in the middle, when it had reached a host already.
            WorkspaceError: the workspace could not be read.
        """
        self.check(wish)
        known = {ref.path: ref.digest for ref in await asyncio.to_thread(context.workspace.list)}
        async with self.places:
            done = await _in_thread(lambda stop: self._run(context, tuple(command), wish, stop))
        if done.ended.cut and done.ended.reached:
            raise CodeCutOff(why=ending(done.ended, self.limits), hosts=tuple(done.ended.reached))
        # what another Subtask wrote meanwhile may be from outside, and nobody could say so when this began
        foreign = [path for path, digest in done.read.items() if known.get(path) != digest]
        foreign += [path for path, digest in known.items() if not context.trusts(path, digest)]
        sources = (*(f"file {path}" for path in dict.fromkeys(foreign)), *wish.hosts, *wish.packages)
        text = told(done.ended, done.written, done.refused, self.limits, context.language)
        if not (done.ended.well or self.sandbox.commands):
            _ = translator(context.language)
            text += "\n" + _(
                "{sandbox} knows a part of Python. With bubblewrap installed, all of it runs here."
            ).format(sandbox=_(self.sandbox.name))
        return Observation(text, ok=done.ended.well, trusted=not sources, sources=sources, files=tuple(done.written))

    def _run(self, context: ToolContext, command: tuple[str, ...], wish: Wish, stop: threading.Event) -> "_Done":
        read: dict[str, str] = {}
        workspace, environment = context.workspace, None
        if wish.packages and self.installer is not None:
            environment = self.installer.installed(context.run_id, wish.packages, stop)
        network = Allowed(wish.hosts) if wish.hosts else None
        work = Work(command, _contents(workspace, read), self.limits, environment, network)
        ended = self.sandbox.run(work, stop)
        written: list[FileRef] = []
        refused = list(ended.left.refused)
        for path, content in ended.left.files.items():
            try:
                written.append(workspace.write(path, content))
            except WorkspaceError as error:
                refused.append(error)
        return _Done(ended, read, written, refused)


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a run: the files it could read, by their digests, what was written, and what was not kept."""

    ended: Ended
    read: Mapping[str, str]
    written: Sequence[FileRef]
    refused: Sequence[WorkspaceError]


def _contents(workspace: Workspace, read: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the workspace, and note the digest of each in `read`."""
    for path in workspace.paths():
        content = workspace.read(path)
        read[path] = digest_of(content)
        yield path, content


async def _in_thread(work: Callable[[threading.Event], T]) -> T:
    """Do `work` in a thread of its own; who is cancelled waits until it has ended, which it is told to do at once.

    Not in a pool: its threads may be fewer than the runs, and a run needs a thread that lives as long as it does.
    """
    stop, done = threading.Event(), Future[T]()

    def main() -> None:
        try:
            done.set_result(work(stop))
        except BaseException as error:  # noqa: BLE001  (raised again where it is awaited)
            done.set_exception(error)

    threading.Thread(target=main, name="code", daemon=True).start()
    waiting = asyncio.wrap_future(done)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([waiting])
        raise
