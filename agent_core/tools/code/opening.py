"""Opens what runs code, for as long as Nod is open: the sandbox that there is, tried out, and the Tools for it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from agent_core.errors import CodeRefused, NodError
from agent_core.tools.code.finding import find_bubblewrap
from agent_core.tools.code.options import CodeOptions
from agent_core.tools.code.providing import Provided
from agent_core.tools.code.running import AT_ONCE, Coder
from agent_core.tools.code.sandbox import Sandbox
from agent_core.tools.code.tools import run_command_tool, run_python_tool
from agent_core.tools.toolbox import Tool


@dataclass(frozen=True, slots=True)
class Code:
    """The Tools that run code, and what runs it; no Tools, and the problem, where nothing does."""

    tools: tuple[Tool, ...] = ()
    sandbox: str = ""
    problem: NodError | None = None


@asynccontextmanager
async def open_code(options: CodeOptions, folder: Path, hidden: Iterable[Path]) -> AsyncGenerator[Code]:
    """Yield what runs code. `folder` is for what is made once; nothing in `hidden` is shown to code."""
    with ExitStack() as stack:
        try:
            sandbox = await asyncio.to_thread(_bubblewrap, options, folder, tuple(hidden), stack)
        except CodeRefused as refused:
            yield Code(problem=refused)
            return
        coder = Coder(sandbox, options.limits, asyncio.Semaphore(AT_ONCE))
        yield Code((run_python_tool(coder), run_command_tool(coder)), sandbox.name)


def _bubblewrap(options: CodeOptions, folder: Path, hidden: tuple[Path, ...], stack: ExitStack) -> Sandbox:
    return stack.enter_context(Provided(find_bubblewrap(options.user, hidden), folder.absolute()))
