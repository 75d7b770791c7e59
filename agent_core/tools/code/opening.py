"""Opens what runs code, for as long as Nod is open: the sandbox that there is, tried out, and the Tools for it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_core.errors import CodeRefused, NodError, SandboxOpen
from agent_core.i18n import N_
from agent_core.tools.code.containers import find_engine
from agent_core.tools.code.finding import find_bubblewrap
from agent_core.tools.code.jail import Bubblewrap
from agent_core.tools.code.monty import Monty
from agent_core.tools.code.options import CodeOptions
from agent_core.tools.code.packages import INSTALLING, TESTING
from agent_core.tools.code.providing import Provided
from agent_core.tools.code.running import AT_ONCE, Coder
from agent_core.tools.code.sandbox import Sandbox
from agent_core.tools.code.self_test import self_test
from agent_core.tools.code.tools import run_command_tool, run_python_tool
from agent_core.tools.code.wanted import Installer
from agent_core.tools.toolbox import Tool

OFF = "code"  # what refuses where everything is switched off


@dataclass(frozen=True, slots=True)
class Code:
    """The Tools that run code, and what runs it; no Tools where nothing does.

    `problem` says why nothing does, or why not bubblewrap, which knows all of Python and tests.
    """

    tools: tuple[Tool, ...] = ()
    sandbox: str = ""
    problem: NodError | None = None


@asynccontextmanager
async def open_code(options: CodeOptions, folder: Path, hidden: Iterable[Path]) -> AsyncGenerator[Code]:
    """Yield what runs code. `folder` is for what is made once; nothing in `hidden` is shown to code.

    There is no way around a sandbox: where none holds, there are no Tools.
    """
    with ExitStack() as stack:
        try:
            sandbox, problem = await asyncio.to_thread(_found, options, tuple(hidden))
        except CodeRefused as refused:
            yield Code(problem=refused)
            return
        installer = None
        if isinstance(sandbox, Bubblewrap):
            packages = {"tests": TESTING, "pip": INSTALLING} if options.packages else {"tests": TESTING}
            sandbox = stack.enter_context(Provided(sandbox, folder, packages))
            if options.packages:
                own = Path(stack.enter_context(TemporaryDirectory(prefix="nod-code-")))
                await asyncio.to_thread(own.chmod, 0o711)
                installer = Installer(sandbox, options.packages, options.package_hosts, own)
        coder = Coder(sandbox, options.limits, asyncio.Semaphore(AT_ONCE), options.hosts, installer)
        yield Code((run_python_tool(coder), run_command_tool(coder)), sandbox.name, problem)


def _found(options: CodeOptions, hidden: tuple[Path, ...]) -> tuple[Sandbox, NodError | None]:
    """Return the sandbox that the options name, tried out; or the best there is, and why it is not bubblewrap.

    Raises:
        CodeRefused: there is none, or a way out of it is open.
    """
    match options.sandbox:
        case "off":
            raise CodeRefused(tool=OFF, reason=N_("the section [code] of the connections says off."))
        case "monty":
            return Monty(), None
        case "docker" | "podman":
            return _tried(find_engine(options.sandbox, options.image)), None
        case "bubblewrap":
            return _tried(find_bubblewrap(options.user, hidden)), None
        case "auto":
            try:
                return _tried(find_bubblewrap(options.user, hidden)), None
            except SandboxOpen:
                raise  # what does not hold here is not to be worked around in silence
            except CodeRefused as refused:
                return Monty(), refused


def _tried(sandbox: Sandbox) -> Sandbox:
    self_test(sandbox)
    return sandbox
