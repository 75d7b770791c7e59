"""The Tools that run code: a program the model wrote, and a command such as pytest."""

import asyncio
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from agent_core.domain import Observation, Preview, PreviewFact, Risk
from agent_core.errors import CodeRefused
from agent_core.i18n import listed, translator
from agent_core.tools.code.monty import PROGRAMS_ALONE
from agent_core.tools.code.options import HostName
from agent_core.tools.code.running import Coder, Wish
from agent_core.tools.code.sandbox import MEGABYTE
from agent_core.tools.code.wanted import Wanted
from agent_core.tools.files import WorkspacePath
from agent_core.tools.toolbox import Tool, ToolContext, tool
from agent_core.tools.workspace import basis_of

CODE_CHARACTERS = 100_000
ARGUMENTS = 64  # of one command
WISHES = 20  # packages, and hosts: more than people would look at
ARGUMENT_CHARACTERS = 4_000
_WAITING = 600.0  # seconds that code may wait for others to end, and for its files to be kept

Argument = Annotated[str, Field(max_length=ARGUMENT_CHARACTERS, pattern=r"^[^\x00]*$")]
Packages = Annotated[
    tuple[Wanted, ...],
    Field(max_length=WISHES, description="Packages to install for it beside the standard library and pytest, if any"),
]
Hosts = Annotated[
    tuple[HostName, ...], Field(max_length=WISHES, description="Hosts it must reach, by name, if any; mostly none")
]
Arguments = Annotated[tuple[Argument, ...], Field(max_length=ARGUMENTS)]


def run_python_tool(coder: Coder) -> Tool:
    """Return the Tool that writes a program into the workspace and runs it."""

    async def _run_python(  # noqa: PLR0917  (a model names them all)
        context: ToolContext,
        path: Annotated[WorkspacePath, Field(description="File the code is written to, for example count.py")],
        code: Annotated[str, Field(min_length=1, max_length=CODE_CHARACTERS, description="The whole program")],
        arguments: Annotated[Arguments, Field(description="What follows the file on its command line")] = (),
        packages: Packages = (),
        hosts: Hosts = (),
    ) -> Observation:
        """Write a Python program as a file of this run's workspace and run it there, apart from this machine.

        It has no network but to `hosts`. Files that it writes are kept. Returns exit code, stdout and stderr.
        """
        ref = await asyncio.to_thread(context.workspace.write, path, code.encode("utf-8"), context.basis)
        observation = await coder.run(context, ("python", path, *arguments), Wish(packages, hosts))
        files = {ref.path: ref, **{file.path: file for file in observation.files}}
        return replace(observation, files=tuple(files.values()))

    async def _preview(context: ToolContext, path: str, code: str, **said: tuple[str, ...]) -> Preview:
        wish = Wish(said["packages"], said["hosts"])
        coder.check(wish)
        old = await asyncio.to_thread(context.workspace.replaced, path, len(code.encode("utf-8")))
        return Preview(basis=basis_of(old), facts=_facts(coder, wish, context.language, replaces=path if old else ""))

    made = tool(
        risk=Risk.EXECUTE,
        outside=False,
        timeout=_timeout(coder),
        preview=_preview,
        keeps_basis=True,
        connects=_connects,
    )
    return made(_run_python)


def run_command_tool(coder: Coder) -> Tool:
    """Return the Tool that runs a command in the workspace, tests above all."""

    async def _run_command(
        context: ToolContext,
        command: Annotated[Arguments, Field(min_length=1, description='Its words, for example ["pytest", "-q"]')],
        packages: Packages = (),
        hosts: Hosts = (),
    ) -> Observation:
        """Run a command in this run's workspace, apart from this machine: pytest, python, or another program there.

        It has no shell, and no network but to `hosts`. Files it writes are kept. Returns exit code, stdout and stderr.
        """
        return await coder.run(context, command, Wish(packages, hosts))

    async def _preview(context: ToolContext, command: Sequence[str], **said: tuple[str, ...]) -> Preview:
        wish = Wish(**said)
        coder.check(wish)
        if not coder.sandbox.commands:
            raise CodeRefused(tool="run_command", reason=PROGRAMS_ALONE)
        return Preview(shlex.join(command), facts=_facts(coder, wish, context.language))

    made = tool(risk=Risk.EXECUTE, outside=False, timeout=_timeout(coder), preview=_preview, connects=_connects)
    return made(_run_command)


def _connects(arguments: Mapping[str, Any]) -> bool:
    """Say whether code may reach anybody; an index of packages, from which they are taken, is nobody."""
    return bool(arguments.get("hosts"))


def _facts(coder: Coder, wish: Wish, language: str, replaces: str = "") -> tuple[PreviewFact, ...]:
    """Return what people should know of a run beside its code: where it runs, and what it may use and reach."""
    _ = translator(language)
    limits = coder.limits
    most = _("{seconds:g} seconds, {memory:,} MB of memory, {processes} processes")
    most = most.format(seconds=limits.seconds, memory=limits.memory // MEGABYTE, processes=limits.processes)
    hosts, packages = listed(list(wish.hosts), language), listed(list(wish.packages), language)
    facts = [
        PreviewFact(_("Runs in"), _(coder.sandbox.name)),
        PreviewFact(_("Network"), hosts or _("none"), grave=bool(hosts)),
        PreviewFact(_("Packages wanted"), packages or _("none"), grave=bool(packages)),
        PreviewFact(_("At most"), most),
    ]
    if replaces:
        facts.append(PreviewFact(_("Replaces"), replaces))
    return tuple(facts)


def _timeout(coder: Coder) -> float:
    return coder.limits.seconds + _WAITING
