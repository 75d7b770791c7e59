"""Tools of other installed distributions: real ones, put where Python finds them."""

import sys
import textwrap

import pytest

from agent_core.errors import ToolRefused
from agent_core.tools import core_tools
from agent_core.tools.installed import with_installed
from agent_core.tools.toolbox import Toolbox, ToolContext
from agent_core.tools.workspace import Workspace

MODULE = """
from agent_core.domain import Observation, Risk
from agent_core.tools.toolbox import ToolContext, tool

async def _greet(context: ToolContext) -> Observation:
    "Greet."
    return Observation("hello")

greet = tool(risk=Risk.READ, name="greet")(_greet)
several = [greet, tool(risk=Risk.SEND, name="wave")(_greet)]
answer = tool(risk=Risk.READ, name="answer")(_greet)
number = 3
mixed = [greet, 3]
nothing = []
"""


@pytest.fixture
def context(tmp_path):
    return ToolContext("r1", Workspace(tmp_path / "r1"), frozenset(), "en")


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a real distribution where Python finds it: a module and its dist-info."""

    def put(distribution, *targets, source=MODULE):
        module = distribution.replace("-", "_")
        site = tmp_path / distribution
        info = site / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        points = "".join(f"entry{n} = {module}:{target}\n" for n, target in enumerate(targets))
        (info / "entry_points.txt").write_text(f"[nod.tools]\n{points}")
        (site / f"{module}.py").write_text(textwrap.dedent(source))
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, module, raising=False)

    return put


async def test_an_installed_distribution_adds_its_tools(install, context):
    install("nod-greetings", "several")
    box = with_installed(Toolbox.of(core_tools()))
    assert set(box) == {"answer", "greet", "list_files", "read_file", "wave", "write_file"}
    greeted = await box["greet"].run(context, {})
    assert (greeted.text, greeted.trusted) == ("hello", False)


def test_without_such_distributions_the_box_is_the_same():
    assert set(with_installed(Toolbox.of(core_tools()))) == {tool.name for tool in core_tools()}


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("answer", "already a tool called answer"),
        ("number", "neither a tool nor several"),
        ("mixed", "neither a tool nor several"),
        ("nothing", "neither a tool nor several"),
        ("absent", "raised AttributeError"),
    ],
)
def test_a_distribution_that_cannot_be_used_is_named(install, target, why):
    install(f"nod-broken-{target}", target)
    with pytest.raises(ToolRefused, match=why) as refused:
        with_installed(Toolbox.of(core_tools()))
    assert f"nod-broken-{target}" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_distribution_that_breaks_when_imported_is_named(install):
    install("nod-bang", "greet", source="raise RuntimeError('bang\\nand more')")
    with pytest.raises(ToolRefused, match="nod-bang.*RuntimeError: bang") as refused:
        with_installed(Toolbox.of(core_tools()))
    assert "\n" not in str(refused.value)


def test_two_distributions_with_one_name_are_told_by_the_second(install):
    install("nod-first", "greet")
    install("nod-second", "greet")
    with pytest.raises(ToolRefused, match="nod-second were not loaded.*already a tool called greet"):
        with_installed(Toolbox.of(()))
