"""A sandbox to test with, as Nod finds it on this machine."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

import pytest

from agent_core.tools.code.opening import open_code
from agent_core.tools.code.options import CodeOptions
from agent_core.tools.toolbox import Toolbox, ToolContext
from agent_core.tools.workspace import Workspace


@pytest.fixture(scope="session")
def made_once():
    """The folder for what is made once, packages above all; open to all, for code may run as another user."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def opened(made_once):
    """Open what runs code, with some of the limits changed."""

    @contextlib.asynccontextmanager
    async def open_with(**said):
        async with open_code(CodeOptions(**said), made_once, []) as code:
            assert code.problem is None
            yield Toolbox.of(code.tools)

    return open_with


@pytest.fixture
def context(tmp_path):
    return ToolContext("r1", Workspace(tmp_path / "r1"), frozenset(), "en")


@pytest.fixture
def run(opened, context):
    """Run a Tool once and return its Observation."""

    async def run_once(name, arguments, where=None, **said):
        async with opened(**said) as box, asyncio.timeout(60):
            return await box[name].run(where or context, arguments)

    return run_once
